import type { Clock } from "../runtime";
import {
  bandsToRects,
  CELL_SIZE,
  cellsCovered,
  cellsOver,
  cellsTouched,
  type Band,
  type CellRange,
  type Run,
} from "./bands";
import { CellMap } from "./cellMap";
import { totalArea, type Rect } from "./rects";
import { settledRects, type SettledLimits, type SettledRects } from "./settledRects";

/** The lossy share of a picture above which one rectangle covers it all. */
export const WHOLE_SHARE = 0.75;

/** Ticks in a second: the resolution of the times below. */
const TICKS = 20;

/**
 * The part of the shown picture that isn't exact yet, in cells of {@link CELL_SIZE} pixels, and
 * since when: lossless redraws send it.
 */
export class LossyRegion {
  readonly #clock: Pick<Clock, "monotonic">;
  #width = 0;
  #height = 0;
  #columns = 0;
  /** For each cell, row by row, the tick in which it was last sent lossy; 0 for an exact one. */
  #sentAt = new Uint32Array();
  /** The number of lossy cells. */
  #count = 0;
  /** No lossy cell was sent in an earlier tick. */
  #oldest = 0;
  /** The tick in which a cell was last sent lossy. */
  #newest = 0;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** Whether every pixel is exact. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** A whole picture was sent lossy. Sets the picture's size. */
  markWhole(width: number, height: number): void {
    this.#setSize(width, height);
    this.#oldest = this.#newest = this.#now;
    this.#sentAt.fill(this.#newest);
    this.#count = this.#sentAt.length;
  }

  /** Parts of the picture were sent lossy. */
  mark(rects: readonly Rect[]): void {
    const now = this.#now;
    for (const rect of rects) this.#set(cellsTouched(rect), now);
  }

  /** A whole picture was sent lossless. Sets the picture's size. */
  clear(width: number, height: number): void {
    this.#setSize(width, height);
    this.#sentAt.fill(0);
    this.#count = 0;
  }

  /** Parts of the picture were sent lossless. A cell that they cover only in part stays lossy. */
  clearRects(rects: readonly Rect[]): void {
    const picture = { width: this.#width, height: this.#height };
    for (const rect of rects) this.#set(cellsCovered(rect, picture), 0);
  }

  /** Cells were sent, lossy or lossless. */
  setCells({ marks }: CellMap, isLossy: boolean): void {
    const tick = isLossy ? this.#now : 0;
    marks.forEach((mark, cell) => {
      if (mark !== 0) this.#setCell(cell, tick);
    });
  }

  /** All lossy cells. */
  cells(): CellMap {
    return new CellMap(
      Uint8Array.from(this.#sentAt, (tick) => Math.min(tick, 1)),
      this.#columns,
    );
  }

  /**
   * A few rectangles that don't overlap and cover all lossy cells, and others where that costs less
   * than another rectangle.
   *
   * @returns one rectangle over the whole picture when most of it is lossy; none when nothing is
   */
  rects(): readonly Rect[] {
    const bands: Band[] = [];
    for (let start = 0; start < this.#sentAt.length; start += this.#columns) {
      bands.push(lossyRuns(this.#sentAt.subarray(start, start + this.#columns)));
    }
    const rects = bandsToRects(bands, this.#width, this.#height);
    return totalArea(rects) > WHOLE_SHARE * this.#width * this.#height
      ? [{ x: 0, y: 0, width: this.#width, height: this.#height }]
      : rects;
  }

  /**
   * Rectangles over lossy cells that weren't sent again while others were, for so many seconds or
   * up to two ticks longer. They don't overlap, and cover no lossy cell that was sent later. Time
   * in which nothing was sent doesn't count: while a program computes for long, or an encoder is
   * slow, it isn't known what rests.
   */
  settledRects(seconds: number, limits: SettledLimits): SettledRects {
    const settledAt = this.#newest - 1 - Math.ceil(seconds * TICKS);
    const nothing = { rects: [], isAll: true, nextTile: limits.firstTile };
    if (this.#count === 0 || this.#oldest > settledAt) return nothing;
    const map = { columns: this.#columns, sentAt: this.#sentAt };
    const found = settledRects(map, settledAt, limits);
    if (found.rects.length === 0) this.#oldest = this.#findOldest();
    return { ...found, rects: found.rects.map((cells) => this.#toPixels(cells)) };
  }

  get #now(): number {
    return Math.floor(this.#clock.monotonic() * TICKS) + 1;
  }

  #setSize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.#columns = cellsOver(width);
    const length = this.#columns * cellsOver(height);
    if (this.#sentAt.length !== length) this.#sentAt = new Uint32Array(length);
  }

  #set({ columns, rows }: CellRange, tick: number): void {
    const end = Math.min(columns.end, this.#columns);
    const bottom = Math.min(rows.end * this.#columns, this.#sentAt.length);
    for (let row = rows.start * this.#columns; row < bottom; row += this.#columns) {
      for (let cell = row + columns.start; cell < row + end; cell++) this.#setCell(cell, tick);
    }
  }

  #setCell(cell: number, tick: number): void {
    const wasLossy = this.#sentAt[cell] !== 0;
    if (tick !== 0 && this.#count === 0) this.#oldest = tick;
    if (tick !== 0) this.#newest = tick;
    this.#count += Number(tick !== 0) - Number(wasLossy);
    this.#sentAt[cell] = tick;
  }

  #findOldest(): number {
    let oldest = Infinity;
    for (const tick of this.#sentAt) if (tick !== 0 && tick < oldest) oldest = tick;
    return oldest;
  }

  #toPixels(cells: Rect): Rect {
    const x = cells.x * CELL_SIZE;
    const y = cells.y * CELL_SIZE;
    const width = Math.min(cells.width * CELL_SIZE, this.#width - x);
    const height = Math.min(cells.height * CELL_SIZE, this.#height - y);
    return { x, y, width, height };
  }
}

function lossyRuns(row: Uint32Array): Band {
  const runs: Run[] = [];
  for (let cell = 0; cell < row.length; cell++) {
    if (row[cell] === 0) continue;
    const start = cell;
    while (cell < row.length && row[cell] !== 0) cell++;
    runs.push({ start, end: cell });
  }
  return runs;
}
