/**
 * Parts of a picture as runs of cells in bands: cheap to add and remove, and in the end a few
 * rectangles.
 */
import { MAX_RECTS, mergeRects, type Rect } from "./rects";

/**
 * Side of a cell in pixels: that of JPEG's blocks with 4:2:0. A patch that begins at a multiple of
 * it has its blocks where the whole picture has them, so that unchanged pixels look the same in
 * both and no seam shows. Tighter bounds would save less than a block at each edge, which the
 * encoder pads anyway.
 */
export const CELL_SIZE = 16;

/** Cells of a band, from `start` up to but not including `end`. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

/**
 * The runs of one band of {@link CELL_SIZE} rows of pixels, from left to right, with a gap between
 * any two.
 */
export type Band = readonly Run[];

/** How many cells cover this many pixels along one axis. */
export function cellsOver(pixels: number): number {
  return Math.ceil(pixels / CELL_SIZE);
}

/** The number of cells in a band. */
export function countCells(band: Band): number {
  return band.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** The band with a run added. */
export function addRun(band: Band, run: Run): Band {
  let { start, end } = run;
  const before: Run[] = [];
  const after: Run[] = [];
  for (const other of band) {
    if (other.end < start) before.push(other);
    else if (other.start > end) after.push(other);
    else {
      start = Math.min(start, other.start);
      end = Math.max(end, other.end);
    }
  }
  return [...before, { start, end }, ...after];
}

/** The band with a run's cells removed. */
export function removeRun(band: Band, { start, end }: Run): Band {
  return band.flatMap((other) => {
    const left = { start: other.start, end: Math.min(other.end, start) };
    const right = { start: Math.max(other.start, end), end: other.end };
    return [left, right].filter((part) => part.start < part.end);
  });
}

/** The band in at most `most` runs: the closest ones are joined, with the cells between them. */
export function limitRuns(band: Band, most: number): Band {
  let runs = band;
  while (runs.length > most) {
    const gaps = runs.slice(1).map((run, index) => run.start - (runs[index]?.end ?? 0));
    const closest = gaps.indexOf(Math.min(...gaps));
    const [one, other] = [runs[closest], runs[closest + 1]];
    if (one === undefined || other === undefined) return runs;
    runs = [
      ...runs.slice(0, closest),
      { start: one.start, end: other.end },
      ...runs.slice(closest + 2),
    ];
  }
  return runs;
}

/** The most rectangles passed to {@link mergeRects}, which then takes about 0.1 ms. */
const MAX_PIECES = 32;

/**
 * A few rectangles that don't overlap and cover all cells.
 *
 * @param bands - from the top of the picture to its bottom, all of them
 * @param width - of the picture, in pixels: rectangles end there
 * @param height - of the picture, in pixels
 */
export function bandsToRects(bands: readonly Band[], width: number, height: number): Rect[] {
  let rows = bands.map((band) => limitRuns(band, MAX_RECTS));
  let rowHeight = CELL_SIZE;
  let pieces = stack(rows, rowHeight, width, height);
  while (pieces.length > MAX_PIECES) {
    rows = joinInTwos(rows);
    rowHeight *= 2;
    pieces = stack(rows, rowHeight, width, height);
  }
  return mergeRects(pieces);
}

/** One rectangle for each run. Runs that lie on top of each other with the same sides share one. */
function stack(rows: readonly Band[], rowHeight: number, width: number, height: number): Rect[] {
  const done: Rect[] = [];
  let open: Rect[] = [];
  rows.forEach((row, index) => {
    const y = index * rowHeight;
    const rowBottom = Math.min(height, y + rowHeight);
    const next = row.map((run): Rect => {
      const x = run.start * CELL_SIZE;
      const right = Math.min(width, run.end * CELL_SIZE);
      const above = open.find((rect) => rect.x === x && rect.width === right - x);
      const top = above?.y ?? y;
      return { x, y: top, width: right - x, height: rowBottom - top };
    });
    done.push(...open.filter((rect) => !next.some((other) => continues(other, rect))));
    open = next;
  });
  return [...done, ...open];
}

function continues(longer: Rect, rect: Rect): boolean {
  return longer.x === rect.x && longer.y === rect.y && longer.width === rect.width;
}

function joinInTwos(rows: readonly Band[]): Band[] {
  const joined: Band[] = [];
  for (let index = 0; index < rows.length; index += 2) {
    const both = (rows[index + 1] ?? []).reduce(addRun, rows[index] ?? []);
    joined.push(limitRuns(both, MAX_RECTS));
  }
  return joined;
}

/** A rectangle of cells. */
export interface CellRange {
  readonly columns: Run;
  readonly rows: Run;
}

/** The cells that hold a pixel of a rectangle. */
export function cellsTouched({ x, y, width, height }: Rect): CellRange {
  return {
    columns: { start: Math.floor(x / CELL_SIZE), end: cellsOver(x + width) },
    rows: { start: Math.floor(y / CELL_SIZE), end: cellsOver(y + height) },
  };
}

/** The cells of a picture all of whose pixels lie in a rectangle. */
export function cellsCovered(
  { x, y, width, height }: Rect,
  picture: { readonly width: number; readonly height: number },
): CellRange {
  return {
    columns: { start: cellsOver(x), end: lastWholeCell(x + width, picture.width) },
    rows: { start: cellsOver(y), end: lastWholeCell(y + height, picture.height) },
  };
}

/**
 * The end of the whole cells in a part that ends at this pixel. The picture's last cell may be
 * narrower.
 */
function lastWholeCell(end: number, side: number): number {
  return end >= side ? cellsOver(side) : Math.floor(end / CELL_SIZE);
}
