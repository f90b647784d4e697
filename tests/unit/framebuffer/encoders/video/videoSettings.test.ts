import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { VIDEO_DEVICES } from "../../../../../src/framebuffer/encoders/videoEncoder";
import { findNodeAv } from "../../../../../src/framebuffer/encoders/video/videoPlace";
import { codedSide } from "../../../../../src/framebuffer/encoders/video/videoPixels";
import {
  h264Crf,
  videoSettings,
  vp9Crf,
} from "../../../../../src/framebuffer/encoders/video/videoSettings";

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

describe("videoSettings", () => {
  it("has H.264 for each device, without B-frames", () => {
    for (const device of VIDEO_DEVICES) {
      const { encoder, options } = videoSettings("h264", device);
      expect(encoder).toMatch(/264/);
      expect(options.bf === "0" || options.tune === "zerolatency").toBe(true);
    }
  });

  it("says which device encodes VP9", () => {
    expect(videoSettings("vp9", "software").encoder).toBe("libvpx-vp9");
    expect(() => videoSettings("vp9", "nvenc")).toThrow(
      "expected 'software' for the codec 'vp9', got 'nvenc'",
    );
  });
});

describe("findNodeAv", () => {
  it("says how to install node-av where it is missing", () => {
    expect(() => findNodeAv([tmpdir()])).toThrow(
      "Cannot encode video: node-av is not installed; npm install node-av",
    );
  });
});

describe("codedSide", () => {
  it("is even", () => {
    expect([1, 2, 479, 480].map(codedSide)).toEqual([2, 2, 480, 480]);
  });
});
