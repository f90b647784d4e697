import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { browserRuntime } from "../../../../src/framebuffer/browser/runtime";
import {
  ChangeDetector,
  compareFrames,
  FRUITLESS_FRAMES,
  MAX_CHANGED_SHARE,
  MAX_UNSEEN_FRAMES,
} from "../../../../src/framebuffer/changes/changes";
import { copyRect, cropFrame } from "../../../../src/framebuffer/changes/cropFrame";
import {
  MAX_RECTS,
  overlap,
  totalArea,
  type Rect,
} from "../../../../src/framebuffer/changes/rects";
import { nodeRuntime } from "../../../../src/framebuffer/node/runtime";
import { copyRawFrame, type RawFrame } from "../../../../src/framebuffer/source/frame";

const runtimes = [
  { name: "Node", memory: nodeRuntime },
  { name: "a browser", memory: browserRuntime },
];

function picture(width: number, height: number, channels: 1 | 3 | 4, seed = 1): RawFrame {
  const data = new Uint8Array(width * height * channels);
  for (let at = 0; at < data.length; at++)
    data[at] = (Math.imul(at + seed, 2654435761) >>> 9) & 255;
  return { data, width, height, channels };
}

/** The frame with every channel of some pixels changed. */
function changed(frame: RawFrame, ...rects: readonly Rect[]): RawFrame {
  const copy = copyRawFrame(frame);
  for (const { x, y, width, height } of rects) {
    for (let row = y; row < y + height; row++) {
      const begin = (row * frame.width + x) * frame.channels;
      for (let at = begin; at < begin + width * frame.channels; at++) {
        copy.data[at] = ((copy.data[at] ?? 0) + 1) & 255;
      }
    }
  }
  return copy;
}

/** The same frame in memory that threads share, not at its beginning. */
function shared(frame: RawFrame): RawFrame {
  const data = new Uint8Array(new SharedArrayBuffer(frame.data.length + 5), 5);
  data.set(frame.data);
  return { ...frame, data };
}

const rectIn = (width: number, height: number) =>
  fc
    .tuple(
      fc.nat(width - 1),
      fc.nat(height - 1),
      fc.integer({ min: 1, max: width }),
      fc.integer({ min: 1, max: height }),
    )
    .map(([x, y, w, h]) => ({
      x,
      y,
      width: Math.min(w, width - x),
      height: Math.min(h, height - y),
    }));

/** Two frames, the second with some small or large rectangles and single pixels changed. */
const pairs = fc
  .record({
    width: fc.integer({ min: 1, max: 700 }),
    height: fc.integer({ min: 1, max: 500 }),
    channels: fc.constantFrom(1 as const, 3 as const, 4 as const),
  })
  .chain(({ width, height, channels }) =>
    fc
      .record({
        boxes: fc.array(rectIn(width, height), { maxLength: 3 }),
        dots: fc.array(fc.tuple(fc.nat(width - 1), fc.nat(height - 1)), { maxLength: 60 }),
        share: fc.boolean(),
      })
      .map(({ boxes, dots, share }) => {
        const before = picture(width, height, channels);
        const small = boxes.map((box) => ({
          ...box,
          width: Math.ceil(box.width / 4),
          height: Math.ceil(box.height / 4),
        }));
        const points = dots.map(([x, y]) => ({ x, y, width: 1, height: 1 }));
        const after = changed(before, ...small, ...points);
        return share ? { before: shared(before), after } : { before, after };
      }),
  );

function expectWithin(rects: readonly Rect[], { width, height }: RawFrame): void {
  for (const rect of rects) {
    expect(rect.x).toBeGreaterThanOrEqual(0);
    expect(rect.y).toBeGreaterThanOrEqual(0);
    expect(rect.width).toBeGreaterThan(0);
    expect(rect.height).toBeGreaterThan(0);
    expect(rect.x + rect.width).toBeLessThanOrEqual(width);
    expect(rect.y + rect.height).toBeLessThanOrEqual(height);
  }
}

describe.each(runtimes)("what changed between two frames, by $name's memory", ({ memory }) => {
  it("is all in the rectangles, which lie in the picture and do not overlap", () => {
    let partial = 0;
    fc.assert(
      fc.property(pairs, ({ before, after }) => {
        const changes = compareFrames(before, after, memory);
        const equal = Buffer.from(after.data).equals(Buffer.from(before.data));
        expect(changes === "equal").toBe(equal);
        if (typeof changes === "string") return;
        partial += 1;
        expectWithin(changes, after);
        expect(changes.length).toBeLessThanOrEqual(MAX_RECTS);
        expect(totalArea(changes)).toBeLessThanOrEqual(
          MAX_CHANGED_SHARE * after.width * after.height,
        );
        changes.forEach((one, index) => {
          for (const other of changes.slice(index + 1)) expect(overlap(one, other)).toBe(false);
        });
        const patched = copyRawFrame(before);
        for (const rect of changes) copyRect(after, patched, rect);
        expect(Buffer.from(patched.data).equals(Buffer.from(after.data))).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(partial).toBeGreaterThan(50);
  });

  it.each([1, 3, 4] as const)("is found in the last byte of %i channels", (channels) => {
    const before = picture(641, 479, channels);
    const after = copyRawFrame(before);
    const last = after.data.length - (channels === 4 ? 2 : 1);
    after.data[last] = (after.data[last] ?? 0) ^ 1;
    expect(compareFrames(before, after, memory)).toEqual([
      { x: 640, y: 464, width: 1, height: 15 },
    ]);
  });

  it("is told in blocks of JPEG, so that a patch has its blocks where the picture has them", () => {
    const before = picture(1280, 720, 3);
    const after = changed(before, { x: 333, y: 100, width: 50, height: 20 });
    expect(compareFrames(before, after, memory)).toEqual([
      { x: 320, y: 96, width: 64, height: 32 },
    ]);
  });

  it("is two rectangles for two boxes at opposite corners, and one for two that are close", () => {
    const before = picture(1920, 1080, 3);
    const corners = changed(
      before,
      { x: 32, y: 32, width: 96, height: 96 },
      { x: 1760, y: 960, width: 96, height: 96 },
    );
    expect(compareFrames(before, corners, memory)).toEqual([
      { x: 32, y: 32, width: 96, height: 96 },
      { x: 1760, y: 960, width: 96, height: 96 },
    ]);
    const close = changed(
      before,
      { x: 32, y: 32, width: 96, height: 96 },
      { x: 160, y: 64, width: 96, height: 96 },
    );
    expect(compareFrames(before, close, memory)).toEqual([
      { x: 32, y: 32, width: 224, height: 128 },
    ]);
  });

  it("is two rectangles for a column at either side", () => {
    const before = picture(1920, 1080, 4);
    const after = changed(
      before,
      { x: 0, y: 0, width: 16, height: 1080 },
      { x: 1904, y: 0, width: 16, height: 1080 },
    );
    expect(compareFrames(before, after, memory)).toEqual([
      { x: 0, y: 0, width: 16, height: 1080 },
      { x: 1904, y: 0, width: 16, height: 1080 },
    ]);
  });

  it("is everything where single pixels change all over the picture", () => {
    const before = picture(640, 480, 3);
    const dots: Rect[] = [];
    for (let at = 0; at < 4000; at++) {
      dots.push({ x: (at * 7919) % 640, y: (at * 104729) % 480, width: 1, height: 1 });
    }
    expect(compareFrames(before, changed(before, ...dots), memory)).toBe("everything");
  });

  it("is everything where most of it changed, and a part where a third did", () => {
    const before = picture(640, 480, 4);
    const rows = (height: number) => changed(before, { x: 0, y: 0, width: 640, height });
    expect(compareFrames(before, rows(400), memory)).toBe("everything");
    expect(compareFrames(before, rows(160), memory)).toEqual([
      { x: 0, y: 0, width: 640, height: 160 },
    ]);
  });

  it("is everything where the memory of frames is gone", () => {
    const frames = [picture(40, 40, 3), picture(40, 40, 3)] as const;
    const detector = new ChangeDetector(memory);
    expect(detector.find(...frames)).toBe("equal");
    for (const { data } of frames)
      structuredClone(data, { transfer: [data.buffer as ArrayBuffer] });
    expect(detector.find(...frames)).toBe("everything");
  });

  it("is everything for another size or number of channels", () => {
    const detector = new ChangeDetector(memory);
    const frame = picture(40, 30, 3);
    expect(detector.find(frame, picture(30, 40, 3))).toBe("everything");
    expect(detector.find(frame, picture(40, 30, 1))).toBe("everything");
    expect(detector.find(frame, frame)).toBe("equal");
  });
});

describe.each(runtimes)("frames that always change everywhere, by $name's memory", ({ memory }) => {
  const one = picture(64, 64, 3, 1);
  const other = picture(64, 64, 3, 99);

  /** How many frames in a row are taken as changed everywhere though they are equal. */
  function unseen(detector: ChangeDetector): number {
    let count = 0;
    while (detector.find(one, one) === "everything") count += 1;
    return count;
  }

  it("are compared less and less often, but at least every 33rd", () => {
    const waits: number[] = [];
    for (let frames = FRUITLESS_FRAMES - 1; frames < FRUITLESS_FRAMES + 8; frames++) {
      const detector = new ChangeDetector(memory);
      let compared = 0;
      // A frame that is equal tells whether it was compared, but resets: so a detector of its own for each number.
      while (compared < frames) {
        const skipped = Math.max(0, compared - FRUITLESS_FRAMES + 1);
        const pause = skipped === 0 ? 0 : Math.min(2 ** (skipped - 1), MAX_UNSEEN_FRAMES);
        for (let frame = 0; frame < pause + 1; frame++) {
          expect(detector.find(one, other)).toBe("everything");
        }
        compared += 1;
      }
      waits.push(unseen(detector));
    }
    expect(waits).toEqual([0, 1, 2, 4, 8, 16, 32, 32, 32]);
  });

  it("are all compared again once one is equal or changed in parts", () => {
    const detector = new ChangeDetector(memory);
    for (let frame = 0; frame < 100; frame++) detector.find(one, other);
    unseen(detector);
    for (let frame = 0; frame < FRUITLESS_FRAMES - 1; frame++) detector.find(one, other);
    expect(unseen(detector)).toBe(0);
  });
});

describe.each(runtimes)("a part of a frame, by $name's memory", ({ memory }) => {
  it.each([1, 3, 4] as const)("is cropped with its own copy of %i channels", (channels) => {
    const frame = picture(20, 10, channels);
    const rect = { x: 3, y: 2, width: 5, height: 4 };
    const crop = cropFrame(frame, rect, memory);
    expect([crop.width, crop.height, crop.channels]).toEqual([5, 4, channels]);
    for (let y = 0; y < 4; y++) {
      for (let at = 0; at < 5 * channels; at++) {
        expect(crop.data[y * 5 * channels + at]).toBe(
          frame.data[((2 + y) * 20 + 3) * channels + at],
        );
      }
    }
    frame.data.fill(0);
    expect(crop.data.some((value) => value !== 0)).toBe(true);
  });

  it("is copied to its own place only", () => {
    const from = picture(20, 10, 3, 5);
    const before = picture(20, 10, 3);
    const to = copyRawFrame(before);
    const rect = { x: 15, y: 0, width: 5, height: 10 };
    copyRect(from, to, rect);
    expect(cropFrame(to, rect, memory)).toEqual(cropFrame(from, rect, memory));
    const rest = { x: 0, y: 0, width: 15, height: 10 };
    expect(cropFrame(to, rest, memory)).toEqual(cropFrame(before, rest, memory));
  });
});

describe.each(runtimes)("alpha in $name", ({ memory }) => {
  /** The frame with the alpha of each pixel changed. */
  function withOtherAlpha(frame: RawFrame): RawFrame {
    const copy = copyRawFrame(frame);
    for (let at = 3; at < copy.data.length; at += 4) copy.data[at] = (copy.data[at] ?? 0) ^ 0x55;
    return copy;
  }

  it("is not shown, so that frames which differ in nothing else are equal", () => {
    for (const make of [withOtherAlpha, (frame: RawFrame) => shared(withOtherAlpha(frame))]) {
      const before = picture(641, 333, 4);
      expect(compareFrames(before, make(before), memory)).toBe("equal");
    }
    const before = picture(640, 480, 4);
    const dot = copyRawFrame(before);
    dot.data[640 * 4 * 100 + 4 * 300 + 3] = 7;
    dot.data[dot.data.length - 1] = (dot.data.at(-1) ?? 0) ^ 1;
    expect(compareFrames(before, dot, memory)).toBe("equal");
  });

  it("adds nothing to the patches of what differs in colour", () => {
    const before = picture(1280, 720, 4);
    for (const rect of [
      { x: 640, y: 320, width: 64, height: 32 },
      { x: 1279, y: 719, width: 1, height: 1 },
      { x: 0, y: 0, width: 17, height: 700 },
    ]) {
      const after = changed(before, rect);
      const patches = compareFrames(before, after, memory);
      expect(patches).toHaveLength(1);
      expect(compareFrames(before, withOtherAlpha(after), memory)).toEqual(patches);
      expect(compareFrames(before, shared(withOtherAlpha(after)), memory)).toEqual(patches);
    }
  });

  it.each([0, 1, 2])("is told from colour channel %d", (channel) => {
    const before = picture(100, 50, 4);
    const after = withOtherAlpha(before);
    after.data[4 * 4999 + channel] = (after.data[4 * 4999 + channel] ?? 0) ^ 1;
    expect(compareFrames(before, after, memory)).toEqual([{ x: 96, y: 48, width: 4, height: 2 }]);
  });
});
