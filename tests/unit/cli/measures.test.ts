import { describe, expect, it } from "vitest";
import { meanSquaredError, psnrOf, quantile } from "../../../src/cli/measures";
import { textTable } from "../../../src/cli/textTable";

const picture = (width: number, height: number, value: (at: number) => number) => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).map((_, at) => value(at)),
});

describe("the error of a decoded picture", () => {
  it("is the mean of squares over all channels", () => {
    const drawn = picture(4, 2, () => 100);
    expect(
      meanSquaredError(
        drawn,
        picture(4, 2, () => 100),
      ),
    ).toBe(0);
    expect(
      meanSquaredError(
        drawn,
        picture(4, 2, () => 103),
      ),
    ).toBe(9);
    expect(
      meanSquaredError(
        drawn,
        picture(4, 2, (at) => (at === 5 ? 88 : 100)),
      ),
    ).toBe(6);
    const black = picture(3, 3, () => 0);
    expect(
      meanSquaredError(
        black,
        picture(3, 3, () => 255),
      ),
    ).toBe(65025);
  });

  it("does not count what pads the picture", () => {
    const padded = picture(6, 4, (at) => (Math.floor(at / 3) % 6 < 4 && at < 2 * 18 ? 50 : 255));
    expect(
      meanSquaredError(
        picture(4, 2, () => 50),
        padded,
      ),
    ).toBe(0);
  });

  it("needs a picture that is large enough", () => {
    const small = picture(4, 1, () => 0);
    expect(() =>
      meanSquaredError(
        picture(4, 2, () => 0),
        small,
      ),
    ).toThrow(RangeError);
  });
});

describe("the peak signal-to-noise ratio", () => {
  it("is 0 dB for black against white, 20 dB more for a tenth of the difference, and infinite for none", () => {
    expect(psnrOf(65025)).toBe(0);
    expect(psnrOf(650.25)).toBeCloseTo(20, 9);
    expect(psnrOf(1)).toBeCloseTo(48.13, 2);
    expect(psnrOf(0)).toBe(Infinity);
  });
});

describe("a quantile", () => {
  it("lies between two values where it must", () => {
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    expect(quantile([4, 1, 2, 3], 0.5)).toBe(2.5);
    expect(quantile([0, 100], 0.95)).toBe(95);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe("a table", () => {
  it("has columns as wide as they must be", () => {
    const rows = [
      ["codec", "ms"],
      ["png", "12.5"],
    ];
    expect(textTable(rows, (column) => column === 0)).toEqual(["codec    ms", "png    12.5"]);
  });
});
