import { describe, expect, it } from "vitest";
import { codedSide } from "../../../../src/framebuffer/encoders/codedSize";

describe("codedSide", () => {
  it("is even", () => {
    expect([1, 2, 479, 480].map((side) => codedSide(side))).toEqual([2, 2, 480, 480]);
  });

  it("is no less than the encoder takes", () => {
    expect([1, 15, 17].map((side) => codedSide(side, 16))).toEqual([16, 16, 18]);
  });
});
