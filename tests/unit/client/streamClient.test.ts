/** The worker's half of a view, with a socket and a decoder that do only what the test says. */
import { PNG } from "pngjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StreamClient } from "../../../src/client/worker/streamClient";
import type { SocketPort } from "../../../src/client/worker/serverConnection";
import type { WorkerToMain } from "../../../src/client/shared/workerMessages";
import { packEnvelope } from "../../../src/protocol/envelope";
import { fakeTimers } from "../picture/frames";

class FakeSocket {
  binaryType = "blob";
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.readyState = 3;
  }

  /** Lets the server accept the connection. */
  async open(): Promise<void> {
    this.readyState = 1;
    this.onopen?.();
    await vi.waitFor(() => expect(this.sent.map(({ type }) => type)).toContain("hello"));
    const size = { width: 1, height: 1 };
    this.say({ type: "config", transport: "image", ...size, coords: "frame-pixels" });
  }
  lose(): void {
    this.readyState = 3;
    this.onclose?.({ code: 1006, reason: "" });
  }
  sendFrame(seq: number, isPatch = false): void {
    const png = PNG.sync.write(new PNG({ width: 1, height: 1 }));
    const common = { seq, timestamp_us: seq, width: 1, height: 1, mime: "image/png" };
    const header = isPatch
      ? { ...common, type: "patch_frame", patches: [[0, 0, 1, 1]] }
      : { ...common, type: "image_frame" };
    const part = isPatch ? { base: seq - 1, lengths: [png.length] } : {};
    const bytes = packEnvelope({ ...header, ...part }, png);
    this.onmessage?.({ data: new Uint8Array(bytes).buffer });
  }
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  get acks(): unknown[] {
    return this.sent
      .filter(({ type }) => type === "ack")
      .map(({ seq, displayed }) => [seq, displayed]);
  }
}

let sockets: FakeSocket[];
let posted: WorkerToMain[];
/** Ends the decoding of the oldest file that waits. */
let decodes: (() => void)[];
let client: StreamClient;
let advance: (seconds: number) => void;

beforeEach(() => {
  sockets = [];
  posted = [];
  decodes = [];
  vi.stubGlobal("WebSocket", { OPEN: 1 });
  vi.stubGlobal("createImageBitmap", () => {
    const bitmap = { width: 1, height: 1, close: () => undefined };
    return new Promise((resolve) => decodes.push(() => resolve(bitmap)));
  });
  const { clock, timers } = fakeTimers();
  advance = (seconds) => clock.advance(seconds);
  const context = { drawImage: () => undefined, clearRect: () => undefined };
  client = new StreamClient({
    canvas: { width: 0, height: 0, getContext: () => context } as unknown as OffscreenCanvas,
    settings: {
      ...{ urls: ["ws://127.0.0.1/"], token: undefined, imageOnly: true, fit: "contain" },
      ...{ maxInflight: 2, quality: undefined, debug: false, ratio: 1 },
    },
    abilities: { current: ["patches"], known: Promise.resolve(["patches"]) },
    timers,
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as SocketPort;
    },
    now: () => clock.monotonic() * 1000,
    random: () => 0,
    post: (message) => posted.push(message),
  });
});

afterEach(() => {
  client.dispose();
  vi.unstubAllGlobals();
});

/** The newest connection. */
function socket(): FakeSocket {
  const newest = sockets.at(-1);
  if (newest === undefined) throw new Error("no connection was opened");
  return newest;
}

async function decode(): Promise<void> {
  await vi.waitFor(() => expect(decodes).not.toEqual([]));
  decodes.shift()?.();
}

describe("the worker of a view", () => {
  it("lets no more than maxInflight frames wait, and asks for a whole one then", async () => {
    await socket().open();
    socket().sendFrame(0);
    for (const seq of [1, 2, 3]) socket().sendFrame(seq, true);
    await decode();
    await decode();
    await vi.waitFor(() => expect(socket().acks).toHaveLength(4));
    expect(socket().acks).toEqual([
      [0, true],
      [1, true],
      [2, false],
      [3, false],
    ]);
    expect(socket().sent.filter(({ type }) => type === "request_keyframe")).toHaveLength(1);
  });

  it("sends no events while another viewer drives, asks to and hands over", async () => {
    const key = { type: "event", event: { type: "key_down", timestamp: 1, key: "a" } } as const;
    const sent = (...types: string[]) =>
      socket().sent.filter(({ type }) => types.includes(String(type)));
    const press = () => client.handle(key as never);
    await socket().open();
    socket().say({ type: "role", drives: false, may_drive: true, has_driver: true });
    press();
    client.handle({ type: "visible", isVisible: true, timestamp: 1 });
    client.handle({ type: "requestDrive" });
    const show = { type: "event", event: { type: "show", timestamp: 1 } };
    expect(sent("event", "request_drive").slice(-2)).toEqual([show, { type: "request_drive" }]);
    expect(sent("event")).not.toContainEqual(expect.objectContaining({ event: key.event }));
    socket().say({ type: "role", drives: true, may_drive: true, has_driver: true, asking: ["x"] });
    press();
    client.handle({ type: "handOver", to: undefined });
    client.handle({ type: "handOver", to: "x" });
    expect(sent("event").at(-1)).toEqual(key);
    expect(sent("hand_over")).toEqual([{ type: "hand_over" }, { type: "hand_over", to: "x" }]);
    const roles = posted.flatMap((message) => (message.type === "role" ? [message.role] : []));
    expect(roles).toEqual([
      { drives: false, mayDrive: true, hasDriver: true, asks: false, asking: [] },
      { drives: true, mayDrive: true, hasDriver: true, asks: false, asking: ["x"] },
    ]);
    // Another server may have another rule.
    socket().say({ type: "role", drives: false });
    client.handle({ type: "reconnect" });
    await socket().open();
    press();
    expect(sent("event").at(-1)).toEqual(key);
  });

  it("passes on what the server says of its picture, and reports what is not well formed", async () => {
    await socket().open();
    const status = { type: "status", kind: "error", text: "no light" };
    socket().say(status);
    socket().say({ ...status, text: "x".repeat(1001) });
    socket().say({ type: "status", kind: "ok" });
    const seen = posted.filter(({ type }) => type === "serverStatus" || type === "error");
    expect(seen).toEqual([
      { type: "serverStatus", status },
      { type: "error", message: expect.stringContaining("message.text: expected") as unknown },
      { type: "serverStatus", status: { type: "status", kind: "ok", text: "" } },
    ]);
  });

  it("says when each connection has painted its first frame, as an old picture is stale", async () => {
    const painted = (): number => posted.filter(({ type }) => type === "painted").length;
    await socket().open();
    expect(painted()).toBe(0);
    for (const seq of [0, 1]) {
      socket().sendFrame(seq);
      await decode();
      await vi.waitFor(() => expect(socket().acks).toHaveLength(seq + 1));
    }
    expect(painted()).toBe(1);
    socket().lose();
    advance(1);
    expect(sockets).toHaveLength(2);
    await socket().open();
    expect(painted()).toBe(1);
    socket().sendFrame(0);
    await decode();
    await vi.waitFor(() => expect(painted()).toBe(2));
  });
});
