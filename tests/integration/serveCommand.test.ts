import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { drawPattern } from "../../src/cli/patterns";
import { unpackEnvelope } from "../../src/protocol/envelope";
import { decodeJpeg, decodePng } from "../support/decodeImage";
import { disposedAfterEach } from "../support/disposables";
import { CommandProcess, ServeProcess } from "../support/serveProcess";

const disposables = disposedAfterEach();
const running: CommandProcess[] = [];
const sockets: WebSocket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const process of running.splice(0)) {
    await process.stop("SIGKILL");
  }
});

function serve(...args: string[]): Promise<ServeProcess> {
  return serveWith({}, ...args);
}

/** @param environment - environment variables, in addition to those of this process */
async function serveWith(environment: object, ...args: string[]): Promise<ServeProcess> {
  const server = await ServeProcess.start(args, environment);
  running.push(server);
  return server;
}

function run(...args: string[]): CommandProcess {
  const process = new CommandProcess(args);
  running.push(process);
  return process;
}

interface FrameHeader {
  readonly type: string;
  readonly seq: number;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}

/** Connects as a viewer that shows images, and acknowledges each. Returns what comes, until enough or the end. */
function view(
  url: string,
  wanted: number,
  fields: object = {},
): Promise<{
  controls: unknown[];
  frames: { header: FrameHeader; file: Uint8Array }[];
  code: number;
}> {
  const socket = new WebSocket(url);
  sockets.push(socket);
  const controls: unknown[] = [];
  const frames: { header: FrameHeader; file: Uint8Array }[] = [];
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("open", () => {
      const supported = ["image/jpeg", "image/png"];
      socket.send(JSON.stringify({ type: "hello", supported, device_pixel_ratio: 1, ...fields }));
    });
    socket.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) {
        controls.push(JSON.parse(data.toString()));
        return;
      }
      const { header, payload } = unpackEnvelope(data);
      const { seq } = header as FrameHeader;
      frames.push({ header: header as FrameHeader, file: payload });
      socket.send(JSON.stringify({ type: "ack", seq, decode_queue_size: 0, displayed: true }));
      if (frames.length === wanted) socket.close();
    });
    socket.on("close", (code) => resolve({ controls, frames, code }));
  });
}

describe("jupyter-rfb-ts serve", () => {
  it("serves the page and what belongs to it at the printed address", async () => {
    const server = await serve("--force-image");
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(server.streamUrl).toBe(server.url.replace(/^http/, "ws"));
    const page = await fetch(server.url);
    const html = await page.text();
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const host = new URL(server.url).host;
    expect(page.headers.get("content-security-policy")).toContain(
      `connect-src 'self' ws://${host} wss://${host}; worker-src 'self'`,
    );
    const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part = ""]) => part);
    expect(parts.sort()).toEqual(["demo.css", "demo.js", "icon.svg"]);
    for (const part of [...parts, "worker.js", "health", "metrics", "streams"]) {
      expect([part, (await fetch(new URL(part, server.url))).status]).toEqual([part, 200]);
    }
    const missing = await fetch(new URL("package.json", server.url));
    expect(missing.status).toBe(404);
    expect(await (await fetch(new URL("streams", server.url))).json()).toMatchObject([
      { name: "default", width: 1280, height: 720, fps: 30 },
    ]);
    expect(await server.stop()).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  it("ends soon after Ctrl+C while a viewer sleeps, which answers nothing", async () => {
    const server = await serve("--force-image");
    const socket = new WebSocket(server.streamUrl);
    sockets.push(socket);
    await once(socket, "open");
    socket.send(
      JSON.stringify({ type: "hello", supported: ["image/jpeg"], device_pixel_ratio: 1 }),
    );
    await once(socket, "message");
    socket.pause();
    // Without a limit of its own ws waits for 30 s, longer than this test may take.
    server.kill("SIGINT");
    expect(await server.ended).toMatchObject({ signal: null, stderr: "" });
  }, 20_000);

  it.each([
    ["RFB_TOKEN", { RFB_TOKEN: "s3cret" }, []],
    ["a file", {}, ["--token-file"]],
  ])("takes the token from %s", async (_where, environment, flags) => {
    const file = join(disposables.folder(), "token");
    writeFileSync(file, "s3cret\n");
    const args = [...flags, ...flags.map(() => file)];
    const server = await serveWith(environment, "--pattern", "solid", "--force-image", ...args);
    expect((await view(server.streamUrl, 1, { token: "secret" })).code).toBe(4401);
    expect((await view(server.streamUrl, 1, { token: "s3cret" })).frames).toHaveLength(1);
  });

  it.skipIf(process.platform !== "linux")(
    "says in one line that the disk of the event log is full, and goes on",
    async () => {
      const server = await serve("--event-log", "/dev/full", "--pattern", "bouncing_box");
      const socket = new WebSocket(server.streamUrl);
      sockets.push(socket);
      await once(socket, "open");
      const say = (message: object): void => socket.send(JSON.stringify(message));
      say({ type: "hello", supported: ["image/jpeg", "image/png"], device_pixel_ratio: 1 });
      for (let at = 0; at < 20; at++) say({ type: "event", event: { type: "char", data: "a" } });
      for (let seq = 0; seq < 10; seq++) {
        await once(socket, "message");
        say({ type: "event", event: { type: "char", data: "b" } });
        say({ type: "ack", seq, decode_queue_size: 0, displayed: true });
      }
      const { stderr } = await server.stop();
      expect(stderr).toMatch(/^[^\n]*ENOSPC[^\n]*\n$/);
    },
  );

  it("streams the pattern, lossless where the quality is 100", async () => {
    const server = await serve(
      ...[
        "--pattern",
        "test_card",
        "--width",
        "320",
        "--height",
        "240",
        "--quality",
        "100",
        "--fps",
        "1",
      ],
    );
    const { controls, frames } = await view(server.streamUrl, 1);
    expect(controls[0]).toMatchObject({ type: "config", transport: "image", width: 320 });
    const [{ header, file } = { header: undefined, file: new Uint8Array() }] = frames;
    expect(header).toMatchObject({ type: "image_frame", mime: "image/png", height: 240 });
    const { rgba } = decodePng(file);
    const rgb = rgba.filter((_, at) => at % 4 !== 3);
    expect(Buffer.compare(rgb, drawPattern("test_card", 0, 320, 240).data)).toBe(0);
  });

  it("streams frame after frame at the rate, and ends after the last with exit code 0", async () => {
    const began = performance.now();
    const server = await serve(
      ...["--pattern", "solid", "--width", "64", "--height", "48", "--still-after", "off"],
      ...["--fps", "60", "--max-frames", "150"],
    );
    const { frames, code } = await view(`${server.streamUrl}default`, Infinity);
    expect(await server.ended).toMatchObject({ code: 0, signal: null, stderr: "" });
    // 150 frames at 60 a second; the colour changes with the 30th, 60th, 90th and 120th.
    expect(performance.now() - began).toBeGreaterThan(2400);
    expect(code).toBe(1001);
    const colors = await Promise.all(
      frames.map(async ({ file }) => [...(await decodeJpeg(file)).rgba.subarray(0, 3)]),
    );
    const expected = [0, 30, 60, 90, 120].map((frame) => [
      ...drawPattern("solid", frame, 1, 1).data,
    ]);
    expect(colors.length).toBeGreaterThanOrEqual(3);
    for (const color of colors) {
      const distances = expected.map((one) =>
        Math.max(...one.map((value, at) => Math.abs(value - (color[at] ?? 999)))),
      );
      expect(Math.min(...distances)).toBeLessThan(6);
    }
  });

  it("follows the size of a viewer where it is to", async () => {
    const server = await serve(
      ...["--pattern", "gradient", "--resize-policy", "match_client", "--force-image"],
      ...["--max-render-dimension", "200"],
    );
    const socket = new WebSocket(server.streamUrl);
    sockets.push(socket);
    const sizes = await new Promise<string>((resolve) => {
      socket.on("open", () => {
        const hello = { type: "hello", supported: ["image/jpeg"], device_pixel_ratio: 2 };
        socket.send(JSON.stringify(hello));
        const viewport = { width: 200, height: 100, pwidth: 400, pheight: 200, ratio: 2 };
        socket.send(JSON.stringify({ type: "set_viewport", ...viewport }));
      });
      socket.on("message", (data: Buffer, isBinary) => {
        if (!isBinary) return;
        const { header } = unpackEnvelope(data);
        const { seq, width, height, pixel_ratio } = header as FrameHeader & { pixel_ratio: number };
        socket.send(JSON.stringify({ type: "ack", seq, decode_queue_size: 0, displayed: true }));
        if (width !== 1280) resolve(`${width} x ${height} at ${pixel_ratio}`);
      });
    });
    expect(sizes).toBe("200 x 100 at 2");
  });

  it("lets in whoever knows the token, and never prints it", async () => {
    const server = await serve("--token", "s3cret", "--pattern", "solid", "--force-image");
    expect((await view(server.streamUrl, 1)).code).toBe(4401);
    expect((await view(server.streamUrl, 1, { token: "secret" })).code).toBe(4401);
    expect((await view(server.streamUrl, 1, { token: "s3cret" })).frames).toHaveLength(1);
    const metrics = new URL("metrics", server.url);
    expect((await fetch(metrics)).status).toBe(401);
    const headers = { authorization: "Bearer s3cret" };
    expect((await fetch(metrics, { headers })).status).toBe(200);
    expect((await fetch(server.url)).status).toBe(200);
    server.kill("SIGINT");
    const { code, stdout, stderr } = await server.ended;
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain("s3cret");
  });

  it("writes what viewers do to a file", async () => {
    const log = join(disposables.folder(), "events.jsonl");
    const server = await serve("--event-log", log, "--record-events", "--force-image");
    const socket = new WebSocket(server.streamUrl);
    sockets.push(socket);
    await new Promise<void>((resolve) => {
      socket.on("open", () => {
        const hello = { type: "hello", supported: ["image/jpeg"], device_pixel_ratio: 1 };
        socket.send(JSON.stringify(hello));
        const key = { type: "key_down", key: "a", modifiers: [], timestamp: 1 };
        socket.send(JSON.stringify({ type: "event", event: key }));
      });
      socket.on("message", () => resolve());
    });
    const recorded = async (): Promise<unknown> =>
      (await fetch(new URL("recorded-events", server.url))).json();
    await expect
      .poll(recorded, { timeout: 10_000 })
      .toMatchObject([{ event_type: "key_down", key: "a" }]);
    await server.stop();
    const written = readFileSync(log, "utf8").trim().split("\n");
    // The viewer still held the key.
    expect(written.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event_type: "key_down", key: "a" },
      { event_type: "key_up", key: "a" },
    ]);
  });

  it("says in one line that the port is taken, with exit code 1", async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    const { port } = other.address() as AddressInfo;
    const ended = await run("serve", "--port", String(port)).ended;
    other.close();
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(
      new RegExp(`^jupyter-rfb-ts: Cannot listen on 127\\.0\\.0\\.1:${port}: .*\\n$`),
    );
  });

  it("ends wrong arguments with exit code 2", async () => {
    const ended = await run("serve", "--fps", "fast").ended;
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^jupyter-rfb-ts: --fps: expected a number, got "fast"\n/);
  });
});

describe("jupyter-rfb-ts doctor", () => {
  it("ends without an error when its output is read no more, as by head", async () => {
    const doctor = run("doctor");
    await doctor.printed(/^jupyter-rfb-ts/);
    doctor.stopReading();
    expect(await doctor.ended).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("jupyter-rfb-ts benchmark", () => {
  it("measures codecs, and how good they are", async () => {
    const { code, stdout, stderr } = await run(
      ...["benchmark", "--size", "160x120", "--frames", "4", "--codecs", "jpeg,png", "--json"],
    ).ended;
    expect([code, stderr]).toEqual([0, ""]);
    const { measured } = JSON.parse(stdout) as {
      measured: { codec: string; psnr_db: number; lossless: boolean; median_ms: number }[];
    };
    expect(measured.map(({ codec }) => codec)).toEqual(["jpeg", "png"]);
    const [jpeg, png] = measured;
    expect(jpeg).toMatchObject({ width: 160, height: 120, frames: 4, lossless: false });
    expect(jpeg?.psnr_db).toBeGreaterThan(35);
    expect(jpeg?.psnr_db).toBeLessThan(60);
    expect(png).toMatchObject({ lossless: true, psnr_db: null });
    expect(png?.median_ms).toBeGreaterThan(0);
  });

  it("prints a table", async () => {
    const { code, stdout } = await run(
      ...["benchmark", "--size", "64x48", "--frames", "2", "--codecs", "png"],
    ).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/size +codec +median ms +p95 ms +KB\/frame +PSNR dB +fps +encoder/);
    expect(stdout).toMatch(/64x48 +png +\d+\.\d\d +\d+\.\d\d +\d+\.\d +exact +\d+ +zlib/);
  });
});
