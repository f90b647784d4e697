/** Keeps a frame's size out of the page's layout. */

/**
 * Gives a canvas the size that it has, where that comes from its `width` and `height`, since these become the frame's: the worker
 * sets them. A size that comes from style stays as it is; a side that follows from the other by the canvas's shape goes on to.
 *
 * A canvas that is not shown yet has no size to keep: give it one by style.
 *
 * @throws DOMException InvalidStateError when the canvas belongs to a worker already.
 */
export function pinCanvasSize(canvas: HTMLCanvasElement): void {
  const { width, height, style } = canvas;
  const before = contentSize(canvas);
  // Of another size and another shape.
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
  // "auto" where it has no box, empty where it is in no page.
  if (!width.endsWith("px") || !height.endsWith("px")) return undefined;
  return {
    width: parseFloat(width),
    height: parseFloat(height),
    widthText: width,
    heightText: height,
  };
}
