/** Paints pictures on one canvas. */
import type { Disposable } from "../protocol/transport";
import type { Painting, PaintingPart, Rect } from "./painting";

/** Keeps a canvas at the size of the picture that it shows. */
export class CanvasPainter implements Disposable {
  /** The canvas, which shows the picture as it is by now. */
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;

  /** @throws Error when the browser gives no 2D context. */
  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d", { colorSpace: "srgb" });
    if (context === null) throw new Error("Cannot paint frames: the browser gives no 2D canvas");
    this.canvas = canvas;
    this.#context = context;
  }

  /**
   * Replaces what the canvas shows, or parts of it. The painting stays the caller's.
   *
   * @throws RangeError when a part lies outside the picture; nothing is painted then.
   */
  paint({ size, parts }: Painting): void {
    if (size === undefined) {
      for (const { target } of parts) this.#expectInside(target);
      for (const part of parts) this.#paintOver(part);
      return;
    }
    const { canvas } = this;
    // Setting a size clears the canvas, even to the same value.
    if (canvas.width !== size.width) canvas.width = size.width;
    if (canvas.height !== size.height) canvas.height = size.height;
    // A translucent frame must not blend with the one before it.
    this.#context.globalCompositeOperation = "copy";
    for (const part of parts) this.#draw(part);
  }

  /** Gives the canvas's memory back. */
  dispose(): void {
    this.canvas.width = 0;
    this.canvas.height = 0;
  }

  #paintOver(part: PaintingPart): void {
    // "copy" would clear what lies around the part too.
    this.#context.clearRect(...part.target);
    this.#context.globalCompositeOperation = "source-over";
    this.#draw(part);
  }

  #draw({ image, source, target }: PaintingPart): void {
    this.#context.imageSmoothingEnabled = source[2] !== target[2] || source[3] !== target[3];
    this.#context.drawImage(image, ...source, ...target);
  }

  #expectInside([x, y, width, height]: Rect): void {
    const { canvas } = this;
    if (x + width <= canvas.width && y + height <= canvas.height) return;
    throw new RangeError(
      `Cannot paint a patch: expected one inside ${canvas.width} x ${canvas.height}, got ${width} x ${height} at ${x}, ${y}`,
    );
  }
}
