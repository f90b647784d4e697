import type { RawFrame } from "../../src/framebuffer";

/** A smooth picture with saturated colours, which moves to the left with `time`. */
export function smoothPicture(
  width: number,
  height: number,
  channels: 1 | 3 | 4,
  time = 0,
): RawFrame {
  const data = new Uint8Array(width * height * channels);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at += channels) {
      const x = (column + time * 4) / 64;
      data[at] = 128 + 100 * Math.sin(x);
      if (channels === 1) continue;
      data[at + 1] = 128 + 100 * Math.sin(row / 48 + 1);
      data[at + 2] = 128 + 100 * Math.cos(x + row / 80);
      if (channels === 4) data[at + 3] = column;
    }
  }
  return { data, width, height, channels };
}
