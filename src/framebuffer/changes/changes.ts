import type { Memory, RangeDiffers } from "../runtime";
import type { RawFrame } from "../source/frame";
import {
  addRun,
  bandsToRects,
  CELL_SIZE,
  cellsOver,
  countCells,
  limitRuns,
  type Band,
} from "./bands";
import { MAX_RECTS, RECT_COST, totalArea, type Rect } from "./rects";

/**
 * What changed from one frame to the next: nothing ("equal"); so much, or the layout, that the
 * whole picture must be sent ("everything"); or rectangles that don't overlap and together cover
 * every changed pixel.
 */
export type Changes = "equal" | "everything" | readonly Rect[];

/**
 * The changed share of a picture above which patches don't pay. Finding and copying them costs as
 * much as encoding and decoding about a tenth of the picture; the rest is reserve for what patches
 * cost later.
 */
export const MAX_CHANGED_SHARE = 0.75;

/** After this many frames in a row that changed everywhere, the next ones aren't compared. */
export const FRUITLESS_FRAMES = 8;

/** The most frames that aren't compared between two that are. */
export const MAX_UNSEEN_FRAMES = 32;

/**
 * Comparisons for each row of pixels, in addition to one for each cell, after which the frames
 * count as changed everywhere. Small changes that are spread over the picture need that many, of
 * 0.15 us each.
 */
const COMPARISONS_PER_ROW = 2;

/** Pixels that are compared first, in columns and rows over the picture. */
const SAMPLES = { columns: 32, rows: 18 } as const;

/**
 * Finds what changed between frames. It compares whole bands of rows at a time, which runtimes do
 * fast, so that equal ones cost little more than reading them once, and finds the changed places in
 * the others by halving.
 *
 * It pauses while comparing doesn't pay: after {@link FRUITLESS_FRAMES} frames that changed
 * everywhere, it skips 1 frame, compares one, skips 2, then 4 and so on up to
 * {@link MAX_UNSEEN_FRAMES}, until a frame changed in parts or not at all. A skipped frame that
 * equals the one before is sent, which does no harm.
 */
export class ChangeDetector {
  readonly #memory: Pick<Memory, "compare">;
  /** Compared frames in a row that changed everywhere. */
  #fruitless = 0;
  /** How many frames are still to be skipped. */
  #unseen = 0;

  constructor(memory: Pick<Memory, "compare">) {
    this.#memory = memory;
  }

  /**
   * Compares two frames.
   *
   * @returns "everything" also for a frame that is skipped
   */
  find(before: RawFrame, after: RawFrame): Changes {
    if (!sameLayout(before, after)) return "everything";
    if (this.#unseen > 0) {
      this.#unseen -= 1;
      return "everything";
    }
    const changes = compareFrames(before, after, this.#memory);
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

/**
 * Whether two frames have the same size and channels, so that a part of one fits into the other.
 */
export function sameLayout(one: RawFrame, other: RawFrame): boolean {
  return (
    one.width === other.width && one.height === other.height && one.channels === other.channels
  );
}

/** Compares two frames of the same layout. */
export function compareFrames(
  before: RawFrame,
  after: RawFrame,
  memory: Pick<Memory, "compare">,
): Changes {
  if (mostSamplesDiffer(before, after)) return "everything";
  const { width, height } = after;
  const comparison = new RowComparison(after, memory.compare(before.data, after.data));
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

/**
 * Compares a few hundred pixels spread over the picture: this finds most frames that changed
 * everywhere.
 */
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
  readonly #differs: RangeDiffers;
  readonly #rowBytes: number;
  readonly #cellBytes: number;
  readonly #cells: number;
  #count = 0;

  constructor({ width, channels }: RawFrame, differs: RangeDiffers) {
    this.#differs = differs;
    this.#rowBytes = width * channels;
    this.#cellBytes = CELL_SIZE * channels;
    this.#cells = cellsOver(width);
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
      if (found === MAX_RECTS) {
        // Enough runs: the rest becomes one.
        return addRun(added, { start, end: this.#last(row, start, to) + 1 });
      }
      let end = start + 1;
      while (end < to && this.#differ(row, end, end + 1)) end++;
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
    const begin = row * this.#rowBytes;
    return this.#bytesDiffer(
      begin + from * this.#cellBytes,
      begin + Math.min(this.#rowBytes, to * this.#cellBytes),
    );
  }

  #bytesDiffer(begin: number, end: number): boolean {
    this.#count += 1;
    return this.#differs(begin, end);
  }
}
