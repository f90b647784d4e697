/**
 * PNG around a compressor that the runtime brings: 8 bits, Sub filter, gray as grayscale, colour as
 * RGB.
 */
import type { RawFrame } from "../source/frame";
import { crc32 } from "./crc32";

/** PNG's colour types of the files written here. @see https://www.w3.org/TR/png-3/#11IHDR */
const GRAYSCALE = 0;
const RGB = 2;
/**
 * Each byte minus the same byte of the pixel to its left.
 *
 * @see https://www.w3.org/TR/png-3/#9Filters
 */
const SUB_FILTER = 1;
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/**
 * A frame's rows as PNG compresses them: for each a byte that names the filter, then the
 * differences. Alpha is dropped, as jupyter_rfb does.
 *
 * Four bytes are subtracted at a time, as 32-bit words at the same place in two copies of the row,
 * of which the second is shifted by a pixel. Byte by byte it takes four times as long.
 */
export function filterRows(frame: RawFrame): Uint8Array<ArrayBuffer> {
  const { data, width, height, channels } = frame;
  const pixelLength = channels === 1 ? 1 : 3;
  const rowLength = width * pixelLength;
  const words = Math.ceil((rowLength + pixelLength) / 4);
  const row = new Uint32Array(words);
  const left = new Uint32Array(words);
  const rowBytes = new Uint8Array(row.buffer);
  // The first pixel's left neighbour counts as 0.
  const leftBytes = new Uint8Array(left.buffer, pixelLength);
  const filtered = new Uint8Array((rowLength + 1) * height);
  for (let y = 0, to = 0; y < height; y++) {
    if (channels === 4) copyRgb(data, y * width * 4, rowBytes, rowLength);
    else rowBytes.set(data.subarray(y * rowLength, (y + 1) * rowLength));
    leftBytes.set(rowBytes.subarray(0, leftBytes.length));
    for (let at = 0; at < words; at++) row[at] = subtractBytes(row[at] ?? 0, left[at] ?? 0);
    filtered[to++] = SUB_FILTER;
    filtered.set(rowBytes.subarray(0, rowLength), to);
    to += rowLength;
  }
  return filtered;
}

/**
 * The PNG file of a frame.
 *
 * @param compressed - what {@link filterRows} returned, as a zlib stream (RFC 1950)
 * @param checksum - the runtime's CRC-32, where that is faster
 */
export function pngFile(
  { width, height, channels }: RawFrame,
  compressed: Uint8Array,
  checksum: (bytes: Uint8Array) => number = crc32,
): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, channels === 1 ? GRAYSCALE : RGB);
  const chunks = [
    ["IHDR", new Uint8Array(header.buffer)],
    ["IDAT", compressed],
    ["IEND", new Uint8Array(0)],
  ] as const;
  return joinChunks(chunks, checksum);
}

/**
 * Subtracts each of four bytes, modulo 256. Setting the top bits keeps a byte from borrowing from
 * the next one; the last term corrects them.
 */
function subtractBytes(one: number, other: number): number {
  return ((one | 0x80808080) - (other & 0x7f7f7f7f)) ^ ((one ^ ~other) & 0x80808080);
}

function copyRgb(rgba: Uint8Array, start: number, rgb: Uint8Array, length: number): void {
  for (let from = start, to = 0; to < length; from += 4, to += 3) {
    rgb[to] = rgba[from] ?? 0;
    rgb[to + 1] = rgba[from + 1] ?? 0;
    rgb[to + 2] = rgba[from + 2] ?? 0;
  }
}

/** @see https://www.w3.org/TR/png-3/#5Chunk-layout */
function joinChunks(
  chunks: readonly (readonly [type: string, data: Uint8Array])[],
  checksum: (bytes: Uint8Array) => number,
): Uint8Array {
  const length = chunks.reduce((sum, [, data]) => sum + 12 + data.length, SIGNATURE.length);
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  file.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const [type, data] of chunks) {
    view.setUint32(at, data.length);
    for (let letter = 0; letter < 4; letter++) file[at + 4 + letter] = type.charCodeAt(letter);
    file.set(data, at + 8);
    const end = at + 8 + data.length;
    view.setUint32(end, checksum(file.subarray(at + 4, end)));
    at = end + 4;
  }
  return file;
}
