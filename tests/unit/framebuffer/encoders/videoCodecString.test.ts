import { describe, expect, it } from "vitest";
import {
  annexBUnits,
  h264CodecString,
  vp9CodecString,
} from "../../../../src/framebuffer/encoders/videoCodecString";

const units = (...bytes: number[]): number[][] =>
  [...annexBUnits(Uint8Array.from(bytes))].map((unit) => [...unit]);

describe("annexBUnits", () => {
  it("finds units after start codes of three and of four bytes", () => {
    expect(units(0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x68, 3, 0, 0, 0, 1, 0x65)).toEqual([
      [0x67, 1, 2],
      [0x68, 3],
      [0x65],
    ]);
  });

  it("finds none without a start code", () => {
    expect(units()).toEqual([]);
    expect(units(0, 0)).toEqual([]);
    expect(units(1, 0, 1, 0, 0, 2)).toEqual([]);
  });
});

describe("h264CodecString", () => {
  it("is the profile, constraints and level of the sequence parameter set", () => {
    const chunk = [0, 0, 0, 1, 0x06, 5, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xda, 0, 0, 1, 0x65, 9];
    expect(h264CodecString(Uint8Array.from(chunk))).toBe("avc1.42C01F");
  });

  it("is not there without one, or with a cut one", () => {
    expect(h264CodecString(Uint8Array.from([0, 0, 1, 0x41, 0x42, 0xc0, 0x1f]))).toBeUndefined();
    expect(h264CodecString(Uint8Array.from([0, 0, 1, 0x67, 0x42]))).toBeUndefined();
  });
});

describe("vp9CodecString", () => {
  it.each([
    [2, 2, "10"],
    [640, 480, "30"],
    [1280, 720, "31"],
    [1920, 1080, "40"],
    [3840, 2160, "50"],
    [16_384, 16, "60"],
    [65_500, 2, "62"],
  ])("has the level for %d x %d pixels at 30 pictures per second", (width, height, level) => {
    expect(vp9CodecString(width, height)).toBe(`vp09.00.${level}.08.00.01.01.01.00`);
  });

  it("says when luma takes the full range", () => {
    expect(vp9CodecString(640, 480, true)).toBe("vp09.00.30.08.00.01.01.01.01");
  });
});
