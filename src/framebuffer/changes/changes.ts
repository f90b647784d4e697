import {
  addRun,
  bandsToRects,
  CELL_SIZE,
  cellsOver,
  countCells,
  limitRuns,
  type Band,
} from "./bands";
import type { RawFrame } from "../source/frame";
import { MAX_RECTS, RECT_COST, totalArea, type Rect } from "./rects";

/**
 * What changed from one frame to the next: nothing; so much, or the layout, that a whole picture is to be sent; or rectangles that do
 * not overlap and together hold every pixel that changed.
 */
export type Changes = "equal" | "everything" | readonly Rect[];

/**
 * The share of a picture from which on patches are not worth their while. Up to there they save more of the encoding and decoding
 * than it costs to find and to copy them, which is as much as for about a tenth of a picture, and some more is left for what a
 * picture of patches costs later.
 */
export const MAX_CHANGED_SHARE = 0.75;

/** After so many frames in a row that changed everywhere, frames are taken as changed everywhere without a look. */
export const FRUITLESS_FRAMES = 8;

/** Most frames that are taken as changed everywhere without a look, before the next is looked at. */
export const MAX_UNSEEN_FRAMES = 32;

/**
 * Comparisons of memory for each row of pixels, besides one for each cell, after which the frames are taken as changed everywhere: where
 * that many are needed, changes are strewn over the picture, and each takes 0.15 us to find.
 */
const COMPARISONS_PER_ROW = 2;

/** Pixels looked at before all others, in columns and rows over the picture. */
const SAMPLES = { columns: 32, rows: 18 } as const;

/**
 * Finds what changed between frames, a whole row of pixels at a time: comparing memory takes Node a fifth of the time that a loop over
 * words does, and a call 0.15 us. So rows that are equal cost next to nothing, and in the others the places are found by halving.
 *
 * It turns itself off while it does not pay: after {@link FRUITLESS_FRAMES} frames that changed everywhere, the next 1, then 2, 4 and
 * so on up to {@link MAX_UNSEEN_FRAMES} frames are not compared between two that are. A frame that changed in parts or not at all
 * ends that. A frame that was not compared may well equal the one before; it is then sent, which does no harm.
 */
export class ChangeDetector {
  /** Frames in a row that were compared and had changed everywhere. */
  #fruitless = 0;
  /** Frames still to be passed without a look. */
  #unseen = 0;

  /**
   * Compares two frames.
   *
   * @returns "everything" also when it did not look
   */
  find(before: RawFrame, after: RawFrame): Changes {
    if (!sameLayout(before, after)) return "everything";
    if (this.#unseen > 0) {
      this.#unseen -= 1;
      return "everything";
    }
    const changes = compareFrames(before, after);
    if (changes === "everything") {
      this.#fruitless += 1;
      const over = this.#fruitless - FRUITLESS_FRAMES;
      if (over >= 0) this.#unseen = Math.min(2 ** over, MAX_UNSEEN_FRAMES);
    } else {
      this.#fruitless = 0;
    }
    return changes;
  }
}

/** Whether two frames have the same size and channels, so that a part of one can stand in the other. */
export function sameLayout(one: RawFrame, other: RawFrame): boolean {
  return (
    one.width === other.width && one.height === other.height && one.channels === other.channels
  );
}

/** Compares two frames of the same layout, always. */
export function compareFrames(before: RawFrame, after: RawFrame): Changes {
  if (mostSamplesDiffer(before, after)) return "everything";
  const { width, height } = after;
  const comparison = new RowComparison(before, after);
  const allCells = cellsOver(width) * cellsOver(height);
  const mostComparisons = allCells + COMPARISONS_PER_ROW * height;
  const bands: Band[] = [];
  let cells = 0;
  for (let top = 0; top < height; top += CELL_SIZE) {
    const band = comparison.band(top, Math.min(height, top + CELL_SIZE));
    bands.push(band);
    cells += countCells(band);
    if (cells > allCells * MAX_CHANGED_SHARE) return "everything";
    if (comparison.count > mostComparisons) return "everything";
  }
  if (cells === 0) return "equal";
  const rects = bandsToRects(bands, width, height);
  const cost = totalArea(rects) + (rects.length - 1) * RECT_COST;
  return cost > width * height * MAX_CHANGED_SHARE ? "everything" : rects;
}

/** A quick look that finds most frames that changed everywhere: a few hundred pixels spread over the picture. */
function mostSamplesDiffer(before: RawFrame, after: RawFrame): boolean {
  const { width, height, channels } = after;
  let different = 0;
  for (let row = 0; row < SAMPLES.rows; row++) {
    const y = Math.floor(((row + 0.5) * height) / SAMPLES.rows);
    for (let column = 0; column < SAMPLES.columns; column++) {
      const x = Math.floor(((column + 0.5) * width) / SAMPLES.columns);
      const at = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        if (before.data[at + channel] !== after.data[at + channel]) {
          different += 1;
          break;
        }
      }
    }
  }
  return different > SAMPLES.rows * SAMPLES.columns * MAX_CHANGED_SHARE;
}

/** Compares rows of two frames of the same layout. */
class RowComparison {
  readonly #before: Buffer;
  readonly #after: Buffer;
  readonly #rowBytes: number;
  readonly #cellBytes: number;
  readonly #cells: number;
  #count = 0;

  constructor(before: RawFrame, after: RawFrame) {
    this.#before = bufferOver(before.data);
    this.#after = bufferOver(after.data);
    this.#rowBytes = after.width * after.channels;
    this.#cellBytes = CELL_SIZE * after.channels;
    this.#cells = cellsOver(after.width);
  }

  /** How often memory was compared. */
  get count(): number {
    return this.#count;
  }

  /** The cells of some rows in which a pixel differs; where there are many runs, also some between them. */
  band(top: number, bottom: number): Band {
    if (!this.#bytesDiffer(top * this.#rowBytes, bottom * this.#rowBytes)) return [];
    let band: Band = [];
    for (let row = top; row < bottom; row++) {
      let free = 0;
      // What is found in this row must not be looked through again: the runs of the rows above.
      for (const { start, end } of band) {
        band = this.#addDifferent(band, row, free, start);
        free = end;
      }
      band = limitRuns(this.#addDifferent(band, row, free, this.#cells), MAX_RECTS);
    }
    return band;
  }

  /** Adds the cells between two that differ in a row. */
  #addDifferent(band: Band, row: number, from: number, to: number): Band {
    let added = band;
    let free = from;
    for (let found = 0; free < to && this.#differ(row, free, to); found++) {
      const start = this.#first(row, free, to);
      if (found === MAX_RECTS) {
        // Too many to be told apart: the rest as one.
        return addRun(added, { start, end: this.#last(row, start, to) + 1 });
      }
      let end = start + 1;
      while (end < to && this.#differ(row, end, end + 1)) end++;
      added = addRun(added, { start, end });
      free = end + 1;
    }
    return added;
  }

  /** The first cell that differs, where one does. */
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

  /** The last cell that differs, where one does. */
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
    const begin = row * this.#rowBytes;
    return this.#bytesDiffer(
      begin + from * this.#cellBytes,
      begin + Math.min(this.#rowBytes, to * this.#cellBytes),
    );
  }

  #bytesDiffer(begin: number, end: number): boolean {
    this.#count += 1;
    return this.#after.compare(this.#before, begin, end, begin, end) !== 0;
  }
}

/** The same bytes as a Buffer, also where threads share them. */
function bufferOver(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
