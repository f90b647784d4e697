/** Locates a pointer in an element. */
import { withAncestors } from "../ancestors";
import { cssZoom } from "./cssZoom";

/** A point in CSS pixels. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * If the two ways to locate a pointer differ by more than this, in CSS pixels, the element may be
 * rotated. Smaller differences come from rounding: one of the two is in whole pixels, and scaled
 * borders may be off by a pixel.
 */
const ROTATION_DISTANCE = 3;

/**
 * The pointer's position in logical pixels from the top-left corner of an element's content.
 *
 * The position is computed from the element's bounding box, which is exact and also correct outside
 * the element. The box of a rotated element is larger than the element; then the browser's own
 * offset is used, which is in whole pixels.
 *
 * @param size - The content's size in CSS pixels, before any transform.
 */
export function locatePointer(
  element: HTMLElement,
  size: { readonly width: number; readonly height: number },
  event: MouseEvent,
): Point {
  const rect = element.getBoundingClientRect();
  const edges = edgesOf(element);
  const across = rect.width / (size.width + edges.width) || 1;
  const down = rect.height / (size.height + edges.height) || 1;
  const point = {
    x: (event.clientX - rect.left) / across - edges.left,
    y: (event.clientY - rect.top) / down - edges.top,
  };
  // The browser's offset starts at the padding edge, and CSS zoom enlarges it.
  const zoom = cssZoom(element);
  const offset = {
    x: event.offsetX / zoom - edges.left + element.clientLeft,
    y: event.offsetY / zoom - edges.top + element.clientTop,
  };
  const isOff =
    Math.abs(offset.x - point.x) > ROTATION_DISTANCE ||
    Math.abs(offset.y - point.y) > ROTATION_DISTANCE;
  return isOff && event.target === element && isRotated(element) ? offset : point;
}

/** Border and padding in CSS pixels: on the left and at the top, and the sums for both axes. */
function edgesOf(element: HTMLElement): {
  left: number;
  top: number;
  width: number;
  height: number;
} {
  const style = getComputedStyle(element);
  const sum = (...lengths: readonly string[]): number =>
    lengths.reduce((total, length) => total + (parseFloat(length) || 0), 0);
  const left = sum(style.borderLeftWidth, style.paddingLeft);
  const top = sum(style.borderTopWidth, style.paddingTop);
  return {
    left,
    top,
    width: left + sum(style.borderRightWidth, style.paddingRight),
    height: top + sum(style.borderBottomWidth, style.paddingBottom),
  };
}

/** Whether an element or one of its ancestors is rotated, mirrored, skewed or transformed in 3D. */
function isRotated(element: HTMLElement): boolean {
  for (const one of withAncestors(element)) {
    const { transform, rotate, scale } = getComputedStyle(one);
    if (rotate !== "none" && rotate !== "") return true;
    if (scale.includes("-")) return true;
    if (transform === "none" || transform === "") continue;
    const { a, b, c, d, is2D } = new DOMMatrixReadOnly(transform);
    if (!is2D || b !== 0 || c !== 0 || a < 0 || d < 0) return true;
  }
  return false;
}
