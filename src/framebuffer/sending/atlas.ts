/** Packs cells of a frame into one image. */
import { atlasSize, cellRuns, type CellRun } from "../../protocol/atlas";
import { CELL_SIZE } from "../changes/bands";
import type { CellMap } from "../changes/cellMap";
import type { Memory } from "../runtime";
import type { RawFrame } from "../source/frame";

/** The most cells in a row of an atlas: rows of 1024 pixels. */
const USUAL_COLUMNS = 64;

/** The most rows of cells: 65 500 pixels are the most that JPEG encoders take. */
const MAX_ROWS = 4000;

const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** An atlas as a frame of its own. */
export interface Atlas {
  readonly frame: RawFrame;
  /** In cells. */
  readonly columns: number;
  /** Gives its memory back, to be used again. Nobody may read the pixels afterwards. */
  release(): void;
}

/** Atlases in memory that is reused: they are large, and fresh memory costs more than copying. */
export class AtlasPacker {
  readonly #memory: Pick<Memory, "allocate">;
  /** Free memory. Two frames in flight never need more. */
  #free: Uint8Array[] = [];

  constructor(memory: Pick<Memory, "allocate">) {
    this.#memory = memory;
  }

  /**
   * Copies cells of a frame into an atlas. What lies outside the picture, in its last cells or after
   * the last one of the atlas, repeats what is next to it, so that JPEG's blocks have no edge there.
   */
  pack(frame: RawFrame, cells: CellMap): Atlas {
    const { channels } = frame;
    const columns = Math.min(
      cells.count,
      Math.max(USUAL_COLUMNS, Math.ceil(cells.count / MAX_ROWS)),
    );
    const { width, height } = atlasSize(cells.count, columns);
    const byteLength = width * height * channels;
    const memory = this.#take(byteLength);
    const atlas: RawFrame = { data: memory.subarray(0, byteLength), width, height, channels };
    const copy = runCopier(frame, atlas);
    for (const run of cellRuns(cells.marks, cells.columns, columns)) copy(run);
    fillLastRow(atlas, cells.count, columns);
    return { frame: atlas, columns, release: () => this.#giveBack(memory) };
  }

  /** Frees the memory that waits to be reused. */
  trim(): void {
    this.#free = [];
  }

  #take(byteLength: number): Uint8Array {
    const at = this.#free.findIndex((memory) => memory.byteLength >= byteLength);
    const [found] = at < 0 ? [] : this.#free.splice(at, 1);
    return found ?? this.#memory.allocate(byteLength);
  }

  #giveBack(memory: Uint8Array): void {
    this.#free = [memory, ...this.#free].slice(0, 2);
  }
}

/** Copies runs of cells from a frame to an atlas: as words where all rows begin at one. */
function runCopier(frame: RawFrame, atlas: RawFrame): (run: CellRun) => void {
  const { channels, height, width } = frame;
  const from = { bytes: frame.data, row: width * channels };
  const to = { bytes: atlas.data, row: atlas.width * channels };
  const cellBytes = CELL_SIZE * channels;
  const [fromWords, toWords] = [wordsOver(from.bytes), wordsOver(to.bytes)];
  const hasWords = fromWords !== undefined && toWords !== undefined && from.row % WORD_BYTES === 0;
  return ({ atlasColumn, atlasRow, column, length, row }) => {
    const across = Math.min(length * CELL_SIZE, width - column * CELL_SIZE);
    const down = Math.min(CELL_SIZE, height - row * CELL_SIZE);
    const source = row * CELL_SIZE * from.row + column * cellBytes;
    const target = atlasRow * CELL_SIZE * to.row + atlasColumn * cellBytes;
    if (hasWords && across === length * CELL_SIZE) {
      copyWords(fromWords, toWords, {
        source: source / WORD_BYTES,
        target: target / WORD_BYTES,
        fromRow: from.row / WORD_BYTES,
        toRow: to.row / WORD_BYTES,
        words: (length * cellBytes) / WORD_BYTES,
        rows: down,
      });
    } else {
      for (let line = 0; line < down; line++) {
        const begin = source + line * from.row;
        const end = begin + across * channels;
        const into = target + line * to.row;
        to.bytes.set(from.bytes.subarray(begin, end), into);
        repeatPixel(to.bytes, into + across * channels, into + length * cellBytes, channels);
      }
    }
    const last = target + (down - 1) * to.row;
    for (let line = down; line < CELL_SIZE; line++) {
      to.bytes.copyWithin(target + line * to.row, last, last + length * cellBytes);
    }
  };
}

/** A block of rows of words, and where it goes. */
interface WordBlock {
  readonly source: number;
  readonly target: number;
  readonly fromRow: number;
  readonly toRow: number;
  readonly words: number;
  readonly rows: number;
}

/** A loop over words: most runs are so short that calls take longer. */
function copyWords(
  from: Int32Array,
  to: Int32Array,
  { source, target, fromRow, toRow, words, rows }: WordBlock,
): void {
  for (let row = 0; row < rows; row++) {
    const begin = source + row * fromRow;
    const into = target + row * toRow;
    for (let word = 0; word < words; word++) to[into + word] = from[begin + word] ?? 0;
  }
}

/** Fills what the last row of cells leaves over with its last pixels. */
function fillLastRow(
  { channels, data, width, height }: RawFrame,
  count: number,
  columns: number,
): void {
  const used = count % columns;
  if (used === 0) return;
  const rowBytes = width * channels;
  for (let row = height - CELL_SIZE; row < height; row++) {
    const begin = row * rowBytes;
    repeatPixel(data, begin + used * CELL_SIZE * channels, begin + rowBytes, channels);
  }
}

/** Repeats the pixel before `begin` up to `end`. */
function repeatPixel(bytes: Uint8Array, begin: number, end: number, channels: number): void {
  for (let at = begin; at < end; at++) bytes[at] = bytes[at - channels] ?? 0;
}

function wordsOver({ buffer, byteLength, byteOffset }: Uint8Array): Int32Array | undefined {
  if (byteOffset % WORD_BYTES !== 0) return undefined;
  return new Int32Array(buffer, byteOffset, Math.floor(byteLength / WORD_BYTES));
}
