/** The WebSocket route's producing end with real sockets, encoders and HTTP. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import express from "express";
import fastify from "fastify";
import { describe, expect, it, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import {
  attach,
  close_all,
  serve,
  serve_server,
  type Display,
  type ServerOptions,
  type StreamOptions,
} from "../../src/server";
import { decodePng } from "../support/decodeImage";
import { decodeVideo } from "../support/decodeVideo";
import { disposedAfterEach } from "../support/disposables";
import { IMAGES, StreamViewer, type Seen } from "../support/streamViewer";

const H264 = [...IMAGES, "webcodecs/h264-annexb"];

const disposables = disposedAfterEach();

/** A viewer that ends with its test. */
class TestViewer extends StreamViewer {
  constructor(...args: ConstructorParameters<typeof StreamViewer>) {
    super(...args);
    disposables.add(() => this.ws.terminate());
  }
}

async function serveOne(options: ServerOptions & StreamOptions = {}): Promise<Display> {
  const display = await serve(64, 48, { port: 0, ...options });
  disposables.add(() => display.close());
  return display;
}

const view = (display: Display, hello?: object, options?: WebSocket.ClientOptions): TestViewer =>
  new TestViewer(display.ws_url ?? "", hello, options);

/** A frame of one colour with a square of white in the middle, which moves. */
function colorFrame(n: number, width = 64, height = 48) {
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) data.set([200, 60, 20], pixel * 3);
  const left = n % (width - 16);
  for (let y = 16; y < 32; y++) data.fill(255, (y * width + left) * 3, (y * width + left + 16) * 3);
  return { data, shape: [height, width, 3] };
}

/** Publishes until the condition holds. */
async function publishUntil(display: Display, holds: () => boolean, from = 0): Promise<number> {
  let n = from;
  await expect
    .poll(
      () => {
        if (!holds()) display.publish(colorFrame(n++));
        return holds();
      },
      { interval: 15, timeout: 30_000 },
    )
    .toBe(true);
  return n;
}

const text = async (display: Display, path: string, init?: RequestInit): Promise<string> =>
  (await fetch(`http://127.0.0.1:${display.port}${path}`, init)).text();

describe("serve", () => {
  it("shows a published frame to a viewer, as an image of its pixels", async () => {
    const display = await serveOne();
    display.publish(colorFrame(3));
    const viewer = view(display);
    await expect.poll(() => viewer.frames.length).toBeGreaterThan(0);
    expect(viewer.texts[0]).toEqual({
      type: "config",
      transport: "image",
      width: 64,
      height: 48,
      coords: "frame-pixels",
    });
    // The picture rests: every pixel of it comes.
    await expect.poll(() => viewer.frames.at(-1)?.header).toMatchObject({ mime: "image/png" });
    const { payload } = viewer.frames.at(-1) as Seen;
    const { rgba } = decodePng(payload);
    const rgb = colorFrame(3).data;
    for (let pixel = 0; pixel < 64 * 48; pixel++) {
      const shown = [...rgba.subarray(pixel * 4, pixel * 4 + 3)];
      expect(shown).toEqual([...rgb.subarray(pixel * 3, pixel * 3 + 3)]);
    }
  });

  it("sends H.264 that FFmpeg decodes: each keyframe by itself, and the stream to the picture that was published", async () => {
    const display = await serveOne({ still_after: null });
    const viewer = view(display, { supported: H264 });
    const chunks = (): Seen[] =>
      viewer.frames.filter(({ header }) => header.type === "video_chunk");
    await publishUntil(display, () => chunks().length >= 12);
    viewer.say({ type: "request_keyframe", reason: "test" });
    const keys = (): Seen[] =>
      chunks().filter(({ header }) => header.type === "video_chunk" && header.keyframe);
    await publishUntil(display, () => keys().length >= 2, 100);
    for (const { payload } of keys()) {
      const [picture] = await decodeVideo("h264", [payload]);
      expect(picture).toMatchObject({ width: 64, height: 48, isKeyframe: true });
    }
    const pictures = await decodeVideo(
      "h264",
      chunks().map(({ payload }) => payload),
    );
    expect(pictures.every((picture) => picture !== undefined)).toBe(true);
    const corner = pictures.at(-1)?.data.subarray(0, 3) ?? [];
    for (const [at, expected] of [200, 60, 20].entries()) {
      expect(Math.abs((corner[at] ?? 0) - expected)).toBeLessThan(12);
    }
  });

  it("keeps the others going when a viewer stalls, and its memory does not grow", async () => {
    const display = await serveOne({ still_after: null });
    const stalled = [view(display), view(display, { supported: H264 })];
    for (const viewer of stalled) viewer.isStalled = true;
    const lively = [view(display), view(display), view(display, { supported: H264 })];
    await publishUntil(display, () => lively.every(({ frames }) => frames.length > 5));
    // One does not even read any more.
    stalled[0]?.ws.pause();
    const before = lively.map(({ frames }) => frames.length);
    const bytesBefore = process.memoryUsage();
    const shown = 300;
    for (let n = 0; n < shown; n++) {
      display.publish(colorFrame(1000 + n));
      // The next when all that keep up have this one.
      const isDone = (): boolean =>
        lively.every(({ frames }, at) => frames.length >= (before[at] ?? 0) + Math.ceil(0.95 * n));
      await expect.poll(isDone, { interval: 1, timeout: 10_000 }).toBe(true);
    }
    for (const [at, { frames }] of lively.entries()) {
      expect(frames.length - (before[at] ?? 0)).toBeGreaterThanOrEqual(0.95 * shown);
    }
    expect(stalled.map(({ frames }) => frames.length).every((count) => count <= 8)).toBe(true);
    const { arrayBuffers, external } = process.memoryUsage();
    // 300 frames of 9 KB each for two viewers would be 5.5 MB.
    expect(arrayBuffers - bytesBefore.arrayBuffers).toBeLessThan(4e6);
    expect(external - bytesBefore.external).toBeLessThan(8e6);
  });

  it.runIf(process.platform === "linux")("serves at every address of this machine", async () => {
    const display = await serveOne({ host: "127.0.0.2" });
    expect(display.ws_url).toContain("127.0.0.2");
    view(display);
    view(display, {}, { origin: "http://127.0.0.2:3000" });
    await expect.poll(() => display.client_count).toBe(2);
  });

  it("says that an earlier call has the port, and closes it with all others when asked to", async () => {
    const display = await serveOne();
    const { port } = display;
    await expect(serve(64, 48, { port })).rejects.toThrow(
      /^Cannot listen on 127.0.0.1:\d+: an earlier call in this process.*close_all\(\)/,
    );
    await close_all();
    expect(display.isClosed).toBe(true);
    const again = await serve(64, 48, { port });
    expect(again.port).toBe(port);
    await again.close();
  });

  it("says what is wrong with a port that is taken, and with a host that others reach", async () => {
    const display = await serveOne();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(serve(64, 48, { port })).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${port}: another program uses that port`,
    );
    other.close();
    await expect(serve(64, 48, { port: 0, host: "0.0.0.0" })).rejects.toThrow("insecure: true");
    await expect(serve(64, 48, { port: 0, host: "host.invalid", insecure: true })).rejects.toThrow(
      "Cannot listen on host.invalid",
    );
    await expect(serve(0, 48, { port: display.port })).rejects.toThrow(
      "width: expected an integer",
    );
    await expect(serve(64, 48, { maxViewers: 3 } as never)).rejects.toThrow(
      /expected one of fps.*max_viewers.*origins.*port.*got "maxViewers"/,
    );
    await expect(serve(64, 48, { codec: "h264", has_h264: false })).rejects.toThrow(RangeError);
    await expect(serve("wide" as never, 48)).rejects.toThrow(TypeError);
    await expect(serve({} as never)).rejects.toThrow("get_frame()");
    const open = await serve(64, 48, { port: 0, host: "0.0.0.0", insecure: true });
    await open.close();
    const guarded = await serve(64, 48, { port: 0, host: "0.0.0.0", authenticate: () => null });
    await guarded.close();
  });

  it("closes with all its viewers, and its port is free again", async () => {
    const display = await serveOne();
    const viewer = view(display);
    await expect.poll(() => display.client_count).toBe(1);
    const { port } = display;
    await display.close();
    await display.close();
    await expect.poll(() => viewer.closed?.code).toBe(1001);
    const again = await serve(64, 48, { port });
    expect(again.port).toBe(port);
    await again.close();
  });
});

describe("frames in memory that is used again at once", () => {
  it("arrive untorn, in sizes that change all the time", async () => {
    const display = await serveOne({ quality: 100, still_after: null });
    const viewer = view(display);
    await expect.poll(() => display.client_count).toBe(1);
    const memory = new Uint8Array(96 * 96);
    for (let n = 0; n < 300; n++) {
      const [width, height] = [16 + ((n * 7) % 80), 16 + ((n * 11) % 80)];
      const data = memory.subarray(0, width * height).fill(n % 250);
      display.publish({ data, shape: [height, width] });
      memory.fill(255);
      await wait(2);
    }
    await expect.poll(() => viewer.frames.length).toBeGreaterThan(20);
    const torn: unknown[] = [];
    for (const { header, payload } of viewer.frames) {
      if (header.type !== "image_frame") throw new Error(`expected an image, got ${header.type}`);
      const { rgba } = decodePng(payload);
      const levels = new Set(rgba.filter((_, at) => at % 4 === 0));
      if (levels.size !== 1 || levels.has(255)) torn.push([header.seq, ...levels]);
    }
    expect(torn).toEqual([]);
  });
});

/** A handshake of a page that no server accepts. */
function upgradeOf(path: string): string {
  return [
    ...[`GET ${path} HTTP/1.1`, "Host: evil.example", "Connection: Upgrade", "Upgrade: websocket"],
    ...["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", ""],
  ].join("\r\n");
}

describe("closing a server", () => {
  it("does not wait long for a viewer that answers no more, nor for who was refused", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const display = await serveOne();
    const asleep = view(display);
    await expect.poll(() => display.client_count).toBe(1);
    asleep.ws.pause();
    const refused = connect({ port: display.port ?? 0, allowHalfOpen: true });
    disposables.add(() => refused.destroy());
    refused.write(upgradeOf("/"));
    const [answered] = (await once(refused, "data")) as [Buffer];
    expect(String(answered)).toContain(" 101 ");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let isClosed = false;
    const closing = display.close().then(() => (isClosed = true));
    await vi.advanceTimersByTimeAsync(1990);
    expect(isClosed).toBe(false);
    await vi.advanceTimersByTimeAsync(10);
    vi.useRealTimers();
    await closing;
    vi.restoreAllMocks();
  });
});

describe("a viewer that is gone without a word", () => {
  it("holds no keys and no buttons any more", async () => {
    const display = await serveOne();
    const viewer = view(display);
    await expect.poll(() => display.client_count).toBe(1);
    const position = { x: 1, y: 1, button: 1, buttons: [1], modifiers: [] };
    viewer.say({ type: "event", event: { type: "pointer_down", ...position } });
    viewer.say({ type: "event", event: { type: "key_down", key: "w", modifiers: [] } });
    const events: string[] = [];
    const seen = (): string[] => {
      events.push(...display.poll_events().map(({ event }) => event.type));
      return events;
    };
    await expect.poll(seen).toEqual(["pointer_down", "key_down"]);
    viewer.ws.terminate();
    await expect.poll(seen).toEqual(["pointer_down", "key_down", "pointer_up", "key_up"]);
  });
});

describe("limits", () => {
  it("end only the viewer that sends a message that is too large, or no text", async () => {
    const display = await serveOne({ max_message_size: 2048 });
    const good = view(display);
    const large = view(display);
    const broken = view(display);
    await expect.poll(() => display.client_count).toBe(3);
    large.say({ type: "event", event: { type: "char", data: "x".repeat(5000) } });
    broken.say("{");
    await expect.poll(() => [large.closed?.code, broken.closed?.code]).toEqual([4400, 4400]);
    await publishUntil(display, () => good.frames.length > 3);
    expect(good.closed).toBeUndefined();
    expect(display.client_count).toBe(1);
  });

  it("refuse pages of elsewhere before they are connected, and names that lead here", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const display = await serveOne({ origins: ["https://friend.example"] });
    const evil = view(display, {}, { origin: "https://evil.example" });
    const rebound = view(display, {}, { headers: { host: "evil.example" } });
    const friend = view(display, {}, { origin: "https://friend.example" });
    const local = view(display, {}, { origin: "http://localhost:3000" });
    await expect
      .poll(() => evil.closed)
      .toEqual({
        code: 4403,
        reason: 'add "https://evil.example" to the server\'s "origins" option',
      });
    await expect.poll(() => rebound.closed?.code).toBe(4403);
    // The code also comes as a message, and nothing else does.
    expect(evil.texts).toEqual([{ type: "close", ...evil.closed }]);
    expect([evil.frames, rebound.frames]).toEqual([[], []]);
    view(display, {}, { origin: "https://evil.example" });
    await expect.poll(() => display.client_count).toBe(2);
    expect([friend.closed, local.closed]).toEqual([undefined, undefined]);
    const asked = await fetch(`http://127.0.0.1:${display.port}/metrics`, {
      headers: { origin: "https://evil.example" },
    });
    expect(asked.status).toBe(403);
    // Whoever runs the server is told, once for each.
    const told = warn.mock.calls.map(([line]) => String(line));
    expect(told.filter((line) => line.includes('from "https://evil.example"'))).toHaveLength(1);
    expect(told.every((line) => line.includes("origins"))).toBe(true);
    warn.mockRestore();
  });

  it("let files and sandboxed frames in only where origins names them", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const closed = await serveOne();
    const refused = view(closed, {}, { origin: "null" });
    await expect.poll(() => refused.closed?.code).toBe(4403);
    const open = await serveOne({ origins: ["null"] });
    const sandboxed = view(open, {}, { origin: "null" });
    const elsewhere = view(open, {}, { origin: "https://evil.example" });
    const rebound = view(open, {}, { origin: "null", headers: { host: "evil.example" } });
    await expect.poll(() => [elsewhere.closed?.code, rebound.closed?.code]).toEqual([4403, 4403]);
    await publishUntil(open, () => sandboxed.frames.length > 0);
    expect([closed.client_count, open.client_count]).toEqual([0, 1]);
    warn.mockRestore();
  });

  it("keep no connection of a peer that was refused and does not hang up", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const http = createServer();
    const hub = attach(http);
    disposables.add(() => hub.close());
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    disposables.add(() => {
      http.closeAllConnections();
      http.close();
    });
    const { port } = http.address() as AddressInfo;
    const connections = promisify(http.getConnections.bind(http));
    const refused = Array.from({ length: 50 }, () => connect({ port, allowHalfOpen: true }));
    disposables.add(() => refused.forEach((socket) => socket.destroy()));
    for (const socket of refused) {
      socket.on("error", () => undefined);
      socket.write(upgradeOf("/rfb"));
    }
    const answers = await Promise.all(refused.map((socket) => once(socket, "data")));
    // How many are told why depends on how fast the first ones are gone: tests/unit/hosting/handshake.
    const statuses = answers.map(([answer]) => /^HTTP\/1\.1 (\d+) /.exec(String(answer))?.[1]);
    expect(statuses.filter((status) => status !== "101" && status !== "403")).toEqual([]);
    expect(statuses.filter((status) => status === "101").length).toBeGreaterThanOrEqual(20);
    await expect.poll(() => connections(), { timeout: 10_000 }).toBe(0);
    warn.mockRestore();
  });

  it("turn away who is not let in, with 4401", async () => {
    const display = await serveOne({
      authenticate: ({ token }) =>
        Promise.resolve(token === "open sesame" ? { name: "ali" } : null),
    });
    const stranger = view(display, { token: "please" });
    const friend = view(display, { token: "open sesame" });
    await expect.poll(() => stranger.closed?.code).toBe(4401);
    await publishUntil(display, () => friend.frames.length > 0);
    expect(stranger.frames).toHaveLength(0);
    friend.say({ type: "event", event: { type: "key_down", key: "a", modifiers: [] } });
    await expect
      .poll(() => display.poll_events().map(({ principal }) => principal))
      .toEqual([{ name: "ali" }]);
    // The side channel asks too.
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`http://127.0.0.1:${display.port}/metrics`, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: "Bearer open" })).toBe(401);
    expect(await text(display, "/health")).toBe("ok\n");
  });
});

describe("the side channel", () => {
  it("tells health, streams, metrics and recorded events", async () => {
    const display = await serveOne({ record_events: true });
    const viewer = view(display);
    await publishUntil(display, () => viewer.frames.length > 2);
    viewer.say({ type: "event", event: { type: "key_down", key: "a", modifiers: [] } });
    await expect.poll(() => display.recorded.length).toBe(1);
    expect(await text(display, "/health")).toBe("ok\n");
    expect(JSON.parse(await text(display, "/streams"))).toEqual([
      { name: "default", width: 64, height: 48, fps: 30, clients: 1 },
    ]);
    const [metrics] = JSON.parse(await text(display, "/metrics")) as Record<string, unknown>[];
    expect(metrics).toMatchObject({ stream: "default", codec: "jpeg", target_fps: 30 });
    expect(metrics?.frames_acked).toBeGreaterThan(0);
    expect(JSON.parse(await text(display, "/streams/default/metrics"))).toHaveLength(1);
    const prometheus = await text(display, "/metrics", {
      headers: { accept: "text/plain;version=0.0.4" },
    });
    expect(prometheus).toMatch(/^rfb_frames_sent_total\{stream="default"\} \d+$/m);
    expect(JSON.parse(await text(display, "/recorded-events"))).toEqual([
      expect.objectContaining({ event_type: "key_down", key: "a" }),
    ]);
    await text(display, "/recorded-events/reset", { method: "POST" });
    expect(JSON.parse(await text(display, "/recorded-events"))).toEqual([]);
  });

  it("answers what it does not know with 404, and other methods with 405", async () => {
    const display = await serveOne();
    const status = async (path: string, method = "GET"): Promise<number> =>
      (await fetch(`http://127.0.0.1:${display.port}${path}`, { method })).status;
    expect(await status("/nothing")).toBe(404);
    expect(await status("/streams/nobody/metrics")).toBe(404);
    expect(await status("/metrics", "POST")).toBe(405);
    expect(await status("/health", "HEAD")).toBe(200);
  });
});

describe("on_request", () => {
  it("may be async, and takes nothing down when it rejects", async () => {
    const on_request = async ({ url }: IncomingMessage): Promise<boolean> => {
      await Promise.resolve();
      if (url === "/broken") throw new Error("no page");
      return false;
    };
    const display = await serveOne({ on_request: on_request as never });
    const spy = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const broken = await fetch(`http://127.0.0.1:${display.port}/broken`);
    expect([broken.status, await broken.text()]).toEqual([500, "the server failed to answer\n"]);
    expect(await text(display, "/other")).toContain("not found");
    spy.mockRestore();
  });

  it("answers what the side channel does not, and takes nothing down when it fails", async () => {
    const display = await serveOne({
      on_request: ({ url }, response) => {
        if (url === "/broken") throw new Error("no page");
        if (url !== "/page") return false;
        response.end("a page");
        return true;
      },
    });
    const spy = vi.spyOn(console, "error").mockImplementation(() => undefined);
    expect(await text(display, "/page")).toBe("a page");
    expect(await text(display, "/health")).toBe("ok\n");
    expect(await text(display, "/other")).toContain("not found");
    const broken = await fetch(`http://127.0.0.1:${display.port}/broken`);
    expect([broken.status, await broken.text()]).toEqual([500, "the server failed to answer\n"]);
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
  });
});

describe("several streams", () => {
  it("are told apart by name, with their own viewers, and can be ended one by one", async () => {
    const server = await serve_server({ port: 0 });
    disposables.add(() => server.close());
    const camera = server.add_stream("camera", 64, 48);
    const depth = server.add_stream("depth", 32, 32, { fps: 10 });
    camera.publish(colorFrame(1));
    depth.publish(colorFrame(1, 32, 32));
    const one = view(camera);
    const two = view(depth);
    const lost = new TestViewer(`ws://127.0.0.1:${server.port}/nowhere`);
    const nameless = new TestViewer(`ws://127.0.0.1:${server.port}`);
    await expect.poll(() => [lost.closed?.code, nameless.closed?.code]).toEqual([4404, 4404]);
    await expect.poll(() => Math.min(one.frames.length, two.frames.length)).toBeGreaterThan(0);
    expect(one.frames[0]?.header).toMatchObject({ width: 64 });
    expect(two.frames[0]?.header).toMatchObject({ width: 32 });
    expect(JSON.parse(await text(camera, "/streams"))).toEqual([
      { name: "camera", width: 64, height: 48, fps: 30, clients: 1 },
      { name: "depth", width: 32, height: 32, fps: 10, clients: 1 },
    ]);
    await depth.close();
    await expect.poll(() => two.closed?.code).toBe(1001);
    expect([...server.streams.keys()]).toEqual(["camera"]);
    expect(one.closed).toBeUndefined();
    expect(() => server.add_stream("camera", 1, 1)).toThrow("there is one of that name");
    for (const name of ["a/b", "", "health", "..", 7]) {
      expect(() => server.add_stream(name as string, 1, 1)).toThrow("name: expected");
    }
    await server.close();
    expect(() => server.add_stream("late", 1, 1)).toThrow("the server is closed");
  });

  it("on a host that others reach need authenticate each", async () => {
    const server = await serve_server({ port: 0, host: "0.0.0.0" });
    disposables.add(() => server.close());
    expect(() => server.add_stream("open", 1, 1)).toThrow("insecure: true");
    server.add_stream("guarded", 1, 1, { authenticate: () => null });
  });
});

describe("attach", () => {
  const listening = async (http: Server): Promise<number> => {
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    disposables.add(
      () =>
        new Promise((resolve) => {
          http.closeAllConnections();
          http.close(resolve);
        }),
    );
    return (http.address() as AddressInfo).port;
  };

  it("adds streams to a server of node:http, which keeps its own pages and upgrades", async () => {
    const http = createServer((_request, response) => response.end("own page"));
    const hub = attach(http, { path: "/rfb" });
    disposables.add(() => hub.close());
    const port = await listening(http);
    const display = hub.add_stream("cam", 64, 48);
    expect(display.ws_url).toBe(`ws://127.0.0.1:${port}/rfb/cam`);
    display.publish(colorFrame(1));
    const viewer = view(display, {}, { origin: "https://evil.example" });
    await expect.poll(() => viewer.closed?.code).toBe(4403);
    const good = view(display);
    await expect.poll(() => good.frames.length).toBeGreaterThan(0);
    expect(await (await fetch(`http://127.0.0.1:${port}/rfb/metrics`)).text()).toBe("own page");
    const elsewhere = new TestViewer(`ws://127.0.0.1:${port}/chat`);
    await expect.poll(() => elsewhere.refused).toBe(404);
    await hub.close();
    await expect.poll(() => good.closed?.code).toBe(1001);
    expect(http.listenerCount("upgrade")).toBe(0);
  });

  it("refuses a name of somebody else's that leads to this machine (DNS rebinding)", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const http = createServer();
    const hub = attach(http, { origins: ["https://behind.proxy.example"] });
    disposables.add(() => hub.close());
    http.on("request", (request, response) => void hub.handleRequest(request, response));
    // As Express listens, on all interfaces.
    await new Promise<void>((resolve) => http.listen(0, resolve));
    disposables.add(() => http.close());
    const { port } = http.address() as AddressInfo;
    const display = hub.add_stream("cam", 64, 48);
    const host = `evil.example:${port}`;
    const rebound = view(display, {}, { origin: `http://${host}`, headers: { host } });
    await expect.poll(() => rebound.closed?.code).toBe(4403);
    const proxied = { host: "behind.proxy.example" };
    view(display, {}, { origin: "https://behind.proxy.example", headers: proxied });
    view(display, {}, { origin: "http://localhost:3000" });
    await expect.poll(() => display.client_count).toBe(2);
    warn.mockRestore();
  });

  it("goes with Express, its cookies and its own middleware", async () => {
    const app = express();
    const http = createServer(app);
    const hub = attach(http, { path: "/live/rfb/" });
    disposables.add(() => hub.close());
    app.use(hub.middleware);
    app.get("/", (_request, response) => void response.send("home"));
    const port = await listening(http);
    const display = hub.add_stream("default", 64, 48, {
      authenticate: ({ cookies }) => (cookies.session === "42" ? cookies.session : null),
    });
    display.publish(colorFrame(1));
    const friend = view(display, {}, { headers: { cookie: "session=42" } });
    const stranger = view(display);
    await expect.poll(() => stranger.closed?.code).toBe(4401);
    await expect.poll(() => friend.frames.length).toBeGreaterThan(0);
    const get = async (path: string): Promise<string> =>
      (
        await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie: "session=42" } })
      ).text();
    expect(await get("/live/rfb/streams")).toContain('"clients":1');
    expect(await get("/")).toBe("home");
  });

  it("goes with Fastify", async () => {
    const app = fastify();
    app.get("/", () => "home");
    await app.listen({ port: 0, host: "127.0.0.1" });
    disposables.add(() => app.close());
    const hub = attach(app.server, { path: "/rfb" });
    disposables.add(() => hub.close());
    const display = hub.add_stream("cam", 64, 48);
    display.publish(colorFrame(1));
    const viewer = view(display);
    await expect.poll(() => viewer.frames.length).toBeGreaterThan(0);
  });

  it("on a path that has a hub is refused, and allowed again when that is closed", async () => {
    const http = createServer();
    const hub = attach(http, { path: "/rfb" });
    expect(() => attach(http, { path: "/rfb/" })).toThrow("there is a hub on that path");
    const other = attach(http, { path: "/other" });
    await hub.close();
    await attach(http, { path: "/rfb" }).close();
    await other.close();
  });

  it("survives another WebSocket server that takes all sockets", async () => {
    const http = createServer();
    const greedy = new WebSocketServer({ server: http });
    disposables.add(() => greedy.close());
    const hub = attach(http, { path: "/rfb" });
    disposables.add(() => hub.close());
    hub.add_stream("cam", 64, 48);
    const port = await listening(http);
    const viewer = new TestViewer(`ws://127.0.0.1:${port}/rfb/cam`);
    await expect.poll(() => viewer.ws.readyState).toBe(WebSocket.CLOSED);
    expect(http.listening).toBe(true);
  });

  it("refuses what is no server, and paths that are none", () => {
    expect(() => attach(express() as never)).toThrow("app.listen()");
    expect(() => attach(fastify() as never)).toThrow("app.server");
    expect(() => attach({} as never)).toThrow("expected an http.Server");
    for (const path of ["rfb", "/a b", "/a?b", 7]) {
      expect(() => attach(createServer(), { path: path as string })).toThrow("path: expected");
    }
  });
});
