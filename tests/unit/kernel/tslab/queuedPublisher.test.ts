import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_WAITING_BYTES, type Frames } from "../../../../src/kernel/tslab/publishQueue";
import { QueuedPublisher } from "../../../../src/kernel/tslab/queuedPublisher";
import { LONGEST_PATIENCE_MS, PATIENCE_MS } from "../../../../src/kernel/tslab/sendPatience";

/** zeromq.js's Publisher, as far as it matters: sealed, with `send` on its prototype. */
function setUp() {
  const state = {
    noDrop: false,
    isFull: false,
    rejection: undefined as Error | undefined,
    thrown: undefined as Error | undefined,
    /** Whether it throws when it would send to those that have room. */
    failsToReady: false,
    /** What those front ends got that have room for it. */
    sent: [] as Frames[],
  };
  class Socket {
    closed = false;
    sendTimeout = -1;
    linger = -1;
    send(frames: Frames): Promise<void> {
      const { rejection, thrown } = state;
      if (thrown !== undefined) throw thrown;
      if (state.failsToReady && !state.noDrop) throw new Error("not sent");
      if (rejection !== undefined) return Promise.reject(rejection);
      if (state.isFull && state.noDrop) {
        const full = Object.assign(new Error("Operation timed out"), { code: "EAGAIN" });
        return Promise.reject(full);
      }
      state.sent.push(frames);
      return Promise.resolve();
    }
  }
  class Publisher extends Socket {
    set noDrop(value: boolean) {
      process.emitWarning("Socket option will not take effect until next connect/bind.");
      state.noDrop = value;
    }
  }
  const iopub = Object.seal(new Publisher());
  const printed: string[] = [];
  const print = (text: string): void => {
    printed.push(text);
    // As in the kernel, where the text is a message too.
    void iopub.send([text]);
  };
  return { state, iopub, printed, print, Publisher, Socket };
}

describe("QueuedPublisher", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("keeps the messages that ZeroMQ has no room for, whoever sends them", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    const { state, iopub, print } = setUp();
    const publisher = new QueuedPublisher(iopub, print);
    expect([iopub.sendTimeout, state.noDrop]).toEqual([0, true]);
    await iopub.send(["1"]);
    state.isFull = true;
    await iopub.send(["2"]);
    state.isFull = false;
    await iopub.send(["3"]);
    publisher.dispose();
    expect(state.sent).toEqual([["1"], ["2"], ["3"]]);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it("limits from the start how long front ends hold up the end of the process", () => {
    const { iopub, print } = setUp();
    new QueuedPublisher(iopub, print);
    expect(iopub.linger).toBe(2000);
  });

  it("reports at the next request, once, that a front end lost messages", () => {
    const { state, iopub, printed, print } = setUp();
    const publisher = new QueuedPublisher(iopub, print);
    state.isFull = true;
    void iopub.send(["1"]);
    publisher.heard();
    vi.advanceTimersByTime(LONGEST_PATIENCE_MS);
    // Those that have room got it, and the next message waits again.
    expect([state.sent, state.noDrop]).toEqual([[["1"]], true]);
    void iopub.send(["2"]);
    expect(state.sent).toEqual([["1"]]);
    expect(printed).toEqual([]);
    publisher.heard();
    publisher.heard();
    expect(printed).toEqual([
      "A front end or the Jupyter server lost messages, as it read fewer than 500 in 5 s (in " +
        "up to 30 s if they are large, in 1 s if some were lost shortly before). If output is " +
        "missing here or in another page, run its cells again\n",
    ]);
  });

  it("reports at once that too much waits", () => {
    const { state, iopub, printed, print } = setUp();
    new QueuedPublisher(iopub, print);
    state.isFull = true;
    const part = new Uint8Array(MAX_WAITING_BYTES / 2);
    for (let number = 1; number <= 3; number++) void iopub.send([part]);
    expect(printed).toEqual([
      "Messages are lost from here on: 256 MB wait for front ends that read them more slowly " +
        "than they are sent. Send fewer at once\n",
    ]);
  });

  it("keeps what comes later even if a message to those that have room fails", () => {
    const { state, iopub, print } = setUp();
    new QueuedPublisher(iopub, print);
    state.isFull = true;
    void iopub.send(["1"]);
    vi.advanceTimersByTime(PATIENCE_MS - 100);
    state.failsToReady = true;
    vi.advanceTimersByTime(200);
    state.failsToReady = false;
    void iopub.send(["2"]);
    expect(state.sent).toEqual([]);
    state.isFull = false;
    vi.advanceTimersByTime(100);
    expect(state.sent.at(-1)).toEqual(["2"]);
  });

  it.each(["rejection", "thrown"] as const)("reports the first failed send: a %s", async (how) => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const { state, iopub, printed, print } = setUp();
    new QueuedPublisher(iopub, print);
    state[how] = new Error("Socket is closed");
    await iopub.send(["1"]);
    await iopub.send(["2"]);
    state[how] = undefined;
    await iopub.send(["3"]);
    vi.useRealTimers();
    await new Promise(setImmediate);
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(state.sent).toEqual([["3"]]);
    expect(printed.length).toBe(1);
    expect(printed[0]).toMatch(/^A message to the front ends was lost: Error: Socket is closed/);
  });

  it("leaves other sockets alone, and one that can't report a full queue", async () => {
    const { state, iopub, print, Publisher, Socket } = setUp();
    const send: unknown = Reflect.get(Socket.prototype, "send");
    new QueuedPublisher(iopub, print).dispose();
    state.isFull = true;
    await expect(new Publisher().send(["1"])).rejects.toThrow("timed out");
    const old = new Socket();
    const last = vi.fn();
    new QueuedPublisher(old, print, last).dispose();
    expect(Reflect.get(Socket.prototype, "send")).toBe(send);
    expect([old.sendTimeout, old.linger]).toEqual([0, -1]);
    expect(last).toHaveBeenCalledOnce();
  });

  it("changes nothing if `send` can't be replaced, or the last step fails", () => {
    for (const isFrozen of [true, false]) {
      const { state, iopub, print, Publisher } = setUp();
      const send: unknown = Reflect.get(Publisher.prototype, "send");
      if (isFrozen) Object.freeze(Publisher.prototype);
      const last = (): never => {
        throw new Error("the last step");
      };
      const reason = isFrozen ? /not extensible/ : /the last step/;
      expect(() => new QueuedPublisher(iopub, print, last)).toThrow(reason);
      expect(Reflect.get(Publisher.prototype, "send")).toBe(send);
      expect([state.noDrop, iopub.sendTimeout, iopub.linger]).toEqual([false, -1, -1]);
    }
  });
});
