import { isDetached } from "../../protocol/detached";
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
import { compareColors } from "./colors";
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
   * @returns "everything" also for a frame that is skipped, or whose memory is gone
   */
  find(before: RawFrame, after: RawFrame): Changes {
    if (!sameLayout(before, after)) return "everything";
    if (isDetached(before.data) || isDetached(after.data)) return "everything";
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

/** Compares two frames of the same layout. Alpha is never shown, so it is ignored. */
export function compareFrames(
  before: RawFrame,
  after: RawFrame,
  memory: Pick<Memory, "compare">,
): Changes {
  if (mostSamplesDiffer(before, after)) return "everything";
  const bytesDiffer = memory.compare(before.data, after.data);
  if (after.channels !== 4) return compareRows(new RowComparison(after, bytesDiffer));
  const colorsDiffer = compareColors(before.data, after.data);
  // Hardly any frames differ in alpha alone, and bytes are compared faster.
  const byBytes = new RowComparison(after, bytesDiffer, { colorsDiffer, isExact: false });
  const changes = compareRows(byBytes);
  if (!byBytes.foundAlphaAlone) return changes;
  return compareRows(new RowComparison(after, bytesDiffer, { colorsDiffer, isExact: true }));
}

/** @returns anything as soon as {@link RowComparison.foundAlphaAlone} */
function compareRows(comparison: RowComparison): Changes {
  const { width, height } = comparison;
  const allCells = cellsOver(width) * cellsOver(height);
  const mostComparisons = allCells + COMPARISONS_PER_ROW * height;
  const bands: Band[] = [];
  let cells = 0;
  for (let top = 0; top < height; top += CELL_SIZE) {
    const band = comparison.band(top, Math.min(height, top + CELL_SIZE));
    bands.push(band);
    cells += countCells(band);
    if (comparison.foundAlphaAlone) return "everything";
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
  const colors = Math.min(channels, 3);
  let different = 0;
  for (let row = 0; row < SAMPLES.rows; row++) {
    const y = Math.floor(((row + 0.5) * height) / SAMPLES.rows);
    for (let column = 0; column < SAMPLES.columns; column++) {
      const x = Math.floor(((column + 0.5) * width) / SAMPLES.columns);
      const at = (y * width + x) * channels;
      for (let channel = 0; channel < colors; channel++) {
        if (before.data[at + channel] !== after.data[at + channel]) {
          different += 1;
          break;
        }
      }
    }
  }
  return different > SAMPLES.rows * SAMPLES.columns * MAX_CHANGED_SHARE;
}

/** How the colours of RGBA frames are compared, as alpha is never shown. */
interface ColorComparison {
  readonly colorsDiffer: RangeDiffers;
  /** Whether all parts are compared by colour; otherwise only the cells that were found. */
  readonly isExact: boolean;
}

/** Compares rows of two frames of the same layout. */
class RowComparison {
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
