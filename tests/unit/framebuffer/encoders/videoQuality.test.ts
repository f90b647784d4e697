import { describe, expect, it } from "vitest";
import { h264Crf, vp9Crf } from "../../../../src/framebuffer/encoders/videoQuality";

describe.each([
  ["h264Crf", h264Crf, [45, 23, 12]],
  ["vp9Crf", vp9Crf, [60, 33, 10]],
] as const)("%s", (_name, crf, ends) => {
  it("is known at the qualities 1, 80 and 99", () => {
    expect([1, 80, 99].map(crf)).toEqual(ends);
  });

  it("never gets worse with quality", () => {
    for (let quality = 1; quality < 99; quality++) {
      expect(crf(quality + 1)).toBeLessThanOrEqual(crf(quality));
    }
  });

  it("takes a quality beyond the ends for the end", () => {
    expect([0, 100].map(crf)).toEqual([ends[0], ends[2]]);
  });
});
