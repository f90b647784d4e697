import { describe, expect, it, vi } from "vitest";
import type { EncodedFrame } from "../../../src/framebuffer/encoders/encoder";
import { jpegEncoder } from "../../../src/framebuffer/encoders/jpeg";
import { pngEncoder } from "../../../src/framebuffer/encoders/png";
import type { RawFrame } from "../../../src/framebuffer/frame";
import { decodeJpeg, decodePng, pngColorType } from "../../support/decodeImage";

/** A clock that goes on by `perLook` milliseconds whenever it is looked at, and by what the test adds. */
function fakePerformance(perLook: number) {
  const clock = { milliseconds: 0 };
  vi.spyOn(performance, "now").mockImplementation(() => (clock.milliseconds += perLook));
  return clock;
}

/** A smooth picture with a hard-edged square, which no codec finds easy. */
function picture(width: number, height: number, channels: 1 | 3 | 4): RawFrame {
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x > width / 3 && x < width / 2 && y > height / 3 && y < height / 2;
      const colors = inside ? [240, 30, 60] : [(x * 255) / width, (y * 255) / height, 128];
      for (let channel = 0; channel < channels; channel++) {
        // Alpha varies, so that a codec which mixes it in is found out.
        data[at++] = channel === 3 ? (x * 7 + y) % 256 : (colors[channel] ?? 0);
      }
    }
  }
  return { data, width, height, channels };
}

function opaque({ data, width, height, channels }: RawFrame): Uint8Array {
  const rgba = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgba[pixel * 4 + channel] = data[pixel * channels + (channels === 1 ? 0 : channel)] ?? 0;
    }
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}

function distance(one: Uint8Array, other: Uint8Array): { mean: number; most: number } {
  expect(one.length).toBe(other.length);
  let sum = 0;
  let most = 0;
  for (let at = 0; at < one.length; at++) {
    const difference = Math.abs((one[at] ?? 0) - (other[at] ?? 0));
    sum += difference;
    most = Math.max(most, difference);
  }
  return { mean: sum / one.length, most };
}

/** Sides that are no multiple of JPEG's blocks of 8, too. */
const SIZES: [number, number][] = [
  [64, 48],
  [37, 21],
  [1, 1],
  [1, 33],
];
const CASES = SIZES.flatMap(([width, height]) =>
  ([1, 3, 4] as const).map((channels) => ({ width, height, channels })),
);

describe("PNG, read by another decoder", () => {
  it.each(CASES)(
    "gives every pixel of $width x $height with $channels channels",
    async ({ width, height, channels }) => {
      const frame = picture(width, height, channels);
      const { mimetype, data } = await pngEncoder.encode(frame, { quality: 100 });
      expect(mimetype).toBe("image/png");
      expect(pngColorType(data)).toBe(channels === 1 ? 0 : 2);
      expect(decodePng(data)).toEqual({ width, height, rgba: opaque(frame) });
    },
  );

  it("leaves the frame as it was", async () => {
    const frame = picture(20, 10, 3);
    const before = new Uint8Array(frame.data);
    await pngEncoder.encode(frame, { quality: 100 });
    expect(frame.data).toEqual(before);
  });
});

describe("JPEG, read by another decoder", () => {
  it.each(CASES)(
    "stays within 3 on average of $width x $height with $channels channels at quality 90",
    async ({ width, height, channels }) => {
      const frame = picture(width, height, channels);
      const { mimetype, data } = await jpegEncoder.encode(frame, { quality: 90 });
      expect(mimetype).toBe("image/jpeg");
      const decoded = await decodeJpeg(data);
      expect([decoded.width, decoded.height]).toEqual([width, height]);
      expect(distance(decoded.rgba, opaque(frame)).mean).toBeLessThan(3);
    },
  );

  it("gives a flat colour within 3 at every quality from 50", async () => {
    const frame: RawFrame = {
      data: new Uint8Array(16 * 16 * 3),
      width: 16,
      height: 16,
      channels: 3,
    };
    for (let at = 0; at < frame.data.length; at++) frame.data[at] = [200, 100, 50][at % 3] ?? 0;
    for (const quality of [50, 80, 99]) {
      const { data } = await jpegEncoder.encode(frame, { quality });
      const decoded = await decodeJpeg(data);
      expect(distance(decoded.rgba, opaque(frame)).most).toBeLessThanOrEqual(3);
    }
  });

  it("gets larger and closer with quality, over the whole range", async () => {
    const frame = picture(64, 48, 3);
    const sizes: number[] = [];
    const distances: number[] = [];
    for (const quality of [1, 25, 50, 80, 99]) {
      const { data } = await jpegEncoder.encode(frame, { quality });
      sizes.push(data.length);
      distances.push(distance((await decodeJpeg(data)).rgba, opaque(frame)).mean);
    }
    expect(sizes).toEqual([...sizes].sort((one, other) => one - other));
    expect(distances).toEqual([...distances].sort((one, other) => other - one));
  });
});

describe("the time that an encoder says it worked", () => {
  it("is from the beginning of JPEG's work to its end", async () => {
    const clock = fakePerformance(250);
    const encoding = jpegEncoder.encode(picture(8, 8, 3), { quality: 80 });
    clock.milliseconds += 60_000;
    expect((await encoding).encodingSeconds).toBe(0.25);
  });

  it("is PNG's on both threads", async () => {
    fakePerformance(250);
    const { encodingSeconds } = await pngEncoder.encode(picture(64, 48, 3), { quality: 100 });
    // Unpacking and filtering at least; compressing may be over when the thread looks.
    expect([0.5, 0.75]).toContain(encodingSeconds);
  });

  it("has nothing of what else is done in the turn in which PNG frames are handed over", async () => {
    const clock = fakePerformance(0);
    const encodings: Promise<EncodedFrame>[] = [];
    for (let count = 0; count < 3; count++) {
      encodings.push(pngEncoder.encode(picture(64, 48, 3), { quality: 100 }));
      clock.milliseconds += 60_000;
      process.nextTick(() => (clock.milliseconds += 60_000));
    }
    for (const { encodingSeconds } of await Promise.all(encodings)) expect(encodingSeconds).toBe(0);
  });
});
