/** Paints pictures on one canvas. */
import type { Disposable } from "../protocol/transport";

/** Keeps a canvas at the size of the picture that it shows, pixel for pixel. */
export class CanvasPainter implements Disposable {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;

  /** @throws Error when the browser gives no 2D context. */
  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d", { colorSpace: "srgb" });
    if (context === null) throw new Error("Cannot paint frames: the browser gives no 2D canvas");
    this.#canvas = canvas;
    this.#context = context;
  }

  /** Replaces what the canvas shows. The picture stays the caller's. */
  paint(picture: ImageBitmap): void {
    const canvas = this.#canvas;
    // Setting a size clears the canvas, even to the same value.
    if (canvas.width !== picture.width) canvas.width = picture.width;
    if (canvas.height !== picture.height) canvas.height = picture.height;
    this.#context.imageSmoothingEnabled = false;
    // A translucent frame must not blend with the one before it.
    this.#context.globalCompositeOperation = "copy";
    this.#context.drawImage(picture, 0, 0);
  }

  /** Gives the canvas's memory back. */
  dispose(): void {
    this.#canvas.width = 0;
    this.#canvas.height = 0;
  }
}
