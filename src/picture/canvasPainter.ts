/** Paints pictures on one canvas. */
import type { Disposable } from "../protocol/transport";
import type { AnyCanvas, Painting, PaintingPart, Rect } from "./painting";
import { reinterpretColorSpace } from "./reinterpretColorSpace";

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/**
 * Keeps a canvas at the size of the picture that it shows.
 *
 * The canvas gets the colour space of its first picture, for good: browsers allow no change. Later pictures in another one show
 * the right colours too, without those that the canvas cannot show.
 */
export class CanvasPainter implements Disposable {
  /** The canvas, which shows the picture as it is by now. */
  readonly canvas: AnyCanvas;
  #context: Context | undefined;

  constructor(canvas: AnyCanvas) {
    this.canvas = canvas;
  }

  /**
   * The canvas's context. Before the first picture it makes one.
   *
   * @throws Error when the browser gives no 2D context.
   */
  context(colorSpace: PredefinedColorSpace = "srgb"): Context {
    if (this.#context !== undefined) return this.#context;
    // The compiler does not find the overload that both kinds of canvas have.
    const canvas = this.canvas as HTMLCanvasElement;
    const context: Context | null = canvas.getContext("2d", { colorSpace });
    if (context === null) throw new Error("Cannot paint frames: the browser gives no 2D canvas");
    this.#context = context;
    return context;
  }

  /**
   * Replaces what the canvas shows, or parts of it. The painting stays the caller's.
   *
   * @throws RangeError when a part lies outside the picture; nothing is painted then.
   * @throws Error when the browser gives no 2D context.
   */
  paint({ size, parts, colorSpace = "srgb" }: Painting): void {
    const { canvas } = this;
    const context = this.context(colorSpace);
    if (size === undefined) {
      for (const { target } of parts) this.#expectInside(target);
    } else {
      // Setting a size clears the canvas, even to the same value.
      if (canvas.width !== size.width) canvas.width = size.width;
      if (canvas.height !== size.height) canvas.height = size.height;
    }
    for (const part of parts) {
      if (colorSpace === "srgb") draw(context, part, size !== undefined);
      else
        context.putImageData(
          reinterpretColorSpace(part, colorSpace),
          part.target[0],
          part.target[1],
        );
    }
  }

  /** Gives the canvas's memory back. */
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

function draw(context: Context, { image, source, target }: PaintingPart, isWhole: boolean): void {
  // "copy" keeps a translucent frame from blending with the one before it, but clears what lies around a part too.
  context.globalCompositeOperation = isWhole ? "copy" : "source-over";
  if (!isWhole) context.clearRect(...target);
  context.imageSmoothingEnabled = source[2] !== target[2] || source[3] !== target[3];
  context.drawImage(image, ...source, ...target);
}
