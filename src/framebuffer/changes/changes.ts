import { isDetached } from "../../protocol/detached";
import type { Memory, RangeDiffers } from "../runtime";
import type { RawFrame } from "../source/frame";
import { bandsToRects, CELL_SIZE, cellsOver, countCells, type Band } from "./bands";
import type { CellMap } from "./cellMap";
import { compareColors } from "./colors";
import { findCells } from "./findCells";
import { RECT_COST, totalArea, type Rect } from "./rects";
import { RowComparison } from "./rowComparison";

/**
 * What changed from one frame to the next: nothing ("equal"); so much, or the layout, that the
 * whole picture must be sent ("everything"); rectangles that don't overlap and together cover every
 * changed pixel; or, where few rectangles would cover most of the picture, the cells that changed.
 */
export type Changes = "equal" | "everything" | readonly Rect[] | CellMap;

/** Changes that are a few rectangles, or everything. */
type FewChanges = Exclude<Changes, CellMap>;

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

/**
 * If the changes before were scattered over the picture, and a row of cells has more runs than this
 * on average, no rectangles are searched for: that would take half a millisecond.
 */
const SCATTERED_RUNS = 4;

/** Pixels that are compared first, in columns and rows over the picture. */
const SAMPLES = { columns: 32, rows: 18 } as const;

/**
 * Finds what changed between frames. It compares whole bands of rows at a time, which runtimes do
 * fast, so that equal ones cost little more than reading them once, and finds the changed places in
 * the others by halving.
 *
 * Where changes are scattered over the picture, it finds the cells by reading both frames once, and
 * begins with that for the next frame.
 *
 * It pauses while comparing doesn't pay: after {@link FRUITLESS_FRAMES} frames that changed
 * everywhere, or whose cells were not used, it skips 1 frame, compares one, skips 2, then 4 and so
 * on up to {@link MAX_UNSEEN_FRAMES}, until a frame changed in parts or not at all. A skipped frame
 * that equals the one before is sent, which does no harm.
 */
export class ChangeDetector {
  readonly #memory: Pick<Memory, "compare">;
  /** Compared frames in a row that changed everywhere. */
  #fruitless = 0;
  /** How many frames are still to be skipped. */
  #unseen = 0;
  /** Whether the last comparison found cells scattered over the picture. */
  #wereScattered = false;

  constructor(memory: Pick<Memory, "compare">) {
    this.#memory = memory;
  }

  /**
   * Compares two frames.
   *
   * @param wantsCells - whether the cells of scattered changes are of use. A caller that uses them
   *   calls {@link cellsUsed}.
   * @returns "everything" also for a frame that is skipped, or whose memory is gone
   */
  find(before: RawFrame, after: RawFrame, wantsCells = false): Changes {
    if (!sameLayout(before, after)) return "everything";
    if (isDetached(before.data) || isDetached(after.data)) return "everything";
    if (this.#unseen > 0) {
      this.#unseen -= 1;
      return "everything";
    }
    const changes = wantsCells
      ? compareScattered(before, after, this.#memory, this.#wereScattered)
      : compareFrames(before, after, this.#memory);
    const hasCells = isCellMap(changes);
    this.#wereScattered = hasCells;
    if (hasCells || changes === "everything") {
      this.#fruitless += 1;
      const over = this.#fruitless - FRUITLESS_FRAMES;
      if (over >= 0) this.#unseen = Math.min(2 ** over, MAX_UNSEEN_FRAMES);
    } else {
      this.#fruitless = 0;
    }
    return changes;
  }

  /** The cells that were found are sent: comparing pays. */
  cellsUsed(): void {
    this.#fruitless = 0;
    this.#unseen = 0;
  }
}

/** Whether changes are cells scattered over the picture. */
export function isCellMap(changes: Changes): changes is CellMap {
  return typeof changes === "object" && "marks" in changes;
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
): FewChanges {
  if (mostSamplesDiffer(before, after)) return "everything";
  return compareByHalves(before, after, memory.compare(before.data, after.data));
}

/**
 * As {@link compareFrames}, but finds the cells of changes that are scattered over the picture.
 *
 * @param wereScattered - whether they were before, and probably are: then the search by halves,
 *   which is faster where little changed, is left out
 */
export function compareScattered(
  before: RawFrame,
  after: RawFrame,
  memory: Pick<Memory, "compare">,
  wereScattered = false,
): Changes {
  if (mostSamplesDiffer(before, after)) return "everything";
  const bytesDiffer = memory.compare(before.data, after.data);
  if (!wereScattered) {
    const changes = compareByHalves(before, after, bytesDiffer);
    if (changes !== "everything") return changes;
  } else if (!bytesDiffer(0, after.data.length)) {
    return "equal";
  }
  return compareByCells(before, after, bytesDiffer, wereScattered);
}

function compareByCells(
  before: RawFrame,
  after: RawFrame,
  bytesDiffer: RangeDiffers,
  wereScattered: boolean,
): Changes {
  const cells = findCells(before, after, bytesDiffer);
  if (cells.count === 0) return "equal";
  const most = cells.marks.length * MAX_CHANGED_SHARE;
  if (cells.count > most) return "everything";
  const isScattered = cells.runs > SCATTERED_RUNS * cellsOver(after.height);
  const rects = isScattered && wereScattered ? "everything" : rectsThatPay(cells.bands(), after);
  if (rects !== "everything") return rects;
  const joined = cells.joined();
  return joined.count > most ? cells : joined;
}

function compareByHalves(before: RawFrame, after: RawFrame, bytesDiffer: RangeDiffers): FewChanges {
  if (after.channels !== 4) return compareRows(new RowComparison(after, bytesDiffer));
  const colorsDiffer = compareColors(before.data, after.data);
  // Hardly any frames differ in alpha alone, and bytes are compared faster.
  const byBytes = new RowComparison(after, bytesDiffer, { colorsDiffer, isExact: false });
  const changes = compareRows(byBytes);
  if (!byBytes.foundAlphaAlone) return changes;
  return compareRows(new RowComparison(after, bytesDiffer, { colorsDiffer, isExact: true }));
}

/** @returns anything as soon as {@link RowComparison.foundAlphaAlone} */
function compareRows(comparison: RowComparison): FewChanges {
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
  return cells === 0 ? "equal" : rectsThatPay(bands, comparison);
}

/** A few rectangles over the cells of bands; "everything" where they cost too much. */
function rectsThatPay(
  bands: readonly Band[],
  { width, height }: Pick<RawFrame, "width" | "height">,
): "everything" | readonly Rect[] {
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
