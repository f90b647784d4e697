import { PNG } from "pngjs";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { hasColorProfile } from "../../../src/picture/decoders/colorProfile";

/** Inserts an empty chunk after the header of a PNG file. */
function withChunk(png: Uint8Array, name: string): Uint8Array {
  const afterHeader = 33;
  const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from(name), Buffer.alloc(4)]);
  return Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)]);
}

describe("a colour profile", () => {
  const png = PNG.sync.write(new PNG({ width: 3, height: 2 }));

  it("is found in PNG files that have one, anywhere before the pixels", () => {
    expect(hasColorProfile("image/png", png)).toBe(false);
    for (const name of ["gAMA", "iCCP", "cHRM", "cICP"]) {
      expect(hasColorProfile("image/png", withChunk(png, name))).toBe(true);
      expect(hasColorProfile("image/png", withChunk(withChunk(png, name), "tEXt"))).toBe(true);
    }
    // Browsers assume sRGB for a file without colour information, so this chunk changes nothing.
    expect(hasColorProfile("image/png", withChunk(png, "sRGB"))).toBe(false);
  });

  it("is found in WebP files that have one", async () => {
    const picture = sharp(png);
    const plain = await picture.clone().webp({ lossless: true }).toBuffer();
    const tagged = await picture.clone().webp({ lossless: true }).withIccProfile("p3").toBuffer();
    expect(hasColorProfile("image/webp", plain)).toBe(false);
    expect(hasColorProfile("image/webp", tagged)).toBe(true);
  });

  it("is not found in broken files, whatever lengths they claim", () => {
    const endless = Buffer.from(png);
    endless.writeUInt32BE(0xffffffff, 8);
    for (const bytes of [new Uint8Array(), png.subarray(0, 12), endless, Buffer.alloc(100)]) {
      expect(hasColorProfile("image/png", bytes)).toBe(false);
      expect(hasColorProfile("image/webp", bytes)).toBe(false);
    }
  });
});
