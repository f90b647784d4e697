import { describe, expect, it } from "vitest";
import { draggedSize, maxSide, usableLength } from "../../../src/view/sizeRules";

const anything = () => true;

describe("size rules", () => {
  it("accept every length that the browser accepts, and trim it", () => {
    expect(usableLength(" 50vw ", "500px", anything)).toBe("50vw");
    expect(usableLength("calc(100% - 1em)", "500px", anything)).toBe("calc(100% - 1em)");
    expect(usableLength("nonsense", "500px", () => false)).toBe("500px");
  });

  it("reject lengths that depend on the content, which could make a view grow without end", () => {
    for (const length of ["", "auto", "AUTO", "min-content", "fit-content", "stretch", "inherit"]) {
      expect(usableLength(length, "500px", anything)).toBe("500px");
    }
  });

  it("keep a dragged size within the limits", () => {
    const start = { width: 500, height: 300 };
    expect(draggedSize(start, { x: 10.4, y: -20.6 }, 1)).toEqual({ width: 510, height: 279 });
    expect(draggedSize(start, { x: -1e9, y: 1e9 }, 1)).toEqual({ width: 32, height: 8192 });
  });

  it("keep a side within what a browser can paint in device pixels", () => {
    for (const ratio of [0.5, 1, 2, 3, 4]) {
      expect(maxSide(ratio) * ratio).toBeLessThanOrEqual(16384);
    }
  });
});
