import * as zlib from "node:zlib";
import type { RawFrame } from "../../source/frame";
import { crc32 } from "../crc32";
import { filterRows, pngFile } from "../png";

/** zlib's fastest level that still looks for repetitions. */
const DEFLATE_LEVEL = 1;
/**
 * Pieces of the picture, and bytes of each, that show whether it has repetitions worth looking for.
 */
const SAMPLE_PIECES = 8;
const SAMPLE_PIECE = 8 << 10;
/**
 * A sample that keeps this share of its size is noise: looking for repetitions takes three times as
 * long.
 */
const NOISE_SHARE = 0.95;
/**
 * In bytes. zlib returns its output in pieces of this size; joining pieces of the default 16 KiB
 * takes longer.
 */
const DEFLATE_CHUNK = 1 << 20;

/** zlib's checksum since Node 20.15, many times faster than ours; before that ours. */
export const zlibCrc32: (bytes: Uint8Array) => number =
  (zlib as { crc32?: (bytes: Uint8Array) => number }).crc32 ?? crc32;

/**
 * PNG by Node's zlib, on the calling thread: gray frames as grayscale, RGB and RGBA as RGB. Alpha
 * is dropped, as jupyter_rfb does.
 */
export function encodePngSync(frame: RawFrame): Uint8Array {
  return pngFile(frame, compress(filterRows(frame)), zlibCrc32);
}

/**
 * Only noise is coded by run lengths alone, which is often recommended for PNG. For a rendered
 * scene it took longer (1920 x 1080: 66 instead of 56 ms) and made the file larger by half.
 */
function compress(filtered: Uint8Array): Uint8Array {
  const options = { level: DEFLATE_LEVEL, chunkSize: DEFLATE_CHUNK };
  if (!isNoise(filtered)) return zlib.deflateSync(filtered, options);
  return zlib.deflateSync(filtered, { ...options, strategy: zlib.constants.Z_RLE });
}

function isNoise(filtered: Uint8Array): boolean {
  const length = SAMPLE_PIECES * SAMPLE_PIECE;
  // For a small picture the sample would take as long as it saves.
  if (filtered.length < 8 * length) return false;
  const sample = new Uint8Array(length);
  const step = Math.floor(filtered.length / SAMPLE_PIECES);
  for (let piece = 0; piece < SAMPLE_PIECES; piece++) {
    const from = piece * step;
    sample.set(filtered.subarray(from, from + SAMPLE_PIECE), piece * SAMPLE_PIECE);
  }
  return zlib.deflateSync(sample, { level: DEFLATE_LEVEL }).length > NOISE_SHARE * length;
}
