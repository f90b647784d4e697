import { checkValue, integer } from "../../protocol/checks";
import type { Memory } from "../runtime";
import type { RawFrame } from "../source/frame";

/**
 * Bits after a weight's binary point. With the 8 bits of a sample, sums along a row stay below 31
 * bits.
 */
const WEIGHT_BITS = 12;

/** How much each input sample along one axis contributes to the output samples. */
interface Shares {
  /** The first input sample of each output sample. */
  readonly first: Int32Array;
  /** Where each output sample's weights begin in `weights`. One more entry marks the end. */
  readonly start: Int32Array;
  /** In units of 1 / 2^{@link WEIGHT_BITS}. The weights of an output sample add up to one. */
  readonly weights: Int32Array;
}

/**
 * Shrinks a frame by area averaging, on the calling thread: each pixel of the result is the mean of
 * the pixels that it covers.
 *
 * @param width - in pixels, 1 to the frame's width
 * @param height - in pixels, 1 to the frame's height
 * @param allocate - gives the memory for the result
 * @throws RangeError when a side is out of range
 */
export function scaleFrame(
  frame: RawFrame,
  width: number,
  height: number,
  allocate: Memory["allocate"],
): RawFrame {
  checkValue("scale width", width, integer(1, frame.width));
  checkValue("scale height", height, integer(1, frame.height));
  const { channels } = frame;
  const rowLength = width * channels;
  const columns = sharesOf(frame.width, width);
  const rows = sharesOf(frame.height, height);
  const data = allocate(rowLength * height);
  const sums = new Float64Array(rowLength);
  const narrow = new Int32Array(rowLength);
  const half = 2 ** (2 * WEIGHT_BITS - 1);
  const whole = 2 ** (2 * WEIGHT_BITS);
  let narrowed = -1;
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    const start = rows.start[y] ?? 0;
    const end = rows.start[y + 1] ?? 0;
    for (let at = start; at < end; at++) {
      const source = (rows.first[y] ?? 0) + at - start;
      if (source !== narrowed) narrowRow(frame, source, columns, narrow);
      narrowed = source;
      const weight = rows.weights[at] ?? 0;
      for (let x = 0; x < rowLength; x++) sums[x] = (sums[x] ?? 0) + weight * (narrow[x] ?? 0);
    }
    const to = y * rowLength;
    for (let x = 0; x < rowLength; x++) data[to + x] = (sums[x] ?? 0) / whole;
  }
  return { data, width, height, channels };
}

/** Shrinks one row of a frame to the output's width. */
function narrowRow(frame: RawFrame, row: number, shares: Shares, to: Int32Array): void {
  const { data, width, channels } = frame;
  const base = row * width * channels;
  const count = shares.first.length;
  for (let x = 0; x < count; x++) {
    const start = shares.start[x] ?? 0;
    const end = shares.start[x + 1] ?? 0;
    const from = base + (shares.first[x] ?? 0) * channels;
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      for (let at = start, pixel = from + channel; at < end; at++, pixel += channels) {
        sum += (shares.weights[at] ?? 0) * (data[pixel] ?? 0);
      }
      to[x * channels + channel] = sum;
    }
  }
}

function sharesOf(input: number, output: number): Shares {
  const first = new Int32Array(output);
  const start = new Int32Array(output + 1);
  const weights: number[] = [];
  const one = 2 ** WEIGHT_BITS;
  for (let at = 0; at < output; at++) {
    const begin = (at * input) / output;
    const end = ((at + 1) * input) / output;
    const from = Math.floor(begin);
    const to = Math.min(input, Math.ceil(end));
    first[at] = from;
    start[at] = weights.length;
    // Rounding the running sum instead of each weight makes the weights add up to one.
    let given = 0;
    for (let sample = from; sample < to; sample++) {
      const covered = (Math.min(end, sample + 1) - begin) / (end - begin);
      const rounded = sample === to - 1 ? one : Math.round(covered * one);
      weights.push(rounded - given);
      given = rounded;
    }
  }
  start[output] = weights.length;
  return { first, start, weights: Int32Array.from(weights) };
}
