/** Rectangles of whole pixels, and merging many small ones into few. */

/**
 * A part of a picture, in physical pixels from the top-left corner: whole numbers, not empty,
 * inside it.
 */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The most rectangles that describe a change. */
export const MAX_RECTS = 8;

/**
 * What each additional rectangle costs, in pixels that could be sent instead. A JPEG has a fixed
 * cost of about 0.6 ms in the encoder and as much in the browser; a pixel takes 4 ns to encode and
 * about 15 ns to decode. 256 x 256 pixels cost as much.
 */
export const RECT_COST: number = 256 * 256;

/** A rectangle's pixels. */
export function areaOf({ width, height }: Rect): number {
  return width * height;
}

/** The pixels of rectangles that don't overlap. */
export function totalArea(rects: readonly Rect[]): number {
  return rects.reduce((sum, rect) => sum + areaOf(rect), 0);
}

/** The smallest rectangle that contains both. */
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
 * Rectangles with a margin on all sides, as far as the picture goes. Those that overlap then are
 * united.
 *
 * @param margin - in pixels
 */
export function growRects(
  rects: readonly Rect[],
  margin: number,
  picture: { readonly width: number; readonly height: number },
): Rect[] {
  const grown: Rect[] = [];
  for (const rect of rects) {
    const x = Math.max(0, rect.x - margin);
    const y = Math.max(0, rect.y - margin);
    const right = Math.min(picture.width, rect.x + rect.width + margin);
    const bottom = Math.min(picture.height, rect.y + rect.height + margin);
    replaceOverlapped(grown, { x, y, width: right - x, height: bottom - y });
  }
  return grown;
}

/**
 * Merges rectangles that don't overlap. It always joins the two that add the fewest pixels, as long
 * as these are fewer than {@link RECT_COST} or there are more than {@link MAX_RECTS} rectangles.
 * The time grows with the cube of their number: a few dozen are fine.
 *
 * @returns rectangles that don't overlap and together cover the given ones
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

/** Replaces the rectangles that `rect` overlaps by one that contains them all. */
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
