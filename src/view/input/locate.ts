/** Where in an element a pointer is. */

/** A point, or a size, in CSS pixels. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Two ways to locate a pointer that differ by more, in CSS pixels, differ by a rotation: one is in whole pixels, and borders that are
 * scaled lie a pixel off.
 */
const ROTATION_DISTANCE = 3;

/**
 * The pointer's position in logical pixels from the top-left corner of an element's content. From the element's place on the screen,
 * which is exact and holds outside of it too; under a rotation, where that place is only a box around it, from what the browser says,
 * which is in whole pixels.
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
  // The offset is from the padding's edge.
  const told = {
    x: event.offsetX - edges.left + element.clientLeft,
    y: event.offsetY - edges.top + element.clientTop,
  };
  const isOff =
    Math.abs(told.x - point.x) > ROTATION_DISTANCE ||
    Math.abs(told.y - point.y) > ROTATION_DISTANCE;
  return isOff && event.target === element && isRotated(element) ? told : point;
}

/** Border and padding in CSS pixels: left and top, and both sides together. */
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

/** Whether an element or something around it is turned, mirrored or seen in perspective. */
function isRotated(element: HTMLElement): boolean {
  for (let one: Element | null = element; one !== null; one = one.parentElement) {
    const { transform, rotate, scale } = getComputedStyle(one);
    if (rotate !== "none" && rotate !== "") return true;
    if (scale.includes("-")) return true;
    if (transform === "none" || transform === "") continue;
    const { a, b, c, d, is2D } = new DOMMatrixReadOnly(transform);
    if (!is2D || b !== 0 || c !== 0 || a < 0 || d < 0) return true;
  }
  return false;
}
