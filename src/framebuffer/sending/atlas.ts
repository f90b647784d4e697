/** Packs cells of a frame into one image. */
import { atlasSize, cellRuns, type CellRun } from "../../protocol/atlas";
import { CELL_SIZE } from "../changes/bands";
import type { CellMap } from "../changes/cellMap";
import type { Memory } from "../runtime";
import type { RawFrame } from "../source/frame";

/** The most cells in a row of an atlas: rows of 1024 pixels. */
const USUAL_COLUMNS = 64;

/** The most rows of cells: 16 383 pixels are the most that WebP encoders take. */
const MAX_ROWS = 1023;

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
  /** Free memory, for two atlases: no more frames are usually encoded at a time. */
  #free: Uint8Array[] = [];

  constructor(memory: Pick<Memory, "allocate">) {
    this.#memory = memory;
  }

  /**
   * Copies cells of a frame into an atlas. Pixels outside the picture, and those after the atlas's
   * last cell, repeat their neighbours, so that JPEG's blocks have no edge there.
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
    // A kept frame counts each read of its pixels: read them once for all runs.
    const pixels: RawFrame = {
      data: frame.data,
      width: frame.width,
      height: frame.height,
      channels,
    };
    for (const run of cellRuns(cells.marks, cells.columns, columns)) copyRun(pixels, atlas, run);
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

/** Copies a run of cells from a frame to an atlas. */
function copyRun(
  frame: RawFrame,
  atlas: RawFrame,
  { atlasColumn, atlasRow, column, length, row }: CellRun,
): void {
  const { channels, height, width } = frame;
  const [fromRow, toRow] = [width * channels, atlas.width * channels];
  const cellBytes = CELL_SIZE * channels;
  const across = Math.min(length * CELL_SIZE, width - column * CELL_SIZE) * channels;
  const down = Math.min(CELL_SIZE, height - row * CELL_SIZE);
  const source = row * CELL_SIZE * fromRow + column * cellBytes;
  const target = atlasRow * CELL_SIZE * toRow + atlasColumn * cellBytes;
  for (let line = 0; line < down; line++) {
    const begin = source + line * fromRow;
    const into = target + line * toRow;
    atlas.data.set(frame.data.subarray(begin, begin + across), into);
    repeatPixel(atlas.data, into + across, into + length * cellBytes, channels);
  }
  const last = target + (down - 1) * toRow;
  for (let line = down; line < CELL_SIZE; line++) {
    atlas.data.copyWithin(target + line * toRow, last, last + length * cellBytes);
  }
}

/** Fills the rest of the last row of cells with the last pixels of the last cell. */
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
