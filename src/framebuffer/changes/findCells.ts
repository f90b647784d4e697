/** Finds the changed cells of a picture, where changes are scattered over it. */
import type { RangeDiffers } from "../runtime";
import type { RawFrame } from "../source/frame";
import { CELL_SIZE, cellsOver } from "./bands";
import { CellMap } from "./cellMap";

/** The widest words that engines compare without a call. */
const WORD_BYTES = 8;

/**
 * The cells in which two frames of the same layout differ. It reads both once, row by row, as
 * words: a loop for each cell would take several times as long. Alpha is never shown, so it is
 * ignored.
 *
 * @param bytesDiffer - compares ranges of the frames' memory: rows that are equal are skipped
 */
export function findCells(before: RawFrame, after: RawFrame, bytesDiffer: RangeDiffers): CellMap {
  const { width, height, channels } = after;
  const columns = cellsOver(width);
  const marks = new Uint8Array(columns * cellsOver(height));
  const rowBytes = width * channels;
  const comparison: RowPair = { before: before.data, after: after.data, channels, marks };
  const beforeWords = wordsOver(before.data);
  const afterWords = wordsOver(after.data);
  for (let row = 0; row < height; row++) {
    const begin = row * rowBytes;
    const end = begin + rowBytes;
    if (!bytesDiffer(begin, end)) continue;
    const firstCell = Math.floor(row / CELL_SIZE) * columns;
    if (beforeWords === undefined || afterWords === undefined) {
      markBytes(comparison, begin, end, begin, firstCell);
      continue;
    }
    // Words that another row shares are compared by bytes.
    const firstWord = Math.ceil(begin / WORD_BYTES);
    const lastWord = Math.floor(end / WORD_BYTES);
    if (firstWord >= lastWord) {
      markBytes(comparison, begin, end, begin, firstCell);
      continue;
    }
    markBytes(comparison, begin, firstWord * WORD_BYTES, begin, firstCell);
    for (let word = firstWord; word < lastWord; word++) {
      if (beforeWords[word] === afterWords[word]) continue;
      const at = word * WORD_BYTES;
      const next = markBytes(comparison, at, at + WORD_BYTES, begin, firstCell);
      word = Math.max(word, Math.floor(next / WORD_BYTES) - 1);
    }
    markBytes(comparison, lastWord * WORD_BYTES, end, begin, firstCell);
  }
  return new CellMap(marks, columns);
}

/** Two frames' memory, and the marks of the cells that differ. */
interface RowPair {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly channels: number;
  readonly marks: Uint8Array;
}

/**
 * Marks the cells of the bytes that differ from `begin` up to but not including `end`.
 *
 * @returns the byte to continue at: the rest of a marked cell's row needs no comparison
 */
function markBytes(
  { before, after, channels, marks }: RowPair,
  begin: number,
  end: number,
  rowBegin: number,
  firstCell: number,
): number {
  const cellBytes = CELL_SIZE * channels;
  let at = begin;
  for (; at < end; at++) {
    if (before[at] === after[at]) continue;
    const inRow = at - rowBegin;
    if (channels === 4 && (inRow & 3) === 3) continue;
    const cell = Math.floor(inRow / cellBytes);
    marks[firstCell + cell] = 1;
    at = rowBegin + (cell + 1) * cellBytes - 1;
  }
  return at;
}

function wordsOver({ buffer, byteLength, byteOffset }: Uint8Array): BigInt64Array | undefined {
  if (byteOffset % WORD_BYTES !== 0) return undefined;
  return new BigInt64Array(buffer, byteOffset, Math.floor(byteLength / WORD_BYTES));
}
