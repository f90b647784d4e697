import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { findNodeAv } from "../../../../../src/framebuffer/encoders/video/videoPlace";
import { videoSettings } from "../../../../../src/framebuffer/encoders/video/videoSettings";
import { VIDEO_DEVICES } from "../../../../../src/framebuffer/encoders/videoEncoder";
import { PlainError } from "../../../../../src/protocol/errors";

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
    const find = (): unknown => findNodeAv([tmpdir()]);
    expect(find).toThrow("Cannot encode video: node-av is not installed; npm install node-av");
    expect(find).toThrow(PlainError);
  });
});
