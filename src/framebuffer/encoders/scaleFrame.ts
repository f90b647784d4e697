import { checkValue, integer } from "../../protocol/checks";
import type { RawFrame } from "../source/frame";

/** Bits after the binary point of a weight: with 8 bits of a sample and the sum of a row's weights they stay below 31. */
const WEIGHT_BITS = 12;

/** The share that each output sample has of the input samples below it, along one axis. */
interface Shares {
  /** First input sample of each output sample. */
  readonly first: Int32Array;
  /** Where each output sample's weights begin in `weights`; one more entry ends the last. */
  readonly start: Int32Array;
  /** In 1 / 2^{@link WEIGHT_BITS}; those of an output sample add up to one. */
  readonly weights: Int32Array;
}

/**
 * Shrinks a frame by area averaging: each pixel of the result is the mean of what it covers. On the calling thread.
 *
 * @param width - in pixels, 1..the frame's
 * @param height - likewise
 * @throws RangeError when a side is out of range
 */
export function scaleFrame(frame: RawFrame, width: number, height: number): RawFrame {
  checkValue("scale width", width, integer(1, frame.width));
  checkValue("scale height", height, integer(1, frame.height));
  const { channels } = frame;
  const rowLength = width * channels;
  const columns = sharesOf(frame.width, width);
  const rows = sharesOf(frame.height, height);
  // Shared, so that the result can be handed on to another thread without a copy.
  const data = new Uint8Array(new SharedArrayBuffer(rowLength * height));
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

/** One row of a frame, shrunk to the output's width. */
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
    // Rounding at the borders between samples, not each weight, makes them add up to one.
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
