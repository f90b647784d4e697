import type { RangeDiffers } from "../runtime";

const WORD_BYTES = Uint32Array.BYTES_PER_ELEMENT;

/**
 * Prepares to compare two arrays of the same length: as 32-bit words where both begin at a multiple
 * of 4 bytes, which takes a fraction of the time, and otherwise byte by byte.
 */
export function compareMemory(one: Uint8Array, other: Uint8Array): RangeDiffers {
  const oneWords = wordsOver(one);
  const otherWords = wordsOver(other);
  if (oneWords === undefined || otherWords === undefined) {
    return (begin, end) => differs(one, other, begin, end);
  }
  return (begin, end) => {
    const firstWord = Math.ceil(begin / WORD_BYTES);
    const lastWord = Math.floor(end / WORD_BYTES);
    if (firstWord >= lastWord) return differs(one, other, begin, end);
    return (
      differs(one, other, begin, firstWord * WORD_BYTES) ||
      differs(oneWords, otherWords, firstWord, lastWord) ||
      differs(one, other, lastWord * WORD_BYTES, end)
    );
  };
}

/** The whole words of an array, if it begins at one. */
function wordsOver({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array | undefined {
  if (byteOffset % WORD_BYTES !== 0) return undefined;
  return new Uint32Array(buffer, byteOffset, Math.floor(byteLength / WORD_BYTES));
}

function differs<Elements extends Uint8Array | Uint32Array>(
  one: Elements,
  other: Elements,
  begin: number,
  end: number,
): boolean {
  for (let at = begin; at < end; at++) if (one[at] !== other[at]) return true;
  return false;
}
