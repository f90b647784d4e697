/** Finds the parts of a lossy picture that rest while others move. */
import { areaOf, type Rect } from "./rects";

/** Side of a tile in cells: the pixels of a tile take as long to encode as starting an image. */
export const TILE_CELLS = 16;

/** Cells that go in one rectangle even if most of them are exact already. */
const FEW_CELLS = 16;

/** When the cells of a picture were last sent lossy. */
export interface CellTimes {
  readonly columns: number;
  /** Row by row, in any unit; 0 for an exact cell. */
  readonly sentAt: Uint32Array;
}

/** How much is wanted. */
export interface SettledLimits {
  /** >= 1. */
  readonly maxRects: number;
  /** In cells, >= 1. */
  readonly maxCells: number;
  /** Where to begin, so that all parts get their turn: the last {@link SettledRects.nextTile}. */
  readonly firstTile: number;
}

/** What is searched for. */
interface Search extends CellTimes {
  readonly settledAt: number;
  readonly maxCells: number;
}

/** What rests. */
export interface SettledRects {
  readonly rects: readonly Rect[];
  /** Whether there is no more. */
  readonly isAll: boolean;
  readonly nextTile: number;
}

/**
 * Rectangles over the lossy cells that were last sent at `settledAt` or before. They cover no cell
 * that was sent later, and lie in tiles, so that no search takes long and sessions that show the
 * same frames find the same ones.
 *
 * @returns rectangles in cells
 */
export function settledRects(
  map: CellTimes,
  settledAt: number,
  { maxRects, maxCells, firstTile }: SettledLimits,
): SettledRects {
  const { columns, sentAt } = map;
  const search = { ...map, settledAt, maxCells };
  const rows = sentAt.length / columns;
  const across = Math.ceil(columns / TILE_CELLS);
  const tiles = across * Math.ceil(rows / TILE_CELLS);
  const rects: Rect[] = [];
  let left = maxCells;
  for (let count = 0; count < tiles; count++) {
    const tile = (firstTile + count) % tiles;
    const x = (tile % across) * TILE_CELLS;
    const y = Math.floor(tile / across) * TILE_CELLS;
    const width = Math.min(TILE_CELLS, columns - x);
    const height = Math.min(TILE_CELLS, rows - y);
    for (const piece of piecesIn(search, { x, y, width, height })) {
      if (rects.length === maxRects || areaOf(piece) > left) {
        return { rects, isAll: false, nextTile: tile };
      }
      rects.push(piece);
      left -= areaOf(piece);
    }
  }
  return { rects, isAll: true, nextTile: firstTile };
}

/**
 * Halves a box until no piece holds a moving cell, consists mostly of exact cells, or is too large.
 */
function piecesIn(search: Search, box: Rect): readonly Rect[] {
  const piece = boundsOf(search, box);
  if (piece === undefined) return [];
  const { moving, settled } = countCells(search, piece);
  const area = areaOf(piece);
  const isDense = area <= FEW_CELLS || settled * 2 >= area;
  if (moving === 0 && area <= search.maxCells && isDense) return [piece];
  return halve(piece).flatMap((half) => piecesIn(search, half));
}

/** The smallest box around the settled cells. */
function boundsOf({ columns, sentAt, settledAt }: Search, box: Rect): Rect | undefined {
  let left = Infinity;
  let right = -1;
  let top = Infinity;
  let bottom = -1;
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) {
      const tick = sentAt[y * columns + x] ?? 0;
      if (tick === 0 || tick > settledAt) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (top === Infinity) top = y;
      bottom = y;
    }
  }
  if (right < 0) return undefined;
  return { x: left, y: top, width: right + 1 - left, height: bottom + 1 - top };
}

function countCells(
  { columns, sentAt, settledAt }: Search,
  box: Rect,
): { readonly moving: number; readonly settled: number } {
  let moving = 0;
  let settled = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) {
      const tick = sentAt[y * columns + x] ?? 0;
      if (tick > settledAt) moving += 1;
      else if (tick !== 0) settled += 1;
    }
  }
  return { moving, settled };
}

function halve({ x, y, width, height }: Rect): readonly [Rect, Rect] {
  if (width >= height) {
    const half = width >> 1;
    return [
      { x, y, width: half, height },
      { x: x + half, y, width: width - half, height },
    ];
  }
  const half = height >> 1;
  return [
    { x, y, width, height: half },
    { x, y: y + half, width, height: height - half },
  ];
}
