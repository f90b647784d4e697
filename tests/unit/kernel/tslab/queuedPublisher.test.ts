import { describe, expect, it, vi } from "vitest";
import type { Frames } from "../../../../src/kernel/tslab/publishQueue";
import { QueuedPublisher } from "../../../../src/kernel/tslab/queuedPublisher";

/** zeromq.js's Publisher, as far as it matters: sealed, with `send` on its prototype. */
function setUp() {
  const state = { noDrop: false, isFull: false, sent: [] as Frames[] };
  class Socket {
    closed = false;
    sendTimeout = -1;
    linger = -1;
    async send(frames: Frames): Promise<void> {
      if (state.isFull && state.noDrop) {
        throw Object.assign(new Error("Operation timed out"), { code: "EAGAIN" });
      }
      if (!state.isFull) state.sent.push(frames);
      await Promise.resolve();
    }
  }
  class Publisher extends Socket {
    set noDrop(value: boolean) {
      process.emitWarning("Socket option will not take effect until next connect/bind.");
      state.noDrop = value;
    }
  }
  const iopub = Object.seal(new Publisher());
  return { state, iopub, Publisher, Socket };
}

describe("QueuedPublisher", () => {
  it("keeps the messages that ZeroMQ has no room for, whoever sends them", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    const { state, iopub } = setUp();
    const publisher = new QueuedPublisher(iopub, () => undefined);
    expect([iopub.sendTimeout, state.noDrop]).toEqual([0, true]);
    await iopub.send(["1"]);
    state.isFull = true;
    await iopub.send(["2"]);
    state.isFull = false;
    await iopub.send(["3"]);
    publisher.dispose();
    expect(state.sent).toEqual([["1"], ["2"], ["3"]]);
    expect(iopub.linger).toBeGreaterThan(0);
    expect(warn).not.toHaveBeenCalled();
  });

  it("leaves other sockets alone, and one that can't report a full queue", async () => {
    const { state, iopub, Publisher, Socket } = setUp();
    new QueuedPublisher(iopub, () => undefined).dispose();
    state.isFull = true;
    await expect(new Publisher().send(["1"])).rejects.toThrow("timed out");
    const old = new Socket();
    new QueuedPublisher(old, () => undefined).dispose();
    expect(Object.hasOwn(Socket.prototype, "send")).toBe(true);
    expect([old.sendTimeout, old.linger]).toEqual([0, -1]);
  });
});
