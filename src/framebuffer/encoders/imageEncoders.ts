import type { Disposable } from "../../protocol/transport";
import type { RawFrame } from "../source/frame";
import type { FrameEncoder } from "./encoder";
import type { ImageFormat } from "./imageFormat";

/** The values of {@link EncoderChoice}. */
export const ENCODER_CHOICES = ["auto", "jpeg-turbo", "sharp", "jpeg-js"] as const;

/** Which library encodes JPEG. All but "auto" are Node's. */
export type EncoderChoice = (typeof ENCODER_CHOICES)[number];

/**
 * A library that was asked for, or that a format needs, doesn't work here. The message says what to
 * do. An encoder rejects with it when its library has just been given up: ask for another one.
 */
export class MissingEncoderError extends Error {
  override readonly name = "MissingEncoderError";
}

/** The image encoders of a runtime. The caller that acquired them disposes of them. */
export interface ImageEncoders extends Disposable {
  /** Whether JPEG can keep the colour of each pixel (4:4:4). @defaultValue true */
  readonly hasFullChroma?: boolean;
  /**
   * The encoder for a format. Libraries are tried when they are first needed. Ask again for each
   * frame: a library that is installed later is then found, and one that keeps failing is replaced.
   * For lossless WebP the result may be the PNG encoder, which is lossless as well: read its
   * `mimetype`.
   *
   * @param choice - for lossy JPEG only
   * @throws MissingEncoderError (as a rejection) when the chosen library, or the only one that
   *   encodes the format, doesn't work here
   */
  get(format: ImageFormat, lossless: boolean, choice: EncoderChoice): Promise<FrameEncoder>;
  /**
   * Shrinks a frame by averaging pixels. Alpha may be missing in the result.
   *
   * @param width - in pixels, 1 to the frame's width
   * @param height - in pixels, 1 to the frame's height
   */
  scale(frame: RawFrame, width: number, height: number): Promise<RawFrame>;
}
