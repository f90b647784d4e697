/** What strangers do to a server on real sockets: it goes on, and keeps nothing of them. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { serve, type Display } from "../../src/server";
import { IMAGES, StreamViewer } from "../support/streamViewer";

let display: Display;
let good: StreamViewer;
let publishing: NodeJS.Timeout;
const sockets: Socket[] = [];
const strangers: WebSocket[] = [];

beforeEach(async () => {
  display = await serve(64, 48, {
    port: 0,
    hello_timeout: 1,
    max_viewers: 2000,
    on_error: () => undefined,
  });
  let level = 0;
  publishing = setInterval(() => {
    level = (level + 1) % 256;
    display.publish({ data: new Uint8Array(64 * 48 * 3).fill(level), shape: [48, 64, 3] });
  }, 20);
  good = new StreamViewer(display.ws_url ?? "");
  await expect.poll(() => good.frames.length).toBeGreaterThan(0);
});

afterEach(async () => {
  clearInterval(publishing);
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const stranger of strangers.splice(0)) stranger.terminate();
  await display.close();
});

/** Opens a plain socket, and writes to it. */
async function raw(text: string): Promise<Socket> {
  const socket = connect(display.port ?? 0, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.on("data", () => undefined);
  sockets.push(socket);
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

async function stranger(): Promise<WebSocket> {
  const ws = new WebSocket(display.ws_url ?? "", { perMessageDeflate: false });
  ws.on("error", () => undefined);
  strangers.push(ws);
  await once(ws, "open");
  return ws;
}

/** Keeps this process, the server's too, from doing anything else. */
function block(seconds: number): void {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end);
}

/** The good viewer still gets frames. */
async function goesOn(): Promise<void> {
  const before = good.frames.length;
  await expect.poll(() => good.frames.length, { timeout: 10_000 }).toBeGreaterThan(before + 5);
  expect(good.closed).toBeUndefined();
}

describe("a server goes on, and keeps nothing,", () => {
  it("when hundreds connect and never say hello", async () => {
    const silent = await Promise.all(Array.from({ length: 300 }, stranger));
    await goesOn();
    // hello_timeout ends them.
    await expect
      .poll(() => silent.every(({ readyState }) => readyState === WebSocket.CLOSED), {
        timeout: 10_000,
      })
      .toBe(true);
    expect(display.client_count).toBe(1);
  });

  it("when hundreds of requests never end", async () => {
    const slow = await Promise.all(
      Array.from({ length: 300 }, () => raw("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")),
    );
    await goesOn();
    const health = await fetch(`http://127.0.0.1:${display.port}/health`);
    expect(health.status).toBe(200);
    // Node ends them after a minute; closing doesn't wait for that.
    await display.close();
    await expect.poll(() => slow.every(({ closed }) => closed)).toBe(true);
  });

  it("when hundreds join and leave at once", async () => {
    for (let round = 0; round < 10; round += 1) {
      const joined = await Promise.all(Array.from({ length: 50 }, stranger));
      for (const ws of joined) {
        ws.send(JSON.stringify({ type: "hello", supported: IMAGES, device_pixel_ratio: 1 }));
        ws.terminate();
      }
    }
    await goesOn();
    await expect.poll(() => display.client_count, { timeout: 10_000 }).toBe(1);
    expect(display.metrics()).toHaveLength(1);
  });

  it("when thousands of messages are garbage", async () => {
    const kinds: readonly (() => string | Buffer)[] = [
      () => randomBytes(64),
      () => randomBytes(24).toString("base64"),
      () => "[".repeat(100_000),
      () => '{"type":"hello","supported":{}}',
      () => `{"type":"event","event":{"type":"pointer_down","x":1e999,"y":${"9".repeat(400)}}}`,
      () => '{"type":"set_viewport","width":-1,"height":1e12,"ratio":0}',
      () => '{"type":"ack","seq":1e300}',
      () => '{"__proto__":{"type":"ack"},"constructor":1}',
      () => "null",
    ];
    for (let round = 0; round < 400; round += 1) {
      const ws = await stranger();
      if (round % 2 === 0) {
        ws.send(JSON.stringify({ type: "hello", supported: IMAGES, device_pixel_ratio: 1 }));
      }
      for (let index = 0; index < 9; index += 1) {
        ws.send(kinds[(round + index) % kinds.length]?.() ?? "");
      }
      ws.terminate();
    }
    await goesOn();
    await expect.poll(() => display.client_count, { timeout: 10_000 }).toBe(1);
  });

  it("when a message is huge", async () => {
    const ws = await stranger();
    ws.send(JSON.stringify({ type: "hello", supported: IMAGES, device_pixel_ratio: 1 }));
    ws.send(Buffer.alloc(100 * 1024 * 1024));
    const [code] = (await once(ws, "close")) as [number];
    expect([4400, 1006]).toContain(code);
    await goesOn();
  });

  it("when it was busy for longer than a viewer may take to say hello", async () => {
    const ws = await stranger();
    ws.send(JSON.stringify({ type: "hello", supported: IMAGES, device_pixel_ratio: 1 }));
    block(1.5);
    // The hello came meanwhile.
    await expect.poll(() => display.client_count).toBe(2);
    await goesOn();
  });

  it("when viewers acknowledge frames that they never read", async () => {
    for (let index = 0; index < 20; index += 1) {
      const ws = await stranger();
      ws.send(JSON.stringify({ type: "hello", supported: IMAGES, device_pixel_ratio: 1 }));
      ws.pause();
      for (let seq = 0; seq < 50; seq += 1) {
        ws.send(JSON.stringify({ type: "ack", seq, decode_queue_size: 0, displayed: true }));
      }
    }
    await goesOn();
  });

  it("when paths, hosts and origins are forged", async () => {
    const { port } = display;
    const refused: (number | undefined)[] = [];
    const attempts = [
      { path: "/../../etc/passwd", headers: {} },
      { path: "/%2e%2e/%2e%2e/etc/passwd", headers: {} },
      { path: "//evil.example/", headers: { origin: "https://evil.example" } },
      { path: "/", headers: { origin: "https://evil.example" } },
      { path: "/", headers: { origin: "null" } },
      { path: "/", headers: { host: "evil.example", origin: "http://evil.example" } },
    ];
    for (const { path, headers } of attempts) {
      const viewer = new StreamViewer(`ws://127.0.0.1:${port}${path}`, {}, { headers });
      await expect.poll(() => viewer.refused ?? viewer.closed?.code).toBeDefined();
      refused.push(viewer.refused ?? viewer.closed?.code);
      expect(viewer.frames).toEqual([]);
    }
    // 4404: there is no such stream. 4403: the page may not connect.
    expect(refused).toEqual([4404, 4404, 4403, 4403, 4403, 4403]);
    await goesOn();
  });

  it("when a handshake is for a whole address, or for no path at all", async () => {
    for (const target of ["http://127.0.0.1/public", "*"]) {
      const socket = await raw(
        [
          `GET ${target} HTTP/1.1`,
          "Host: 127.0.0.1",
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
          "\r\n",
        ].join("\r\n"),
      );
      let answer = "";
      socket.on("data", (data: Buffer) => (answer += data.toString("latin1")));
      await expect.poll(() => answer).toContain("unknown stream");
    }
    await goesOn();
  });
});
