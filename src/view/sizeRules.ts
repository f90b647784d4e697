/**
 * How large a view may be. Pure policy.
 *
 * A size runs away when the picture follows the element and the element follows the picture, or what surrounds it: each frame
 * makes the element a little larger, and so the next frame. (In jupyter_rfb, issue 62, in an output that scrolls.) It cannot
 * happen here: the canvas takes no part in the layout, lengths that come from the content are not accepted, a percentage of
 * a height that nobody set falls back to a fixed one, and a side never grows beyond what a browser can paint.
 */

/** The smallest side in CSS pixels: room for the resize corner, and never a picture of zero pixels. */
export const MIN_SIDE = 32;
/** The largest side of a canvas that Chromium, Firefox and Safari all paint, in device pixels. */
const MAX_PHYSICAL_SIDE = 16384;
/** The largest side in CSS pixels: twice the width of an 8K screen at a ratio of 2. */
const MAX_SIDE = 8192;

/** What css_width and css_height are where they are not given, or not a usable length. */
export const DEFAULT_CSS_SIZE = { width: "500px", height: "300px" } as const;

/** Lengths that come from the content, which a view has none of. */
const CONTENT_LENGTHS =
  /^(auto|none|(min|max|fit)-content.*|stretch|inherit|initial|unset|revert.*)$/i;

/** The largest side in CSS pixels at so many device pixels per CSS pixel. */
export function maxSide(ratio: number): number {
  return Math.floor(Math.min(MAX_SIDE, MAX_PHYSICAL_SIDE / Math.max(ratio, 0.01)));
}

/**
 * A length for the view's style: what the user asked for, or the default where that is no length.
 *
 * @param isLength - Tells whether the browser takes this as a length.
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

/** The size of a view whose corner is dragged: where it began, moved by so much, kept in bounds. All in CSS pixels. */
export function draggedSize(
  start: { readonly width: number; readonly height: number },
  moved: { readonly x: number; readonly y: number },
  ratio: number,
): { width: number; height: number } {
  const most = maxSide(ratio);
  const bounded = (side: number): number => Math.round(Math.min(most, Math.max(MIN_SIDE, side)));
  return { width: bounded(start.width + moved.x), height: bounded(start.height + moved.y) };
}
