/** Paints pictures on one canvas. */
import type { Disposable } from "../protocol/transport";
import { contextOf, type Canvas, type CanvasContext } from "./canvas";
import type { Painting, PaintingPart, Rect } from "./painting";
import { reinterpretColorSpace } from "./reinterpretColorSpace";

/**
 * Paints frames on a canvas and keeps it at the size of the picture.
 *
 * The first picture sets the canvas's colour space for good, since browsers do not allow a change.
 * The browser converts later pictures in another colour space; colours outside the canvas's space
 * are clipped.
 */
export class CanvasPainter<Kind extends Canvas = Canvas> implements Disposable {
  /** The canvas, which always holds the current picture. */
  readonly canvas: Kind;
  #context: CanvasContext | undefined;

  constructor(canvas: Kind) {
    this.canvas = canvas;
  }

  /**
   * The canvas's context, which the first call creates.
   *
   * @param colorSpace - Used only by the call that creates the context.
   * @throws Error when the browser has no 2D context.
   */
  context(colorSpace: PredefinedColorSpace = "srgb"): CanvasContext {
    return (this.#context ??= contextOf(this.canvas, { colorSpace }));
  }

  /**
   * Replaces the picture, or parts of it. The caller still owns the painting and closes it.
   *
   * @throws RangeError when a part lies outside the picture; then nothing is painted.
   * @throws Error when the browser has no 2D context.
   */
  paint(painting: Painting): void {
    const { size, parts, colorSpace = "srgb" } = painting;
    const { canvas } = this;
    const context = this.context(colorSpace);
    if (size === undefined) {
      for (const { target } of parts) this.#expectInside(target);
    } else {
      // Setting a size clears the canvas, even when the value is the same.
      if (canvas.width !== size.width) canvas.width = size.width;
      if (canvas.height !== size.height) canvas.height = size.height;
    }
    if (colorSpace === "srgb") {
      draw(context, painting);
      return;
    }
    const shared = sharedImage(parts);
    if (shared === undefined) {
      for (const part of parts) {
        const [x, y] = part.target;
        context.putImageData(reinterpretColorSpace(part, colorSpace), x, y);
      }
      return;
    }
    // Reading pixels back takes long: once for all of an atlas.
    const data = reinterpretColorSpace(shared, colorSpace);
    for (const { source, target } of parts) {
      const [left, top, width, height] = source;
      const [x, y] = target;
      context.putImageData(data, x - left, y - top, left, top, width, height);
    }
  }

  /** Frees the canvas's memory. */
  dispose(): void {
    this.canvas.width = 0;
    this.canvas.height = 0;
  }

  #expectInside([x, y, width, height]: Rect): void {
    const { canvas } = this;
    if (x + width <= canvas.width && y + height <= canvas.height) return;
    throw new RangeError(
      `Cannot paint a patch: expected one inside ${canvas.width} x ${canvas.height}, got ${width} x ${height} at ${x}, ${y}`,
    );
  }
}

/** The image of an atlas as one part, up to the last pixels that its parts show. */
function sharedImage(parts: readonly PaintingPart[]): PaintingPart | undefined {
  const [first, second] = parts;
  if (first === undefined || second?.image !== first.image) return undefined;
  let [right, bottom] = [0, 0];
  for (const { image, source, target } of parts) {
    const [x, y, width, height] = source;
    const isScaled = width !== target[2] || height !== target[3];
    if (image !== first.image || isScaled) return undefined;
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  const all: Rect = [0, 0, right, bottom];
  return { image: first.image, source: all, target: all };
}

/** An atlas has hundreds of parts: the context's state is set once, not for each. */
function draw(context: CanvasContext, { isOpaque = false, parts, size }: Painting): void {
  // "copy" keeps a translucent frame from blending with the previous one. It also clears everything
  // outside the target, so it cannot be used for a part.
  context.globalCompositeOperation = size === undefined ? "source-over" : "copy";
  let isSmooth: boolean | undefined;
  for (const { image, source, target } of parts) {
    const isScaled = source[2] !== target[2] || source[3] !== target[3];
    if (isScaled !== isSmooth) context.imageSmoothingEnabled = isSmooth = isScaled;
    if (size === undefined && !isOpaque) context.clearRect(...target);
    context.drawImage(image, ...source, ...target);
  }
}
