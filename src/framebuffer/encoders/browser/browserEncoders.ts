import type { RawFrame } from "../../source/frame";
import type { FrameEncoder } from "../encoder";
import { MissingEncoderError, type EncoderChoice, type ImageEncoders } from "../imageEncoders";
import type { ImageFormat } from "../imageFormat";
import { scaleFrame } from "../scaleFrame";
import { CanvasEncoder } from "./canvasEncoder";
import { compressionStreamPng } from "./compressionStreamPng";

/**
 * A browser's image encoders: JPEG and WebP by a canvas, PNG by CompressionStream. No browser
 * offers lossless WebP, so PNG serves instead.
 */
export class BrowserEncoders implements ImageEncoders {
  readonly #jpeg = new CanvasEncoder("jpeg");
  readonly #webp = new CanvasEncoder("webp");
  #hasWebp: Promise<boolean> | undefined;

  async get(format: ImageFormat, lossless: boolean, choice: EncoderChoice): Promise<FrameEncoder> {
    if (format === "png" || lossless) return compressionStreamPng;
    if (format === "webp") {
      this.#hasWebp ??= this.#webp.isSupported();
      if (await this.#hasWebp) return this.#webp;
      throw new MissingEncoderError(
        "Cannot encode webp: this browser's canvas doesn't write it; choose jpeg or png",
      );
    }
    if (choice === "auto") return this.#jpeg;
    throw new MissingEncoderError(
      `Cannot encode jpeg with ${choice} in a browser, which has its own encoder; choose the encoder 'auto'`,
    );
  }

  /** On the calling thread. */
  scale(frame: RawFrame, width: number, height: number): Promise<RawFrame> {
    const allocate = (byteLength: number): Uint8Array => new Uint8Array(byteLength);
    return Promise.resolve(scaleFrame(frame, width, height, allocate));
  }

  /** Does nothing: the encoders hold no resources between calls. */
  dispose(): void {}
}
