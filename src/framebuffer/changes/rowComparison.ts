import type { RangeDiffers } from "../runtime";
import type { RawFrame } from "../source/frame";
import { addRun, CELL_SIZE, cellsOver, limitRuns, type Band } from "./bands";
import { MAX_RECTS } from "./rects";

/** How the colours of RGBA frames are compared, as alpha is never shown. */
interface ColorComparison {
  readonly colorsDiffer: RangeDiffers;
  /** Whether all parts are compared by colour; otherwise only the cells that were found. */
  readonly isExact: boolean;
}

/** Compares rows of two frames of the same layout. */
export class RowComparison {
  readonly width: number;
  readonly height: number;
  readonly #bytesDiffer: RangeDiffers;
  readonly #differs: RangeDiffers;
  readonly #colors: ColorComparison | undefined;
  readonly #rowBytes: number;
  readonly #cellBytes: number;
  readonly #cells: number;
  #count = 0;
  #foundAlphaAlone = false;

  constructor(
    { width, height, channels }: RawFrame,
    bytesDiffer: RangeDiffers,
    colors?: ColorComparison,
  ) {
    this.width = width;
    this.height = height;
    this.#bytesDiffer = bytesDiffer;
    this.#colors = colors;
    this.#differs =
      colors?.isExact === true
        ? (begin, end) => bytesDiffer(begin, end) && colors.colorsDiffer(begin, end)
        : bytesDiffer;
    this.#rowBytes = width * channels;
    this.#cellBytes = CELL_SIZE * channels;
    this.#cells = cellsOver(width);
  }

  /** Whether a cell was found that differs in alpha only: the bytes tell too little. */
  get foundAlphaAlone(): boolean {
    return this.#foundAlphaAlone;
  }

  /** How many comparisons were made. */
  get count(): number {
    return this.#count;
  }

  /**
   * The cells of some rows in which a pixel differs. If they form many runs, also some cells
   * between these.
   */
  band(top: number, bottom: number): Band {
    this.#count += 1;
    if (!this.#bytesDiffer(top * this.#rowBytes, bottom * this.#rowBytes)) return [];
    let band: Band = [];
    for (let row = top; row < bottom; row++) {
      let free = 0;
      // Cells that differ in the rows above are known already: only those between them are
      // searched.
      for (const { start, end } of band) {
        band = this.#addDifferent(band, row, free, start);
        free = end;
      }
      band = limitRuns(this.#addDifferent(band, row, free, this.#cells), MAX_RECTS);
    }
    return band;
  }

  /** Adds the cells of a row from `from` up to but not including `to` that differ. */
  #addDifferent(band: Band, row: number, from: number, to: number): Band {
    let added = band;
    let free = from;
    for (let found = 0; free < to && this.#differ(row, free, to); found++) {
      const start = this.#first(row, free, to);
      this.#checkColors(row, start);
      if (found === MAX_RECTS) {
        // Enough runs: the rest becomes one.
        const last = this.#last(row, start, to);
        this.#checkColors(row, last);
        return addRun(added, { start, end: last + 1 });
      }
      let end = start + 1;
      while (end < to && this.#differ(row, end, end + 1)) this.#checkColors(row, end++);
      added = addRun(added, { start, end });
      free = end + 1;
    }
    return added;
  }

  /** The first cell that differs; one must. */
  #first(row: number, from: number, to: number): number {
    let start = from;
    let end = to;
    while (end - start > 1) {
      const middle = (start + end) >> 1;
      if (this.#differ(row, start, middle)) end = middle;
      else start = middle;
    }
    return start;
  }

  /** The last cell that differs; one must. */
  #last(row: number, from: number, to: number): number {
    let start = from;
    let end = to;
    while (end - start > 1) {
      const middle = (start + end) >> 1;
      if (this.#differ(row, middle, end)) start = middle;
      else end = middle;
    }
    return start;
  }

  #differ(row: number, from: number, to: number): boolean {
    this.#count += 1;
    return this.#compare(this.#differs, row, from, to);
  }

  /** A cell was found to differ: in colour too? */
  #checkColors(row: number, cell: number): void {
    if (this.#colors === undefined || this.#colors.isExact) return;
    if (!this.#compare(this.#colors.colorsDiffer, row, cell, cell + 1))
      this.#foundAlphaAlone = true;
  }

  #compare(differs: RangeDiffers, row: number, from: number, to: number): boolean {
    const begin = row * this.#rowBytes;
    const end = begin + Math.min(this.#rowBytes, to * this.#cellBytes);
    return differs(begin + from * this.#cellBytes, end);
  }
}
