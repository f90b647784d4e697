/**
 * Brings a frame's numbers into the one layout, in one pass: strides, the order of the colours and
 * the range of the values.
 */
import type { ValueRange } from "./pixelOptions";

/** Where pixels lie, and what they are. */
export interface PixelSource {
  /** Bytes, or with a range any numbers. */
  readonly data: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  /** The steps to the next row, column and channel, in elements. */
  readonly strides: readonly [row: number, column: number, channel: number];
  /** The index of the first element. */
  readonly offset: number;
  /** Whether blue comes first. */
  readonly isBlueFirst: boolean;
  /** The values that become 0 and 255; undefined for bytes that stay as they are. */
  readonly range: ValueRange | undefined;
}

/** Whether the lowest byte of a word comes first, as on every usual processor. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Green and alpha of a pixel as a word; blue and red swap. */
const GREEN_AND_ALPHA = 0xff00ff00;

/**
 * Arranges pixels row after row, red first, as bytes. Its argument is checked: no element lies
 * outside of the data.
 *
 * @returns the memory of the data itself if it is arranged so already
 */
export function arrangePixels(source: PixelSource): Uint8Array {
  const { data, height, width, channels, strides, offset, isBlueFirst, range } = source;
  const [rowStep, columnStep, channelStep] = strides;
  const rowLength = width * channels;
  const pixelsAreTight =
    (channels === 1 || channelStep === 1) && (width === 1 || columnStep === channels);
  const isTight = pixelsAreTight && (height === 1 || rowStep === rowLength);
  const size = height * rowLength;
  if (range !== undefined) {
    return isTight && !isBlueFirst
      ? scaleTight(data, offset, size, range)
      : scaleStrided(source, size, range);
  }
  const bytes = data as Uint8Array;
  if (!pixelsAreTight) return copyStrided(source, bytes, size);
  if (isBlueFirst) {
    return swapWords(source, bytes, size) ?? copyStrided(source, bytes, size);
  }
  if (isTight) return bytes.subarray(offset, offset + size);
  const copy = new Uint8Array(size);
  for (let row = 0, from = offset; row < height; row += 1, from += rowStep) {
    copy.set(bytes.subarray(from, from + rowLength), row * rowLength);
  }
  return copy;
}

/** Where each channel of a pixel lies from its first element. Alpha stays last. */
function channelSteps({ channels, strides, isBlueFirst }: PixelSource): readonly number[] {
  const step = strides[2];
  const steps = [0, step, 2 * step, 3 * step].slice(0, channels);
  if (isBlueFirst) [steps[0], steps[2]] = [2 * step, 0];
  return steps;
}

function copyStrided(source: PixelSource, bytes: Uint8Array, size: number): Uint8Array {
  const { height, width, channels, strides, offset } = source;
  const [rowStep, columnStep] = strides;
  const [first = 0, second = 0, third = 0, fourth = 0] = channelSteps(source);
  const copy = new Uint8Array(size);
  let to = 0;
  for (let row = 0; row < height; row += 1) {
    let from = offset + row * rowStep;
    for (let column = 0; column < width; column += 1, from += columnStep) {
      copy[to++] = bytes[from + first] ?? 0;
      if (channels === 1) continue;
      copy[to++] = bytes[from + second] ?? 0;
      copy[to++] = bytes[from + third] ?? 0;
      if (channels === 4) copy[to++] = bytes[from + fourth] ?? 0;
    }
  }
  return copy;
}

/** Swaps red and blue a pixel at a time; undefined unless each pixel is an aligned word. */
function swapWords(source: PixelSource, bytes: Uint8Array, size: number): Uint8Array | undefined {
  const { height, width, channels, strides, offset } = source;
  const [rowStep] = strides;
  const start = bytes.byteOffset + offset;
  if (channels !== 4 || start % 4 !== 0 || (height > 1 && rowStep % 4 !== 0)) return undefined;
  if (!IS_LITTLE_ENDIAN) return undefined;
  const from = new Int32Array(bytes.buffer, 0, Math.floor(bytes.buffer.byteLength / 4));
  const copy = new Int32Array(size / 4);
  let to = 0;
  for (let row = 0; row < height; row += 1) {
    let at = (start + row * rowStep) / 4;
    for (const end = at + width; at < end; at += 1) {
      const word = from[at] ?? 0;
      copy[to++] = (word & GREEN_AND_ALPHA) | ((word & 0xff) << 16) | ((word >>> 16) & 0xff);
    }
  }
  return new Uint8Array(copy.buffer);
}

/** Clamped bytes round, clamp, and make 0 of NaN. */
function scaleTight(
  data: ArrayLike<number>,
  offset: number,
  size: number,
  range: ValueRange,
): Uint8Array {
  const [min, max] = range;
  const scale = 255 / (max - min);
  const scaled = new Uint8ClampedArray(size);
  for (let to = 0, from = offset; to < size; to += 1, from += 1) {
    scaled[to] = ((data[from] ?? 0) - min) * scale;
  }
  return new Uint8Array(scaled.buffer);
}

function scaleStrided(source: PixelSource, size: number, range: ValueRange): Uint8Array {
  const { data, height, width, channels, strides, offset } = source;
  const [rowStep, columnStep] = strides;
  const steps = channelSteps(source);
  const [min, max] = range;
  const scale = 255 / (max - min);
  const scaled = new Uint8ClampedArray(size);
  let to = 0;
  for (let row = 0; row < height; row += 1) {
    let pixel = offset + row * rowStep;
    for (let column = 0; column < width; column += 1, pixel += columnStep) {
      for (let channel = 0; channel < channels; channel += 1) {
        scaled[to++] = ((data[pixel + (steps[channel] ?? 0)] ?? 0) - min) * scale;
      }
    }
  }
  return new Uint8Array(scaled.buffer);
}
