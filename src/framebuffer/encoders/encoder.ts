import type { ImageMimetype } from "../../protocol/messages";
import type { RawFrame } from "../source/frame";

/** A frame, or a part of one, as an image file. */
export interface EncodedImage {
  readonly mimetype: ImageMimetype;
  /** The file's bytes. Not to be changed. */
  readonly data: Uint8Array;
  /** How long the encoder worked on it, in seconds. Where a library has threads of its own: until the calling thread took the file. */
  readonly encodingSeconds: number;
}

/** How finely an image keeps colour: a sample for each pixel (4:4:4), or one for each 2 x 2 pixels (4:2:0). */
export type ChromaSampling = "4:4:4" | "4:2:0";

/** How to encode an image. A lossless encoder takes no notice. */
export interface EncodeOptions {
  /** 1 (small) to 100 (good), on libjpeg's scale. */
  readonly quality: number;
  readonly chroma: ChromaSampling;
}

/**
 * Turns frames into one kind of image file. Each call is independent of the others and blocks the calling thread for no longer
 * than it takes to hand the pixels over. The pixels must not change until the call has settled.
 */
export interface FrameEncoder {
  /** Which library encodes, and its version where it has one: "sharp 0.35.5". */
  readonly name: string;
  readonly mimetype: ImageMimetype;
  readonly lossless: boolean;
  encode(frame: RawFrame, options: EncodeOptions): Promise<EncodedImage>;
}
