import type { ImageMimetype } from "../../protocol/messages";
import type { RawFrame } from "../source/frame";

/** A frame, or a part of one, as an image file. */
export interface EncodedImage {
  readonly mimetype: ImageMimetype;
  /** The file's bytes. Not to be changed. */
  readonly data: Uint8Array;
  /**
   * How long the encoder worked on it, in seconds. For a library with its own threads this includes
   * the wait until the calling thread picked up the result.
   */
  readonly encodingSeconds: number;
}

/**
 * An image's colour resolution: a sample for each pixel (4:4:4), or one for 2 x 2 pixels (4:2:0).
 */
export type ChromaSampling = "4:4:4" | "4:2:0";

/** How to encode an image. A lossless encoder ignores both. */
export interface EncodeOptions {
  /** 1 (small) to 100 (good), on libjpeg's scale. */
  readonly quality: number;
  /** Ignored by encoders that know one sampling only. */
  readonly chroma: ChromaSampling;
}

/**
 * Encodes frames as one kind of image file. Calls are independent of each other. A call blocks its
 * thread only while it hands the pixels over; they must not change until it has settled.
 */
export interface FrameEncoder {
  /** The library, and its version if it has one: "sharp 0.35.5". */
  readonly name: string;
  readonly mimetype: ImageMimetype;
  readonly lossless: boolean;
  encode(frame: RawFrame, options: EncodeOptions): Promise<EncodedImage>;
}
