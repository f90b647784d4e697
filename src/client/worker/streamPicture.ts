/** The picture of a stream: paints it, knows its size, and captures it. */
import { CanvasPainter, type Painting } from "../../picture/index";
import type { FrameMessage } from "../../protocol/messages";
import type { Disposable } from "../../protocol/transport";
import type { CaptureFormat, Size } from "../shared/types";

/** Owns the canvas on which a stream is shown. */
export class StreamPicture implements Disposable {
  readonly #painter: CanvasPainter<OffscreenCanvas>;
  #size: Size | undefined;
  #pixelRatio = 1;
  #hasFrame = false;

  constructor(canvas: OffscreenCanvas) {
    this.#painter = new CanvasPainter(canvas);
  }

  /**
   * The frame's size in its own pixels. Before the first frame it is the size that the server
   * announced, if any.
   */
  get size(): Size | undefined {
    return this.#size;
  }

  /** The frame's pixels per logical pixel. */
  get pixelRatio(): number {
    return this.#pixelRatio;
  }

  /** Takes the size that the server announces. Ignored once a frame is shown. */
  announce(size: Size, pixelRatio: number): void {
    if (this.#hasFrame) return;
    this.#size = size;
    this.#pixelRatio = pixelRatio;
  }

  /**
   * Shows a frame.
   *
   * @returns the size of the whole picture.
   * @throws RangeError when a part lies outside the picture.
   */
  paint(painting: Painting, frame: FrameMessage): Size {
    this.#painter.paint(painting);
    const { width, height } = this.#painter.canvas;
    this.#size = { width, height };
    this.#pixelRatio = frame.pixel_ratio ?? 1;
    this.#hasFrame = true;
    return this.#size;
  }

  /**
   * Captures the pixels that are on the canvas when this is called, in the canvas's colour space.
   * Later frames do not change the result.
   *
   * @throws Error (as a rejection) before the first frame.
   */
  async capture(format: CaptureFormat): Promise<ImageData | Blob> {
    if (!this.#hasFrame) throw new Error("no frame has come yet");
    const { canvas } = this.#painter;
    if (format === "blob") return canvas.convertToBlob({ type: "image/png" });
    return this.#painter.context().getImageData(0, 0, canvas.width, canvas.height);
  }

  /** Frees the canvas's memory. */
  dispose(): void {
    this.#painter.dispose();
  }
}
