import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SilenceLimit } from "../../../src/client/worker/linkWatch";
import { ServerConnection, type SocketPort } from "../../../src/client/worker/serverConnection";
import { fakeTimers } from "../picture/frames";

// Node has no WebSocket before version 22.
beforeAll(() => void vi.stubGlobal("WebSocket", { OPEN: 1 }));
afterAll(() => void vi.unstubAllGlobals());

const CONFIG = {
  ...{ type: "config", transport: "image", width: 8, height: 8, coords: "frame-pixels" },
};

/** A connection whose server does only what the test says. */
function connect(silence = new SilenceLimit()) {
  const { clock, timers } = fakeTimers();
  const sent: string[] = [];
  const timeouts: [string, number][] = [];
  const closes: [number, string][] = [];
  const socket = {
    binaryType: "blob",
    readyState: 0,
    isClosed: false,
    onopen: null as (() => void) | null,
    onmessage: null as ((event: { data: string }) => void) | null,
    onclose: null,
    send: (text: string) => void sent.push((JSON.parse(text) as { type: string }).type),
    close: () => void (socket.isClosed = true),
  };
  const connection = new ServerConnection({
    timers,
    silence,
    openSocket: () => socket as unknown as SocketPort,
    abilities: { current: [], known: Promise.resolve([]) },
    hello: () => ({ ratio: 1, token: undefined, quality: undefined }),
    paint: () => undefined,
    reportError: () => undefined,
    onOpen: () => undefined,
    onGreeted: () => undefined,
    onControl: () => undefined,
    onFrame: () => undefined,
    onDone: () => undefined,
    onBytes: () => undefined,
    onClose: (code, reason) => closes.push([code, reason]),
    onTimeout: (phase) => timeouts.push([phase, clock.monotonic()]),
  });
  const open = async (): Promise<void> => {
    socket.readyState = 1;
    socket.onopen?.();
    await vi.waitFor(() => expect(sent).toContain("hello"));
  };
  const receive = (message: object): void => socket.onmessage?.({ data: JSON.stringify(message) });
  return { clock, connection, socket, sent, timeouts, closes, open, receive };
}

describe("a connection to a server", () => {
  it("is given up when its socket does not open", () => {
    const { clock, socket, timeouts } = connect();
    clock.advance(60);
    expect(timeouts).toEqual([["open", 10]]);
    expect(socket.isClosed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it("ends with the server's last message, as a proxy may drop the code of the close", async () => {
    const { clock, socket, sent, closes, open, receive } = connect();
    await open();
    receive({ type: "close", code: 4401, reason: "unauthorized" });
    expect(closes).toEqual([[4401, "unauthorized"]]);
    expect([socket.isClosed, socket.onclose, clock.pending]).toEqual([true, null, 0]);
    receive(CONFIG);
    expect([closes.length, sent]).toEqual([1, ["hello", "ping"]]);
  });

  it("is given up when the hello is not answered", async () => {
    const { clock, socket, timeouts, open } = connect();
    clock.advance(5);
    await open();
    clock.advance(60);
    expect(timeouts).toEqual([["hello", 35]]);
    expect(socket.isClosed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it("is given up when the server becomes silent, within 10 s", async () => {
    const { clock, socket, sent, timeouts, open, receive } = connect();
    await open();
    receive(CONFIG);
    expect(sent).toEqual(["hello", "ping"]);
    receive({ type: "pong" });
    clock.advance(60);
    expect(timeouts).toEqual([["ping", 8]]);
    expect(socket.isClosed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it("answers the server's pings", async () => {
    const { sent, open, receive } = connect();
    await open();
    receive(CONFIG);
    receive({ type: "ping", id: 5 });
    expect(sent).toEqual(["hello", "ping", "pong"]);
  });

  it("stays open with a server that is idle", async () => {
    const { clock, sent, timeouts, open, receive } = connect();
    await open();
    receive(CONFIG);
    let answered = 0;
    for (let second = 0; second < 120; second++) {
      const pings = sent.filter((type) => type === "ping").length;
      for (; answered < pings; answered++) receive({ type: "pong" });
      clock.advance(1);
    }
    expect(answered).toBeGreaterThan(20);
    expect(timeouts).toEqual([]);
  });

  it("stays open with an idle server that does not know pings, such as pdum.rfb's", async () => {
    const { clock, connection, timeouts, open, receive } = connect();
    await open();
    receive(CONFIG);
    clock.advance(3600);
    expect(timeouts).toEqual([]);
    connection.dispose();
    expect(clock.pending).toBe(0);
  });
});
