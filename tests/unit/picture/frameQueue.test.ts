import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { MissingBaseError } from "../../../src/picture/frameErrors";
import { FrameQueue, type Decoded } from "../../../src/picture/frameQueue";
import type { FrameMessage } from "../../../src/protocol/messages";
import { delta, image, key, patches } from "./frames";

class FakeResult implements Decoded {
  closed = 0;
  constructor(readonly index: number) {}
  close(): void {
    this.closed += 1;
  }
}

interface Decode {
  readonly index: number;
  finish(): Promise<void>;
  fail(error?: Error): Promise<void>;
}

/** A queue whose decodes end when the test ends them. */
function setUp(limits: { readonly maxWaiting?: number } = {}) {
  const log: string[] = [];
  const decodes = new Map<number, Decode>();
  const results: FakeResult[] = [];
  const reportError = vi.fn();
  const needKeyframe = vi.fn();
  const unpaintable = new Set<number>();
  const queue = new FrameQueue<FakeResult>({
    ...limits,
    decode: ({ index }) =>
      new Promise((resolve, reject) => {
        const settle = async (end: () => void): Promise<void> => {
          decodes.delete(index);
          end();
          await new Promise((done) => setImmediate(done));
        };
        decodes.set(index, {
          index,
          finish: () =>
            settle(() => {
              const result = new FakeResult(index);
              results.push(result);
              resolve(result);
            }),
          fail: (error = new Error(`broken ${index}`)) => settle(() => reject(error)),
        });
      }),
    paint: (result) => {
      if (unpaintable.has(result.index)) throw new RangeError("outside");
      expect(result.closed).toBe(0);
      log.push(`paint ${result.index}`);
    },
    acknowledge: ({ index }) => void log.push(`ack ${index}`),
    reportError,
    needKeyframe,
    onKeyframe: () => void log.push("keyframe"),
  });
  const push = (...frames: (number | FrameMessage)[]): void => {
    for (const frame of frames) {
      queue.push(typeof frame === "number" ? image(frame) : frame, [new Uint8Array()]);
    }
  };
  const decode = (index: number): Decode => {
    const found = decodes.get(index);
    if (found === undefined) throw new Error(`Frame ${index} is not being decoded`);
    return found;
  };
  /** What the queue painted and acknowledged since the last call. */
  const taken = (): string[] => log.splice(0).filter((line) => line !== "keyframe");
  return {
    queue,
    log,
    taken,
    decodes,
    results,
    reportError,
    needKeyframe,
    unpaintable,
    push,
    decode,
  };
}

describe("a queue of images", () => {
  it("paints each frame and acknowledges it afterwards", async () => {
    const { push, decode, log } = setUp();
    push(1);
    await decode(1).finish();
    push(2);
    await decode(2).finish();
    expect(log).toEqual(["paint 1", "keyframe", "ack 1", "paint 2", "keyframe", "ack 2"]);
  });

  it("decodes two frames at once, and the newest waiting one next", async () => {
    const { push, decode, decodes, taken } = setUp();
    push(1, 2, 3, 4);
    expect([...decodes.keys()]).toEqual([1, 2]);
    await decode(1).finish();
    expect([...decodes.keys()]).toEqual([2, 4]);
    await decode(2).finish();
    await decode(4).finish();
    expect(taken()).toEqual(["paint 1", "ack 1", "paint 2", "ack 2", "ack 3", "paint 4", "ack 4"]);
  });

  it("neither paints nor acknowledges out of order when a later decode ends first", async () => {
    const { push, decode, taken, results } = setUp();
    push(1, 2);
    await decode(2).finish();
    expect(taken()).toEqual([]);
    await decode(1).finish();
    expect(taken()).toEqual(["paint 2", "ack 1", "ack 2"]);
    expect(results.map(({ closed }) => closed)).toEqual([1, 1]);
  });

  it("closes at once what a newer picture replaces, while an earlier frame is still decoded", async () => {
    const { push, decode, taken, results } = setUp();
    push(1, key(2), delta(3), image(4), delta(5, 3));
    await decode(2).finish();
    await decode(3).finish();
    expect(results.map(({ closed }) => closed)).toEqual([1, 0]);
    await decode(5).finish();
    // Frame 4 is not decoded yet, so frame 3 may be shown before it.
    expect(results.map(({ closed }) => closed)).toEqual([1, 0, 0]);
    await decode(1).finish();
    expect(taken()).toEqual(["paint 3", "ack 1", "ack 2", "ack 3"]);
    await decode(4).finish();
    expect(taken()).toEqual(["paint 5", "ack 4", "ack 5"]);
    expect(results.map(({ closed }) => closed)).toEqual([1, 1, 1, 1, 1]);
  });

  it("acknowledges a broken frame, reports it and continues with the next, without requesting a keyframe", async () => {
    const { push, decode, taken, reportError, needKeyframe } = setUp();
    push(1, 2);
    await decode(1).fail();
    await decode(2).finish();
    expect(taken()).toEqual(["ack 1", "paint 2", "ack 2"]);
    expect(reportError).toHaveBeenCalledExactlyOnceWith(
      new Error("broken 1"),
      expect.objectContaining({ index: 1 }),
    );
    expect(needKeyframe).not.toHaveBeenCalled();
  });

  it("requests a keyframe when the newest frame is broken", async () => {
    const { push, decode, needKeyframe } = setUp();
    push(1);
    await decode(1).fail();
    expect(needKeyframe).toHaveBeenCalledExactlyOnceWith("Cannot show frame 1: broken 1");
  });

  it("acknowledges a frame that cannot be painted", async () => {
    const { push, decode, taken, unpaintable, reportError, needKeyframe, results } = setUp();
    unpaintable.add(1);
    push(1);
    await decode(1).finish();
    expect(taken()).toEqual(["ack 1"]);
    expect(reportError).toHaveBeenCalledOnce();
    expect(needKeyframe).toHaveBeenCalledOnce();
    expect(results[0]?.closed).toBe(1);
  });

  it("closes the decoded frames and sends nothing more when it is disposed", async () => {
    const { queue, push, decode, log, results, reportError } = setUp();
    push(1, 2);
    const first = decode(1);
    await decode(2).finish();
    queue.dispose();
    queue.dispose();
    await first.finish();
    push(3);
    expect(log).toEqual([]);
    expect(results.map(({ closed }) => closed)).toEqual([1, 1]);
    expect(reportError).not.toHaveBeenCalled();
  });
});

describe("a queue with patches", () => {
  it("paints a frame and all patches over it, in order", async () => {
    const { push, decode, taken, needKeyframe } = setUp();
    push(1, patches(2));
    await decode(2).finish();
    push(patches(3));
    await decode(3).finish();
    await decode(1).finish();
    expect(taken()).toEqual(["paint 1", "paint 2", "paint 3", "ack 1", "ack 2", "ack 3"]);
    expect(needKeyframe).not.toHaveBeenCalled();
  });

  it("drops no waiting patch unless a whole frame follows it", async () => {
    const { push, decode, decodes, taken } = setUp();
    push(1, patches(2), patches(3), patches(4));
    expect([...decodes.keys()]).toEqual([1, 2]);
    await decode(1).finish();
    expect([...decodes.keys()]).toEqual([2, 3]);
    await decode(2).finish();
    expect([...decodes.keys()]).toEqual([3, 4]);
    taken();
    push(5);
    await decode(4).finish();
    expect([...decodes.keys()]).toEqual([3, 5]);
    await decode(3).finish();
    expect(taken()).toEqual(["paint 3", "paint 4", "ack 3", "ack 4"]);
  });

  it("drops patches that wait for a decoder when a whole frame arrives", async () => {
    const { push, decode, decodes, taken, needKeyframe } = setUp();
    push(1, patches(2), patches(3), patches(4), 5, patches(6));
    await decode(1).finish();
    expect([...decodes.keys()]).toEqual([2, 5]);
    await decode(2).finish();
    await decode(6).finish();
    await decode(5).finish();
    expect(taken().filter((line) => line.startsWith("paint"))).toEqual(
      [1, 2, 5, 6].map((index) => `paint ${index}`),
    );
    expect(needKeyframe).not.toHaveBeenCalled();
  });

  it("paints no patch over a frame other than its base, and requests a keyframe", async () => {
    const { push, decode, taken, needKeyframe, reportError } = setUp();
    push(1);
    await decode(1).finish();
    taken();
    push(patches(5, 4), patches(6, 1), patches(7, 5));
    await decode(5).finish();
    await decode(6).finish();
    await decode(7).finish();
    // Frame 6 changes the frame that is painted.
    expect(taken()).toEqual(["ack 5", "paint 6", "ack 6", "ack 7"]);
    expect(needKeyframe.mock.calls).toEqual([
      ["Cannot show frame 5: frame 5 changes frame 4, but the last one here is 1"],
      ["Cannot show frame 7: frame 7 changes frame 5, but the last one here is 6"],
    ]);
    // The frames themselves are not broken.
    expect(reportError).not.toHaveBeenCalled();
  });

  it("paints no patch before the first frame, nor over a broken one", async () => {
    const { push, decode, taken, needKeyframe } = setUp();
    push(patches(3));
    await decode(3).finish();
    push(4, patches(5));
    await decode(4).fail();
    await decode(5).finish();
    expect(taken()).toEqual(["ack 3", "ack 4", "ack 5"]);
    expect(needKeyframe).toHaveBeenCalledTimes(3);
  });

  it("requests nothing if a whole frame follows the lost one", async () => {
    const { push, decode, needKeyframe } = setUp();
    push(patches(3), 4);
    await decode(3).finish();
    expect(needKeyframe).not.toHaveBeenCalled();
    await decode(4).fail();
    expect(needKeyframe).toHaveBeenCalledOnce();
  });

  it("paints no patch over a frame that it failed to paint", async () => {
    const { push, decode, taken, unpaintable, needKeyframe } = setUp();
    unpaintable.add(2);
    push(1, patches(2), patches(3, 1));
    await decode(1).finish();
    await decode(2).finish();
    await decode(3).finish();
    expect(taken()).toEqual(["paint 1", "ack 1", "ack 2", "ack 3"]);
    expect(needKeyframe).toHaveBeenCalledTimes(2);
  });
});

describe("a queue with video", () => {
  it("passes every chunk to the decoder immediately", () => {
    const { push, decodes } = setUp();
    push(1, patches(2), key(3), delta(4), delta(5));
    expect([...decodes.keys()]).toEqual([1, 2, 3, 4, 5]);
  });

  it("paints only the newest decoded picture, and the patches over it", async () => {
    const { push, decode, taken, results } = setUp();
    push(key(1), delta(2), delta(3), patches(4));
    await decode(2).finish();
    await decode(3).finish();
    await decode(4).finish();
    await decode(1).finish();
    expect(taken()).toEqual(["paint 3", "paint 4", "ack 1", "ack 2", "ack 3", "ack 4"]);
    expect(results.map(({ closed }) => closed)).toEqual([1, 1, 1, 1]);
  });

  it("drops waiting images for a key chunk, but not for a delta chunk", async () => {
    const { push, decode, decodes, taken } = setUp();
    push(1, 2, 3, delta(4, 1));
    await decode(1).finish();
    expect([...decodes.keys()].sort()).toEqual([2, 3, 4]);
    push(5, key(6));
    await decode(2).finish();
    expect([...decodes.keys()].sort()).toEqual([3, 4, 6]);
    await decode(3).finish();
    await decode(4).finish();
    await decode(6).finish();
    expect(taken().at(-1)).toBe("ack 6");
  });

  it("requests a keyframe when the decoder rejects a delta chunk, and reports the chunk only if it is broken", async () => {
    const { push, decode, taken, needKeyframe, reportError } = setUp();
    push(delta(7, 5));
    await decode(7).fail(new MissingBaseError(7, 5, undefined));
    expect(needKeyframe).toHaveBeenCalledExactlyOnceWith(
      "Cannot show frame 7: frame 7 changes frame 5, but there is none",
    );
    expect(reportError).not.toHaveBeenCalled();
    push(key(8));
    await decode(8).fail();
    expect(reportError).toHaveBeenCalledOnce();
    expect(needKeyframe).toHaveBeenCalledTimes(2);
    expect(taken()).toEqual(["ack 7", "ack 8"]);
  });
});

describe("a queue with a limit", () => {
  it("drops a frame behind too many waiting ones, and requests a keyframe when those are done", async () => {
    const { push, decode, decodes, taken, needKeyframe } = setUp({ maxWaiting: 2 });
    push(key(1), delta(2), delta(3), delta(4));
    expect([...decodes.keys()]).toEqual([1, 2]);
    await decode(1).finish();
    expect(needKeyframe).not.toHaveBeenCalled();
    await decode(2).finish();
    expect(taken()).toEqual(["paint 1", "ack 1", "paint 2", "ack 2", "ack 3", "ack 4"]);
    expect(needKeyframe.mock.calls.map(([reason]) => reason as string)).toEqual([
      "Cannot show frame 3: 2 frames wait before it",
      "Cannot show frame 4: 2 frames wait before it",
    ]);
  });

  it("always accepts a self-contained frame, and then requests nothing", async () => {
    const { push, decode, taken, needKeyframe, reportError } = setUp({ maxWaiting: 1 });
    push(key(1), delta(2), key(3));
    await decode(1).finish();
    await decode(3).finish();
    expect(taken()).toEqual(["paint 1", "ack 1", "ack 2", "paint 3", "ack 3"]);
    expect(needKeyframe).not.toHaveBeenCalled();
    expect(reportError).not.toHaveBeenCalled();
  });
});

describe("a queue of all kinds of frames", () => {
  it("acknowledges each frame once and in order, paints in order, and closes all, in whichever order decoding ends", async () => {
    const step = fc.oneof(
      fc.constantFrom<(index: number) => FrameMessage>(image, patches, key, delta),
      fc.record({ pick: fc.nat(), breaks: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { push, decodes, taken, results } = setUp();
        let pushed = 0;
        const end = async (pick: number, breaks: boolean): Promise<void> => {
          const open = [...decodes.values()];
          const chosen = open[pick % open.length];
          await (breaks ? chosen?.fail() : chosen?.finish());
        };
        for (const step of steps) {
          if (typeof step === "function") push(step(++pushed));
          else await end(step.pick, step.breaks);
        }
        while (decodes.size > 0) await end(0, false);
        const lines = taken().map((line) => line.split(" "));
        const of = (kind: string): number[] =>
          lines.flatMap(([what, index]) => (what === kind ? Number(index) : []));
        expect(of("ack")).toEqual(Array.from({ length: pushed }, (_, index) => index + 1));
        expect(of("paint")).toEqual([...new Set(of("paint"))].sort((one, other) => one - other));
        expect(results.every(({ closed }) => closed === 1)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
