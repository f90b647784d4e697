/** Rectangles of whole pixels, and how many small ones become few. */

/** A part of a picture in physical pixels from its top-left corner: whole numbers, not empty, inside the picture. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Most rectangles in which a change is told. */
export const MAX_RECTS = 8;

/**
 * What one more rectangle costs, in pixels that could be sent instead. A JPEG of its own takes about 0.6 ms to begin with, and as
 * much again in the browser, where a pixel takes 4 ns to encode and about 15 ns to decode: 256 x 256 pixels.
 */
export const RECT_COST: number = 256 * 256;

/** How many pixels a rectangle holds. */
export function areaOf({ width, height }: Rect): number {
  return width * height;
}

/** How many pixels rectangles that do not overlap hold together. */
export function totalArea(rects: readonly Rect[]): number {
  return rects.reduce((sum, rect) => sum + areaOf(rect), 0);
}

/** The smallest rectangle that holds both. */
export function unite(one: Rect, other: Rect): Rect {
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  return {
    x,
    y,
    width: Math.max(one.x + one.width, other.x + other.width) - x,
    height: Math.max(one.y + one.height, other.y + other.height) - y,
  };
}

/** Whether two rectangles share a pixel. */
export function overlap(one: Rect, other: Rect): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

/**
 * Joins rectangles that do not overlap, always the two that waste the fewest pixels, as long as that wastes fewer than
 * {@link RECT_COST} or there are more than {@link MAX_RECTS}. Takes time with the cube of their number: a few dozen are fine.
 *
 * @returns rectangles that do not overlap and together hold all that were given
 */
export function mergeRects(rects: readonly Rect[]): Rect[] {
  const merged = [...rects];
  for (;;) {
    const cheapest = cheapestPair(merged);
    if (cheapest === undefined) return merged;
    if (cheapest.waste >= RECT_COST && merged.length <= MAX_RECTS) return merged;
    replaceOverlapped(merged, cheapest.united);
  }
}

interface Pair {
  readonly united: Rect;
  readonly waste: number;
}

function cheapestPair(rects: readonly Rect[]): Pair | undefined {
  let cheapest: Pair | undefined;
  rects.forEach((one, index) => {
    for (let next = index + 1; next < rects.length; next++) {
      const other = rects[next];
      if (other === undefined) continue;
      const united = unite(one, other);
      const waste = areaOf(united) - areaOf(one) - areaOf(other);
      if (cheapest === undefined || waste < cheapest.waste) cheapest = { united, waste };
    }
  });
  return cheapest;
}

/** Puts a rectangle in the place of all that it overlaps, and grows it so that it holds them. */
function replaceOverlapped(rects: Rect[], rect: Rect): void {
  let united = rect;
  for (let index = 0; index < rects.length;) {
    const other = rects[index];
    if (other !== undefined && overlap(united, other)) {
      united = unite(united, other);
      rects.splice(index, 1);
      index = 0;
    } else {
      index++;
    }
  }
  rects.push(united);
}
