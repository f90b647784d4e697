import type { RawFrame } from "../../source/frame";

/**
 * A frame's pixels as opaque RGBA, in new memory. Where `width` or `height` exceeds the frame's,
 * the last column or row is repeated.
 *
 * @param width - of the result, in pixels, at least the frame's
 * @param height - of the result, in pixels, at least the frame's
 */
export function opaquePixels(
  frame: RawFrame,
  width: number = frame.width,
  height: number = frame.height,
): Uint8ClampedArray<ArrayBuffer> {
  const { data, channels } = frame;
  const rgba = new Uint8ClampedArray(width * height * 4);
  const green = channels === 1 ? 0 : 1;
  const blue = channels === 1 ? 0 : 2;
  let to = 0;
  for (let y = 0; y < frame.height; y++) {
    let from = y * frame.width * channels;
    for (let x = 0; x < frame.width; x++, from += channels, to += 4) {
      rgba[to] = data[from] ?? 0;
      rgba[to + 1] = data[from + green] ?? 0;
      rgba[to + 2] = data[from + blue] ?? 0;
      rgba[to + 3] = 255;
    }
    for (let x = frame.width; x < width; x++, to += 4) rgba.copyWithin(to, to - 4, to);
  }
  const rowLength = width * 4;
  for (; to < rgba.length; to += rowLength) rgba.copyWithin(to, to - rowLength, to);
  return rgba;
}
