import { describe, expect, it } from "vitest";
import { crc32 } from "../../../../../src/framebuffer/encoders/crc32";
import { encodePngSync, zlibCrc32 } from "../../../../../src/framebuffer/encoders/image/pngZlib";
import { decodePng } from "../../../../support/decodeImage";

/** Bytes without any pattern, the same each time (xorshift32). */
function randomBytes(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  });
}

describe("encodePngSync", () => {
  it.each([
    ["noise", randomBytes(500 * 400 * 3)],
    ["a picture with noise in its middle only", middle(randomBytes(500 * 400 * 3))],
    ["a flat picture", new Uint8Array(500 * 400 * 3).fill(77)],
  ])("gives every pixel of %s", (_what, data) => {
    const { rgba } = decodePng(encodePngSync({ data, width: 500, height: 400, channels: 3 }));
    // toEqual takes seconds for so many bytes.
    const rgb = rgba.filter((_, at) => at % 4 !== 3);
    expect(Buffer.compare(rgb, data)).toBe(0);
  });

  it("makes a flat picture small and noise no larger than it has to be", () => {
    const size = (data: Uint8Array) =>
      encodePngSync({ data, width: 500, height: 400, channels: 3 }).length;
    expect(size(new Uint8Array(600_000))).toBeLessThan(6_000);
    expect(size(randomBytes(600_000))).toBeLessThan(602_000);
  });
});

function middle(bytes: Uint8Array): Uint8Array {
  return bytes.fill(0, 0, 200_000).fill(0, 400_000);
}

describe("the checksum", () => {
  it.each([
    ["", 0],
    ["123456789", 0xcbf43926],
    ["IEND", 0xae426082],
  ])("of %j is the standard's, with Node's help and without", (text, sum) => {
    const bytes = new TextEncoder().encode(text);
    expect(crc32(bytes)).toBe(sum);
    expect(zlibCrc32(bytes)).toBe(sum);
  });
});
