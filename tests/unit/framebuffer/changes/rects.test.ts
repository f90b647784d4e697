import { describe, expect, it } from "vitest";
import { growRects, type Rect } from "../../../../src/framebuffer/changes/rects";

const PICTURE = { width: 100, height: 80 };

const box = (x: number, y: number, width: number, height: number): Rect => ({
  x,
  y,
  width,
  height,
});

describe("rectangles with a margin", () => {
  it("are larger on all sides", () => {
    expect(growRects([box(32, 32, 16, 16)], 16, PICTURE)).toEqual([box(16, 16, 48, 48)]);
  });

  it("end where the picture ends", () => {
    const corners = [box(0, 0, 16, 16), box(96, 64, 4, 16)];
    expect(growRects(corners, 16, PICTURE)).toEqual([box(0, 0, 32, 32), box(80, 48, 20, 32)]);
  });

  it("are united where they overlap, also with others that the union reaches", () => {
    const [inside, left, far, below] = [
      box(30, 10, 4, 4),
      box(0, 0, 4, 40),
      box(80, 60, 4, 4),
      box(4, 44, 40, 4),
    ];
    expect(growRects([inside, left, far, below], 4, PICTURE)).toEqual([
      box(76, 56, 12, 12),
      box(0, 0, 48, 52),
    ]);
  });
});
