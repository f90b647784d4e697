import {
  addRun,
  bandsToRects,
  CELL_SIZE,
  cellsOver,
  removeRun,
  type Band,
  type Run,
} from "./bands";
import { addCells, mapOfBands, type CellMap } from "./cellMap";
import { totalArea, type Rect } from "./rects";

/** The lossy share of a picture above which one rectangle covers it all. */
export const WHOLE_SHARE = 0.75;

/**
 * The part of the shown picture that isn't exact yet, in cells of {@link CELL_SIZE} pixels: the
 * lossless redraw sends it.
 */
export class LossyRegion {
  #width = 0;
  #height = 0;
  #bands: Band[] = [];

  /** Whether every pixel is exact. */
  get isEmpty(): boolean {
    return this.#bands.every((band) => band.length === 0);
  }

  /** A whole picture was sent lossy. Sets the picture's size. */
  markWhole(width: number, height: number): void {
    this.#setSize(width, height);
    this.mark([{ x: 0, y: 0, width, height }]);
  }

  /** Parts of the picture were sent lossy. */
  mark(rects: readonly Rect[]): void {
    for (const rect of rects) {
      const run = { start: Math.floor(rect.x / CELL_SIZE), end: cellsOver(rect.x + rect.width) };
      this.#change(Math.floor(rect.y / CELL_SIZE), cellsOver(rect.y + rect.height), run, addRun);
    }
  }

  /** A whole picture was sent lossless. Sets the picture's size. */
  clear(width: number, height: number): void {
    this.#setSize(width, height);
  }

  /** Parts of the picture were sent lossless. A cell that they cover only in part stays lossy. */
  clearRects(rects: readonly Rect[]): void {
    for (const rect of rects) {
      const run = {
        start: cellsOver(rect.x),
        end: lastWholeCell(rect.x + rect.width, this.#width),
      };
      if (run.start >= run.end) continue;
      const end = lastWholeCell(rect.y + rect.height, this.#height);
      this.#change(cellsOver(rect.y), end, run, removeRun);
    }
  }

  /** Cells were sent lossy. */
  markCells(cells: CellMap): void {
    this.#bands = addCells(this.#bands, cells);
  }

  /** Cells were sent lossless. */
  clearCells(cells: CellMap): void {
    cells.bands().forEach((band, row) => {
      for (const run of band) this.#change(row, row + 1, run, removeRun);
    });
  }

  /** All lossy cells. */
  cells(): CellMap {
    return mapOfBands(this.#bands, this.#width);
  }

  /**
   * A few rectangles that don't overlap and cover all lossy cells, and others where that costs less
   * than another rectangle.
   *
   * @returns one rectangle over the whole picture when most of it is lossy; none when nothing is
   */
  rects(): readonly Rect[] {
    const rects = bandsToRects(this.#bands, this.#width, this.#height);
    return totalArea(rects) > WHOLE_SHARE * this.#width * this.#height
      ? [{ x: 0, y: 0, width: this.#width, height: this.#height }]
      : rects;
  }

  #setSize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.#bands = Array.from({ length: cellsOver(height) }, () => []);
  }

  #change(from: number, to: number, run: Run, how: (band: Band, run: Run) => Band): void {
    for (let index = from; index < to; index++) {
      const band = this.#bands[index];
      if (band !== undefined) this.#bands[index] = how(band, run);
    }
  }
}

/**
 * The end of the whole cells in a part that ends at this pixel. The picture's last cell may be
 * narrower.
 */
function lastWholeCell(end: number, side: number): number {
  return end >= side ? cellsOver(side) : Math.floor(end / CELL_SIZE);
}
