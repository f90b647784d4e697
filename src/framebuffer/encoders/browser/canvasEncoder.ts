import type { ImageMimetype } from "../../../protocol/messages";
import type { RawFrame } from "../../source/frame";
import type { EncodedImage, EncodeOptions, FrameEncoder } from "../encoder";
import { mimetypeOf } from "../imageFormat";
import { opaquePixels } from "./opaquePixels";

/**
 * Lossy images by the browser's canvas. Alpha is dropped, not blended. The chroma sampling is the
 * browser's choice, 4:2:0 in most.
 */
export class CanvasEncoder implements FrameEncoder {
  readonly name = "canvas (browser)";
  readonly mimetype: ImageMimetype;
  readonly lossless = false;

  constructor(format: "jpeg" | "webp") {
    this.mimetype = mimetypeOf(format);
  }

  /** Whether this browser writes the format: one that doesn't writes PNG instead. */
  async isSupported(): Promise<boolean> {
    const { type } = await this.#file(new ImageData(1, 1), 1);
    return type === this.mimetype;
  }

  async encode(frame: RawFrame, { quality }: EncodeOptions): Promise<EncodedImage> {
    const began = performance.now();
    const image = new ImageData(opaquePixels(frame), frame.width, frame.height);
    const file = await this.#file(image, quality / 100);
    const data = new Uint8Array(await file.arrayBuffer());
    return {
      mimetype: this.mimetype,
      data,
      encodingSeconds: (performance.now() - began) / 1000,
    };
  }

  #file(image: ImageData, quality: number): Promise<Blob> {
    const { width, height } = image;
    const canvas = new OffscreenCanvas(width, height);
    // Opaque, so that WebP has no alpha channel; in main memory, where convertToBlob() reads it.
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (context === null) {
      throw new Error(`Cannot encode: the browser has no canvas of ${width} x ${height} pixels`);
    }
    context.putImageData(image, 0, 0);
    return canvas.convertToBlob({ type: this.mimetype, quality });
  }
}
