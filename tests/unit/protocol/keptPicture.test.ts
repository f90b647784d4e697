import { describe, expect, it } from "vitest";
import { encodeKept, MAX_KEPT_BYTES, MAX_KEPT_PIXELS } from "../../../src/protocol/keptPicture";

describe("a picture that a notebook keeps", () => {
  interface Kept {
    readonly width: number;
    readonly height: number;
    readonly tries: number;
  }

  /** Encodes with so many bytes for each pixel. */
  function keep(width: number, height: number, bytesPerPixel: number): Kept {
    let tries = 0;
    return encodeKept(
      { width, height },
      (size) => ({ ...size, tries: ++tries }),
      (size) => size.width * size.height * bytesPerPixel,
    );
  }

  it("stays as it is within the bounds", () => {
    expect(keep(1000, 1000, 1)).toEqual({ width: 1000, height: 1000, tries: 1 });
    expect(keep(1, 1, 1)).toMatchObject({ width: 1, height: 1 });
  });

  it("has its shape and a million pixels at most", () => {
    const { width, height, tries } = keep(3840, 2160, 0.1);
    expect(width * height).toBeLessThanOrEqual(MAX_KEPT_PIXELS);
    expect(width * height).toBeGreaterThan(0.99 * MAX_KEPT_PIXELS);
    expect(width / height).toBeCloseTo(16 / 9, 1);
    expect(tries).toBe(1);
    expect(keep(1_000_000, 2, 0.1)).toMatchObject({ height: 1 });
  });

  it("has a megabyte at most, after few tries", () => {
    const { width, height, tries } = keep(1000, 1000, 4);
    expect(width * height * 4).toBeLessThanOrEqual(MAX_KEPT_BYTES);
    expect(width * height * 4).toBeGreaterThan(MAX_KEPT_BYTES / 2);
    expect(tries).toBeLessThanOrEqual(3);
  });

  it("ends, whatever the encoder makes of it", () => {
    const { width, height, tries } = keep(1000, 1000, 1e9);
    expect(Math.max(width, height)).toBeLessThanOrEqual(64);
    expect(tries).toBeLessThan(20);
  });
});
