import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { expectShowable, imageSize } from "../../../src/picture/decoders/imageSize";

const picture = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: "#345" } });

describe("the size that a file states", () => {
  it.each([
    ["image/png", (image: Sharp) => image.png()],
    ["image/jpeg", (image: Sharp) => image.jpeg()],
    ["image/jpeg", (image: Sharp) => image.jpeg({ progressive: true }).withMetadata()],
    ["image/webp", (image: Sharp) => image.webp({ lossless: true })],
    ["image/webp", (image: Sharp) => image.webp({ quality: 50 })],
    ["image/webp", (image: Sharp) => image.webp({ quality: 50 }).withMetadata()],
  ] as const)("is read from %s", async (mimetype, encode) => {
    for (const [width, height] of [
      [1, 1],
      [333, 7],
      [255, 4097],
    ] as const) {
      const file = await encode(picture(width, height)).toBuffer();
      // In the middle of a larger buffer, as the messages of a comm are.
      const whole = new Uint8Array(file.length + 20);
      whole.set(file, 10);
      const bytes = whole.subarray(10, 10 + file.length);
      expect(imageSize(mimetype, bytes)).toEqual({ width, height });
      for (const length of [0, 3, 11, 18]) {
        expect(imageSize(mimetype, bytes.subarray(0, length))).toBeUndefined();
      }
    }
  });

  it("is undefined in a file of another kind", () => {
    const zeros = new Uint8Array(100);
    expect(imageSize("image/jpeg", zeros)).toBeUndefined();
    expect(imageSize("image/webp", zeros)).toBeUndefined();
  });
});

it("is refused when it would take gigabytes", () => {
  expect(() => expectShowable({ width: 20_000, height: 20_000 })).toThrow(
    new RangeError("Cannot show a picture: expected at most 134217728 pixels, got 20000 x 20000"),
  );
  expect(() => expectShowable({ width: 16_384, height: 8192 })).not.toThrow();
  expect(() => expectShowable({ width: 65_535, height: 1 })).not.toThrow();
});
