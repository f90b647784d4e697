/**
 * Limits the size of a view. Pure policy.
 *
 * If the frame has the element's size and the element's size depends on the frame, each frame can
 * make the element a little larger, which makes the next frame larger, without end. (jupyter_rfb
 * had this in a scrolling output, issue 62.) A view prevents it: the canvas is out of the layout's
 * flow, lengths that depend on the content are rejected, a percentage of an undefined height
 * becomes a fixed height, and no side exceeds what browsers can paint.
 */

/**
 * The smallest side in CSS pixels: it leaves space for the resize corner, and the picture is never
 * empty.
 */
export const MIN_SIDE = 32;
/**
 * The largest side of a canvas that Chromium, Firefox and Safari can all paint, in device pixels.
 */
const MAX_PHYSICAL_SIDE = 16384;
/** The largest side in CSS pixels: twice the width of an 8K screen at a ratio of 2. */
const MAX_SIDE = 8192;

/** The view's size if css_width or css_height is missing or is not a usable length. */
export const DEFAULT_CSS_SIZE = { width: "500px", height: "300px" } as const;

/** CSS lengths that depend on the content. A view has no content that could define its size. */
const CONTENT_LENGTHS =
  /^(auto|none|(min|max|fit)-content.*|stretch|inherit|initial|unset|revert.*)$/i;

/** The largest side in CSS pixels. @param ratio - Device pixels per CSS pixel. */
export function maxSide(ratio: number): number {
  return Math.floor(Math.min(MAX_SIDE, MAX_PHYSICAL_SIDE / Math.max(ratio, 0.01)));
}

/**
 * A length for the view's style: the wanted one, or `fallback` if that is not a usable length.
 *
 * @param isLength - Whether the browser accepts a text as a CSS length.
 */
export function usableLength(
  wanted: string,
  fallback: string,
  isLength: (length: string) => boolean,
): string {
  const length = wanted.trim();
  if (length === "" || CONTENT_LENGTHS.test(length) || !isLength(length)) return fallback;
  return length;
}

/**
 * The size of a view whose corner is dragged, within the limits. All in CSS pixels.
 *
 * @param start - The size when the drag began.
 * @param moved - The movement since then.
 * @param ratio - Device pixels per CSS pixel.
 */
export function draggedSize(
  start: { readonly width: number; readonly height: number },
  moved: { readonly x: number; readonly y: number },
  ratio: number,
): { width: number; height: number } {
  const most = maxSide(ratio);
  const bounded = (side: number): number => Math.round(Math.min(most, Math.max(MIN_SIDE, side)));
  return { width: bounded(start.width + moved.x), height: bounded(start.height + moved.y) };
}
