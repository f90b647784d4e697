import { describe, expect, it, vi } from "vitest";
import type { FrameMessage } from "../../../src/protocol/messages";
import { FrameQueue, type Picture } from "../../../src/view/frameQueue";

class FakePicture implements Picture {
  readonly width = 1;
  readonly height = 1;
  closed = 0;
  constructor(readonly index: number) {}
  close(): void {
    this.closed += 1;
  }
}

interface Decode {
  readonly index: number;
  finish(): Promise<void>;
  fail(): Promise<void>;
}

/** A queue whose decodes end when the test says so. */
function setUp() {
  const log: string[] = [];
  const decodes = new Map<number, Decode>();
  const pictures: FakePicture[] = [];
  const reportError = vi.fn();
  const queue = new FrameQueue<FakePicture>({
    decode: ({ index }) =>
      new Promise((resolve, reject) => {
        const settle = async (end: () => void): Promise<void> => {
          end();
          await new Promise((done) => setImmediate(done));
        };
        decodes.set(index, {
          index,
          finish: () =>
            settle(() => {
              const picture = new FakePicture(index);
              pictures.push(picture);
              resolve(picture);
            }),
          fail: () => settle(() => reject(new Error(`broken ${index}`))),
        });
      }),
    paint: ({ index }) => void log.push(`paint ${index}`),
    acknowledge: ({ index }) => void log.push(`ack ${index}`),
    reportError,
  });
  const push = (...indices: number[]): void => {
    for (const index of indices) queue.push(frame(index), new Uint8Array());
  };
  const decode = (index: number): Decode => {
    const found = decodes.get(index);
    if (found === undefined) throw new Error(`Frame ${index} is not being decoded`);
    return found;
  };
  return { queue, log, decodes, pictures, reportError, push, decode };
}

function frame(index: number): FrameMessage {
  return {
    type: "framebufferdata",
    mimetype: "image/png",
    data_b64: null,
    index,
    timestamp: index,
  };
}

describe("FrameQueue", () => {
  it("paints each frame and acknowledges it afterwards", async () => {
    const { push, decode, log } = setUp();
    push(1);
    await decode(1).finish();
    push(2);
    await decode(2).finish();
    expect(log).toEqual(["paint 1", "ack 1", "paint 2", "ack 2"]);
  });

  it("decodes two frames at once, and the newest waiting one next", async () => {
    const { push, decode, decodes, log } = setUp();
    push(1, 2, 3, 4);
    expect([...decodes.keys()]).toEqual([1, 2]);
    await decode(1).finish();
    expect([...decodes.keys()]).toEqual([1, 2, 4]);
    await decode(2).finish();
    await decode(4).finish();
    expect(log).toEqual(["paint 1", "ack 1", "paint 2", "ack 2", "ack 3", "paint 4", "ack 4"]);
  });

  it("neither paints nor acknowledges out of order when a later decode ends first", async () => {
    const { push, decode, log, pictures } = setUp();
    push(1, 2);
    await decode(2).finish();
    expect(log).toEqual([]);
    await decode(1).finish();
    expect(log).toEqual(["paint 2", "ack 1", "ack 2"]);
    const closed = Object.fromEntries(pictures.map(({ index, closed }) => [index, closed]));
    // The painted one belongs to whoever painted it.
    expect(closed).toEqual({ 1: 1, 2: 0 });
  });

  it("acknowledges a broken frame, reports it and goes on", async () => {
    const { push, decode, log, reportError } = setUp();
    push(1, 2);
    await decode(1).fail();
    await decode(2).finish();
    expect(log).toEqual(["ack 1", "paint 2", "ack 2"]);
    expect(reportError).toHaveBeenCalledExactlyOnceWith(
      new Error("broken 1"),
      expect.objectContaining({ index: 1 }),
    );
  });

  it("acknowledges a frame that cannot be painted", async () => {
    const log: string[] = [];
    const queue = new FrameQueue<FakePicture>({
      decode: ({ index }) => Promise.resolve(new FakePicture(index)),
      paint: () => {
        throw new Error("no canvas");
      },
      acknowledge: ({ index }) => void log.push(`ack ${index}`),
      reportError: (error) => void log.push(String(error)),
    });
    queue.push(frame(1), undefined);
    await vi.waitFor(() => expect(log).toEqual(["Error: no canvas", "ack 1"]));
  });

  it("acknowledges every frame exactly once, whatever the order in which decodes end", async () => {
    const { push, decodes, log } = setUp();
    for (let index = 1; index <= 40; index++) {
      push(index);
      const open = [...decodes.values()];
      const chosen = open[(index * 7) % open.length];
      if (chosen !== undefined && index % 3 !== 0) {
        decodes.delete(chosen.index);
        await chosen.finish();
      }
    }
    while (decodes.size > 0) {
      const [[index, last] = []] = [...decodes].reverse();
      if (index !== undefined) decodes.delete(index);
      await last?.finish();
    }
    const acks = log.filter((line) => line.startsWith("ack")).map((line) => Number(line.slice(4)));
    expect(acks).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    const paints = log.filter((line) => line.startsWith("paint"));
    expect(paints.at(-1)).toBe("paint 40");
  });

  it("closes pictures and says nothing more when it is disposed", async () => {
    const { queue, push, decode, log, pictures, reportError } = setUp();
    push(1, 2);
    await decode(2).finish();
    queue.dispose();
    queue.dispose();
    await decode(1).finish();
    push(3);
    expect(log).toEqual([]);
    expect(pictures.map(({ closed }) => closed)).toEqual([1, 1]);
    expect(reportError).not.toHaveBeenCalled();
  });
});
