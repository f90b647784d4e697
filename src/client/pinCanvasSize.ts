/** Makes a canvas's layout independent of the frame's size. */

/**
 * Fixes a canvas's size in the page by style, if it depends on the canvas's `width` and `height`
 * attributes: the worker sets those to the frame's size. A size that comes from style stays as it
 * is. If one side follows from the other by the canvas's aspect ratio, it still does.
 *
 * A canvas that is not displayed has no size to keep and needs one by style.
 *
 * @throws DOMException InvalidStateError when the canvas belongs to a worker already.
 */
export function pinCanvasSize(canvas: HTMLCanvasElement): void {
  const { width, height, style } = canvas;
  const before = contentSize(canvas);
  // Try another size and shape, to see which sides depend on them.
  canvas.width = width * 2 + 16;
  canvas.height = height * 3 + 16;
  const after = contentSize(canvas);
  canvas.width = width;
  canvas.height = height;
  if (before === undefined || after === undefined) return;
  const followsWidth = before.width !== after.width;
  const followsHeight = before.height !== after.height;
  if (followsWidth && followsHeight) {
    style.width = before.widthText;
    style.height = before.heightText;
  } else if (followsWidth || followsHeight) {
    style.aspectRatio = `${width || 1} / ${height || 1}`;
  }
}

interface ContentSize {
  readonly width: number;
  readonly height: number;
  readonly widthText: string;
  readonly heightText: string;
}

function contentSize(canvas: HTMLCanvasElement): ContentSize | undefined {
  const { width, height } = getComputedStyle(canvas);
  // "auto" if the canvas has no box, empty if it is not in a page.
  if (!width.endsWith("px") || !height.endsWith("px")) return undefined;
  return {
    width: parseFloat(width),
    height: parseFloat(height),
    widthText: width,
    heightText: height,
  };
}
