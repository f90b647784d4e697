import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toRawFrame, type RawFrame } from "../../../../src/framebuffer/source/frame";
import { noteOn } from "../../../../src/framebuffer/source/frameNotes";
import { PictureNotes } from "../../../../src/framebuffer/source/pictureNotes";
import { FakeClock } from "../../../support/fakeClock";

type Paint = (x: number, y: number) => readonly number[];

/** A picture, with its shape as given or with the width first. */
function painted(width: number, height: number, paint: Paint, isSwapped = false): RawFrame {
  const pixels = Array.from({ length: width * height }, (_, index) =>
    paint(index % width, Math.floor(index / width)),
  );
  const channels = pixels[0]?.length ?? 0;
  const sides = isSwapped ? [width, height] : [height, width];
  return toRawFrame({ data: Uint8Array.from(pixels.flat()), shape: [...sides, channels] });
}

const noise = (x: number, y: number): number =>
  Math.abs(Math.sin(x * 127.1 + y * 311.7) * 43758) % 1;

const isInDisc = (x: number, y: number): boolean => Math.hypot(x - 150, y - 100) < 70;

/** Pictures that people draw. */
const PICTURES: readonly (readonly [string, Paint])[] = [
  ["two halves", (x) => [x < 150 ? 255 : 0, 0, 0]],
  ["a gradient", (x, y) => [x / 4, (x + y) / 6, 80]],
  ["a disc", (x, y) => (isInDisc(x, y) ? [200, 220, 40, 255] : [20, 20, 30, 255])],
  ["a noisy disc", (x, y) => [(isInDisc(x, y) ? 200 : 20) + 4 * noise(x, y)]],
];

/** Pictures whose rows differ much from each other. */
const STRIPES: readonly (readonly [string, Paint])[] = [
  ["a grid", (x, y) => [x % 40 < 3 || y % 50 < 3 ? 0 : 255]],
  ["a sine wave", (x, y) => [Math.abs(y - 100 - 60 * Math.sin(x / 25)) < 4 ? 255 : 10]],
  ["noise", (x, y) => [255 * noise(x, y)]],
  ["lines", (_x, y) => [y % 2 === 0 ? 255 : 0]],
  ["wide lines", (_x, y) => [y % 16 < 8 ? 255 : 0]],
  ["a chequerboard", (x, y) => [(x + y) % 2 === 0 ? 255 : 0]],
  [
    "a wide chequerboard",
    (x, y) => [(Math.floor(x / 10) + Math.floor(y / 10)) % 2 === 0 ? 255 : 0],
  ],
  ["diagonals", (x, y) => [(x + y) % 7 < 3 ? 255 : 0]],
  ["the other diagonals", (x, y) => [(x - y + 1000) % 7 < 3 ? 255 : 0]],
  ["columns of noise", (x) => [255 * noise(x, 1)]],
  ["rows of noise", (_x, y) => [255 * noise(1, y)]],
  ["one colour", () => [7, 8, 9]],
];

const SIZES = [
  [300, 200],
  [200, 300],
  [160, 120],
  [101, 100],
  [100, 50],
  [16, 33],
  [200, 40],
] as const;

describe("a note", () => {
  it.each([...PICTURES, ...STRIPES])("isn't given to a right picture: %s", (_what, paint) => {
    for (const [width, height] of SIZES) {
      expect(noteOn(painted(width, height, paint)), `${width} x ${height}`).toBeUndefined();
    }
  });

  it("isn't given to stripes of any direction and width", () => {
    const side = fc.integer({ min: 16, max: 90 });
    const step = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(side, side, step, step, fc.integer({ min: 2, max: 40 }), (w, h, a, b, period) => {
        const paint: Paint = (x, y) => [(a * x + b * y) % period < period / 2 ? 250 : 10];
        expect(noteOn(painted(w, h, paint))).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it.each(PICTURES)("says that the width came first: %s", (_what, paint) => {
    for (const [width, height] of [
      [300, 200],
      [200, 300],
      [250, 150],
    ] as const) {
      const frame = painted(width, height, paint, true);
      const end = frame.channels === 1 ? "" : `, ${frame.channels}`;
      expect(noteOn(frame)).toContain(
        `for rows of ${width} pixels write shape: [${height}, ${width}${end}]`,
      );
    }
  });

  it.each([1, 3, 4])("says that %i channels of 0..1 weren't scaled", (channels) => {
    const paint: Paint = (x, y) => [noise(x, y), noise(y, x), 1, 1].slice(-channels);
    const unscaled = (x: number, y: number): number[] =>
      paint(x, y).map((value) => Math.trunc(value + 0.1));
    const note = noteOn(painted(40, 30, unscaled));
    expect(note).toContain("data[i] = value * 255");
    expect(note).toContain("a Float32Array and add range: [0, 1]");
    expect(
      noteOn(painted(40, 30, (x, y) => paint(x, y).map((value) => value * 255))),
    ).toBeUndefined();
  });

  it("isn't kept away by alpha, which isn't shown", () => {
    expect(noteOn(painted(40, 30, (x) => [x % 2, 0, 1, 255]))).toContain("0 or 1");
  });

  it("isn't given to black, nor to icons", () => {
    expect(noteOn(painted(40, 30, () => [0, 0, 0, 255]))).toBeUndefined();
    expect(noteOn(painted(40, 30, () => [0]))).toBeUndefined();
    expect(noteOn(painted(8, 8, () => [1]))).toBeUndefined();
  });
});

describe("the note on a picture", () => {
  const dim = painted(20, 20, () => [1, 0, 1]);
  const bright = painted(20, 20, () => [100, 0, 1]);

  function setUp() {
    const clock = new FakeClock();
    const notes: string[] = [];
    let last: RawFrame | undefined;
    const noted = new PictureNotes({
      clock,
      lastFrame: () => last,
      note: (text) => void notes.push(text),
    });
    const look = (frame: RawFrame): void => {
      last = frame;
      noted.look(frame);
    };
    return { clock, notes, noted, look };
  }

  it("comes once, after two seconds", () => {
    const { clock, notes, look } = setUp();
    for (let count = 0; count < 5; count += 1) look(dim);
    clock.advance(1.9);
    expect(notes).toEqual([]);
    clock.advance(0.2);
    look(dim);
    clock.advance(10);
    expect(notes).toHaveLength(1);
  });

  it("doesn't come if the picture only fades in", () => {
    const { clock, notes, look } = setUp();
    look(dim);
    look(bright);
    clock.advance(10);
    expect(notes).toEqual([]);
  });

  it("may be on a frame after some blank or invalid ones", () => {
    const { clock, notes, noted, look } = setUp();
    noted.look(undefined);
    noted.lookAtResult({ shape: "none" });
    look(painted(20, 20, () => [0, 0, 0]));
    look(dim);
    clock.advance(2);
    expect(notes).toHaveLength(1);
  });

  it("isn't looked for later, nor after the end", () => {
    const late = setUp();
    for (let count = 0; count < 10; count += 1) late.look(bright);
    late.look(dim);
    expect(late.clock.pending).toBe(0);
    const ended = setUp();
    ended.look(dim);
    ended.noted.dispose();
    expect(ended.clock.pending).toBe(0);
  });
});
