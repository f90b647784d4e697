import type { FrameMimetype } from "../../protocol/messages";
import type { RawFrame } from "../frame";

/** A frame as an image file. */
export interface EncodedFrame {
  readonly mimetype: FrameMimetype;
  /** The file's bytes. Not to be changed. */
  readonly data: Uint8Array;
  /** How long the encoder worked on it, in seconds: without what else the calling thread did until it took the file. */
  readonly encodingSeconds: number;
}

/** How to encode. */
export interface EncodeOptions {
  /** 1 (small) to 100 (good), on libjpeg's scale. A lossless encoder takes no notice. */
  readonly quality: number;
}

/** Turns frames into one kind of image file. Each call is independent of the others. */
export interface FrameEncoder {
  readonly mimetype: FrameMimetype;
  encode(frame: RawFrame, options: EncodeOptions): Promise<EncodedFrame>;
}
