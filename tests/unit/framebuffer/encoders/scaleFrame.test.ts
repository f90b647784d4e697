import { describe, expect, it } from "vitest";
import { scaleFrame } from "../../../../src/framebuffer/encoders/scaleFrame";
import { sharedMemory } from "../../../../src/framebuffer/node/sharedMemory";
import type { RawFrame } from "../../../../src/framebuffer/source/frame";

function frame(width: number, height: number, channels: 1 | 3 | 4, value?: number): RawFrame {
  const data = Uint8Array.from(
    { length: width * height * channels },
    (_, at) => value ?? (at * 37) % 256,
  );
  return { data, width, height, channels };
}

/** The mean of what a pixel covers, by its definition. */
function averaged({ data, width, height, channels }: RawFrame, w: number, h: number): number[] {
  const shown: number[] = [];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            const share =
              overlap(row, (y * height) / h, ((y + 1) * height) / h) *
              overlap(column, (x * width) / w, ((x + 1) * width) / w);
            sum += share * (data[(row * width + column) * channels + channel] ?? 0);
          }
        }
        shown.push((sum * w * h) / (width * height));
      }
    }
  }
  return shown;
}

function overlap(at: number, from: number, to: number): number {
  return Math.max(0, Math.min(at + 1, to) - Math.max(at, from));
}

describe("scaleFrame", () => {
  it.each([
    [8, 6, 4, 3],
    [9, 7, 4, 3],
    [17, 9, 16, 9],
    [13, 11, 1, 1],
    [5, 4, 5, 4],
  ])("makes of %i x %i the means over %i x %i", (width, height, w, h) => {
    for (const channels of [1, 3, 4] as const) {
      const source = frame(width, height, channels);
      const { data, ...size } = scaleFrame(source, w, h, sharedMemory);
      expect(size).toEqual({ width: w, height: h, channels });
      averaged(source, w, h).forEach((mean, at) => {
        expect(Math.abs((data[at] ?? 0) - mean)).toBeLessThan(0.6);
      });
    }
  });

  it("leaves white white and black black", () => {
    for (const value of [0, 255]) {
      const { data } = scaleFrame(frame(1920, 3, 3, value), 1279, 2, sharedMemory);
      expect(data.every((byte) => byte === value)).toBe(true);
    }
  });

  it("puts the result in the memory that it is given", () => {
    expect(scaleFrame(frame(4, 4, 1), 2, 2, sharedMemory).data.buffer).toBeInstanceOf(
      SharedArrayBuffer,
    );
  });

  it.each([
    [0, 1],
    [5, 1],
    [1.5, 1],
    [1, 5],
  ])("refuses %d x %d for 4 x 4", (width, height) => {
    expect(() => scaleFrame(frame(4, 4, 1), width, height, sharedMemory)).toThrow(RangeError);
  });
});
