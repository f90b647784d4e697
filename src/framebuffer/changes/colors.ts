import type { RangeDiffers } from "../runtime";

/** The colours of an RGBA pixel as a 32-bit word, whatever the byte order. */
const [COLOR_BITS = 0] = new Uint32Array(Uint8Array.of(255, 255, 255, 0).buffer);

/**
 * Prepares to compare the colours of two arrays of RGBA pixels of the same length. It takes some
 * times as long as comparing their bytes. Ranges begin and end between two pixels.
 */
export function compareColors(one: Uint8Array, other: Uint8Array): RangeDiffers {
  const oneWords = wordsOver(one);
  const otherWords = wordsOver(other);
  return oneWords === undefined || otherWords === undefined
    ? (begin, end) => bytesDiffer(one, other, begin, end)
    : (begin, end) => wordsDiffer(oneWords, otherWords, begin / 4, end / 4);
}

function wordsOver({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array | undefined {
  return byteOffset % 4 === 0 ? new Uint32Array(buffer, byteOffset, byteLength / 4) : undefined;
}

function wordsDiffer(one: Uint32Array, other: Uint32Array, begin: number, end: number): boolean {
  for (let at = begin; at < end; at++) {
    if ((((one[at] ?? 0) ^ (other[at] ?? 0)) & COLOR_BITS) !== 0) return true;
  }
  return false;
}

function bytesDiffer(one: Uint8Array, other: Uint8Array, begin: number, end: number): boolean {
  for (let at = begin; at < end; at += 4) {
    if (one[at] !== other[at] || one[at + 1] !== other[at + 1] || one[at + 2] !== other[at + 2]) {
      return true;
    }
  }
  return false;
}
