/**
 * Notes on frames that can be shown, but are probably not what was meant: floats that were stored
 * in bytes without scaling, and a shape with the width first.
 *
 * A right picture must not get one. So each is given only where the picture itself shows the
 * mistake.
 */
import type { RawFrame } from "./frame";

/** Smaller pictures show too little. In pixels. */
const MIN_SIDE = 16;

/** Pixels that are compared with others of the picture. */
const SAMPLES = 2048;

/** Neighbours that differ less on average belong to a picture with hardly any content; 0..255. */
const MIN_DIFFERENCE = 2;

/** Longer sides, as a multiple of the shorter one, leave too few pixels in rows that were cut. */
const MAX_ASPECT = 1.8;

/**
 * How much more alike neighbours are with the sides swapped. For stripes along the rows of a right
 * picture it is at most 1 / (2 - {@link MAX_ASPECT}).
 */
const MIN_RATIO = 6;

/** A note on a frame; undefined for most. */
export function noteOn(frame: RawFrame): string | undefined {
  const { width, height } = frame;
  if (Math.min(width, height) < MIN_SIDE) return undefined;
  if (isUnscaled(frame)) {
    return "every byte of the picture is 0 or 1, so it looks black. Bytes are 0..255: scale values of 0..1 by 255, such as data[i] = value * 255, or keep them in a Float32Array and add range: [0, 1]";
  }
  if (isWidthFirst(frame)) {
    const end = frame.channels === 1 ? "" : `, ${frame.channels}`;
    return `the rows of the picture look cut at the wrong length. A shape is [height, width]: for rows of ${height} pixels write shape: [${width}, ${height}${end}]`;
  }
  return undefined;
}

/** Whether all colours are 0 or 1, and some are 1. Alpha isn't shown. */
function isUnscaled({ data, channels }: RawFrame): boolean {
  const isColor = (index: number): boolean => channels !== 4 || index % 4 !== 3;
  let hasOne = false;
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index] ?? 0;
    if (value === 0 || !isColor(index)) continue;
    if (value > 1) return false;
    hasOne = true;
  }
  return hasOne;
}

/**
 * Whether the rows continue each other only if they are as long as the frame is high. A picture
 * that repeats itself does so at other lengths too, so it is never reported.
 */
function isWidthFirst(frame: RawFrame): boolean {
  const { width, height } = frame;
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  if (long - short < MIN_SIDE || long > MAX_ASPECT * short) return false;
  const asGiven = differenceAt(frame, width);
  const swapped = differenceAt(frame, height);
  if (asGiven < MIN_DIFFERENCE || asGiven < MIN_RATIO * swapped) return false;
  const near = Math.floor(height / 8);
  for (let length = Math.floor(height / 2); length < 1.5 * height; length += 1) {
    const isOther = Math.abs(length - height) > near;
    if (isOther && differenceAt(frame, length) < 2 * swapped + 1) return false;
  }
  return true;
}

/** How much colours differ, on average, from those of the pixels that are a number later. */
function differenceAt({ data, width, height, channels }: RawFrame, distance: number): number {
  const colors = Math.min(channels, 3);
  const last = width * height - 1.5 * Math.max(width, height);
  let sum = 0;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    // Spread evenly, without any period.
    const pixel = Math.floor(((sample * Math.SQRT2) % 1) * last);
    for (let at = pixel * channels; at < pixel * channels + colors; at += 1) {
      sum += Math.abs((data[at] ?? 0) - (data[at + distance * channels] ?? 0));
    }
  }
  return sum / (SAMPLES * colors);
}
