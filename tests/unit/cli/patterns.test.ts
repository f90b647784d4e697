import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawPattern, PATTERNS, type Pattern, type PatternFrame } from "../../../src/cli/patterns";

/** A pixel of a frame. */
function at({ data, shape: [, width] }: PatternFrame, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

/** The smallest rectangle around all pixels of a colour: left, top, right and bottom, both within. */
function boundsOf(frame: PatternFrame, color: readonly number[]): number[] {
  const [height, width] = frame.shape;
  const bounds = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (at(frame, x, y).join() !== color.join()) continue;
      bounds[0] = Math.min(bounds[0] ?? 0, x);
      bounds[1] = Math.min(bounds[1] ?? 0, y);
      bounds[2] = Math.max(bounds[2] ?? 0, x);
      bounds[3] = Math.max(bounds[3] ?? 0, y);
    }
  }
  return bounds;
}

describe("the test card", () => {
  const card = drawPattern("test_card", 0, 320, 240);

  it("has eight bars, grays below, and a colour in each corner", () => {
    expect(card.shape).toEqual([240, 320, 3]);
    expect([60, 100, 140, 180, 220, 260].map((x) => at(card, x, 90))).toEqual([
      [220, 200, 30],
      [40, 190, 200],
      [40, 170, 60],
      [190, 60, 180],
      [200, 40, 40],
      [40, 60, 200],
    ]);
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((step) => at(card, 17 + step * 35, 190)[0])).toEqual([
      0, 32, 64, 96, 128, 160, 192, 224, 255,
    ]);
    expect(at(card, 0, 0)).toEqual([255, 0, 0]);
    expect(at(card, 319, 0)).toEqual([0, 200, 0]);
    expect(at(card, 0, 239)).toEqual([0, 0, 255]);
    expect(at(card, 319, 239)).toEqual([255, 200, 0]);
  });

  it("has a mark that goes on with each thirtieth frame, and else stays as it is", () => {
    expect(boundsOf(card, [250, 170, 20])).toEqual([0, 168, 19, 179]);
    expect(at(card, 20, 170)).toEqual([24, 28, 40]);
    const later = drawPattern("test_card", 29, 320, 240);
    expect(Buffer.compare(later.data, card.data)).toBe(0);
    const marks = [30, 60, 15 * 30, 16 * 30].map((frame) =>
      boundsOf(drawPattern("test_card", frame, 320, 240), [250, 170, 20]),
    );
    expect(marks.map(([left]) => left)).toEqual([20, 40, 300, 0]);
  });
});

describe("the gradient", () => {
  it("has red to the right, blue to the left and green downwards, and wanders", () => {
    const frame = drawPattern("gradient", 0, 256, 256);
    expect(at(frame, 0, 0)).toEqual([0, 0, 255]);
    expect(at(frame, 255, 0)).toEqual([255, 0, 0]);
    expect(at(frame, 100, 200)).toEqual([100, 200, 155]);
    expect(at(drawPattern("gradient", 10, 256, 256), 100, 200)).toEqual([120, 200, 135]);
  });
});

describe("the bouncing box", () => {
  const box = (frame: number): number[] =>
    boundsOf(drawPattern("bouncing_box", frame, 160, 120), [250, 170, 20]);

  it("is a quarter of the shorter side, and turns back at the edges", () => {
    expect(box(0)).toEqual([0, 0, 29, 29]);
    expect(box(50)).toEqual([50, 50, 79, 79]);
    expect(box(90)).toEqual([90, 90, 119, 119]);
    expect(box(91)).toEqual([91, 89, 120, 118]);
    expect(box(130)).toEqual([130, 50, 159, 79]);
    expect(box(131)).toEqual([129, 49, 158, 78]);
  });

  it("is on a ground of one colour", () => {
    expect(at(drawPattern("bouncing_box", 0, 160, 120), 159, 119)).toEqual([20, 40, 110]);
  });
});

describe("the counter", () => {
  /** Which of the seven bars of a single digit are lit, by the middle of each: 4 x 7 units of 10 pixels at (20, 20). */
  const bars = (frame: number): string => {
    const drawn = drawPattern("counter", frame, 80, 110);
    const middles = { a: [40, 25], b: [55, 40], c: [55, 70], d: [40, 85], e: [25, 70] };
    const more = { f: [25, 40], g: [40, 55] };
    return Object.entries({ ...middles, ...more })
      .filter(([, [x = 0, y = 0]]) => at(drawn, x, y)[1] === 240)
      .map(([name]) => name)
      .join("");
  };

  it("shows each digit by its bars", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(bars)).toEqual([
      ...["abcdef", "bc", "abdeg", "abcdg", "bcfg"],
      ...["acdfg", "acdefg", "abc", "abcdefg", "abcdfg"],
    ]);
  });

  it("shows numbers of several digits beside each other, in the middle", () => {
    const drawn = drawPattern("counter", 2088, 640, 480);
    // 4 digits of 4 units and 3 gaps of one, with units of 27 pixels.
    expect(boundsOf(drawn, [120, 240, 160])).toEqual([63, 145, 575, 333]);
  });
});

describe("the checkerboard", () => {
  it("has squares of two colours that move", () => {
    const squares = (frame: number): number[][] => {
      const drawn = drawPattern("checkerboard", frame, 240, 120);
      return [at(drawn, 5, 5), at(drawn, 15, 5), at(drawn, 5, 15), at(drawn, 15, 15)];
    };
    const light = [225, 225, 215];
    const dark = [60, 70, 90];
    expect(squares(0)).toEqual([light, dark, dark, light]);
    expect(squares(10)).toEqual([dark, light, light, dark]);
    expect(at(drawPattern("checkerboard", 0, 240, 120), 239, 119)).toEqual(light);
  });
});

describe("the solid colour", () => {
  it("stays for thirty frames", () => {
    const color = (frame: number): number[] => at(drawPattern("solid", frame, 9, 7), 8, 6);
    expect([0, 29, 30, 60, 150].map(color)).toEqual([
      [200, 50, 50],
      [200, 50, 50],
      [50, 160, 70],
      [50, 80, 200],
      [200, 50, 50],
    ]);
  });
});

describe("all patterns", () => {
  it("draw each pixel of any size, the same each time, whatever the memory held", () => {
    const side = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(
        fc.constantFrom(...PATTERNS),
        fc.nat(100_000),
        side,
        side,
        (pattern: Pattern, frame, width, height) => {
          const fresh = drawPattern(pattern, frame, width, height);
          const used = new Uint8Array(width * height * 3).fill(99);
          const again = drawPattern(pattern, frame, width, height, used);
          expect(again.data).toBe(used);
          expect(Buffer.compare(again.data, fresh.data)).toBe(0);
          expect(fresh.shape).toEqual([height, width, 3]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
