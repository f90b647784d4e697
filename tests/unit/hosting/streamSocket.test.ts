import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { streamSocket } from "../../../src/hosting/streamSocket";
import { parseServerMessage } from "../../../src/protocol/parseServerMessage";

/** A socket of `ws` that notes what is sent, and what it writes to. */
function setUp({ fails = false } = {}) {
  const calls: string[] = [];
  const ws = Object.assign(new EventEmitter(), {
    readyState: Number(WebSocket.OPEN),
    send: (part: Uint8Array | string, options?: { readonly fin: boolean }) => {
      if (fails) throw new TypeError("no bytes");
      if (typeof part === "string") calls.push(part);
      else calls.push(`${part.length} bytes${options?.fin === true ? ", the last" : ""}`);
    },
    close: (code: number, reason: string) => calls.push(`${code} ${reason}`),
  });
  const below = { cork: () => calls.push("cork"), uncork: () => calls.push("uncork") };
  const listener = {
    onMessage: () => undefined,
    onPong: () => undefined,
    onClose: () => undefined,
  };
  return { calls, ws, socket: streamSocket(ws as unknown as WebSocket, below, listener) };
}

describe("a viewer's socket", () => {
  it("gives the parts of a message to the system together", () => {
    const { calls, socket } = setUp();
    socket.sendBinary([new Uint8Array(2), new Uint8Array(300)]);
    expect(calls).toEqual(["cork", "2 bytes", "300 bytes, the last", "uncork"]);
  });

  it("gives several messages to the system together", () => {
    const { calls, socket } = setUp();
    socket.batch(() => {
      for (const length of [2, 3]) socket.sendBinary([new Uint8Array(length)]);
      calls.push("all sent");
    });
    // What is corked twice waits for the second uncork.
    expect(calls.filter((call) => /cork/.test(call))).toHaveLength(6);
    expect([calls[0], ...calls.slice(-2)]).toEqual(["cork", "all sent", "uncork"]);
  });

  it("holds nothing back after a failure, and says when it is closed", () => {
    const { calls, socket, ws } = setUp({ fails: true });
    expect(() => socket.sendBinary([new Uint8Array(2)])).toThrow("no bytes");
    expect(calls).toEqual(["cork", "uncork"]);
    ws.readyState = WebSocket.CLOSED;
    expect(() => socket.sendBinary([new Uint8Array(2)])).toThrow("the viewer is gone");
  });

  it("says why it is closed in a message, too, which may be longer than the close", () => {
    const { calls, socket, ws } = setUp();
    socket.close(4403, `${"x".repeat(119)}\u00e4${"y".repeat(1000)}`);
    const [message = "", close] = calls;
    expect(parseServerMessage(message)).toEqual({
      ...{ type: "close", code: 4403, reason: `${"x".repeat(119)}\u00e4${"y".repeat(380)}` },
    });
    // 120 bytes, without half a character.
    expect(close).toBe(`4403 ${"x".repeat(119)}`);
    ws.readyState = WebSocket.CLOSING;
    socket.close(1001, "gone");
    expect(calls.slice(2)).toEqual(["1001 gone"]);
  });
});
