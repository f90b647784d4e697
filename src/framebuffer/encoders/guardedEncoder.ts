import type { ImageMimetype } from "../../protocol/messages";
import { errorMessage } from "../../protocol/errors";
import { checkAttached, type RawFrame } from "../source/frame";
import type { EncodedImage, EncodeOptions, FrameEncoder } from "./encoder";
import { checkImageFile, checkWebpSize } from "./imageFormat";
import { TimeLimitError } from "./timeLimit";

/** Attempts at one frame. After that the library would only fail at every frame. */
export const MAX_ATTEMPTS = 3;

/**
 * An encoder that may fail: it is tried again, and its files are checked before anyone sends them.
 * After three failures in a row, or when it hangs once, it is given up.
 */
export class GuardedEncoder implements FrameEncoder {
  readonly #encoder: FrameEncoder;
  readonly #giveUp: (reason: string, cause: unknown) => unknown;

  /**
   * @param encoder - rejects with {@link TimeLimitError} when it hangs
   * @param giveUp - called with the reason and the last error. Returns the error to throw.
   */
  constructor(encoder: FrameEncoder, giveUp: (reason: string, cause: unknown) => unknown) {
    this.#encoder = encoder;
    this.#giveUp = giveUp;
  }

  get name(): string {
    return this.#encoder.name;
  }

  get mimetype(): ImageMimetype {
    return this.#encoder.mimetype;
  }

  get lossless(): boolean {
    return this.#encoder.lossless;
  }

  async encode(frame: RawFrame, options: EncodeOptions): Promise<EncodedImage> {
    // No library encodes such a frame.
    if (this.mimetype === "image/webp") checkWebpSize(frame);
    for (let attempt = 1; ; attempt++) {
      try {
        const image = await this.#encoder.encode(frame, options);
        checkImageFile(image);
        return image;
      } catch (error) {
        // Not the library's fault.
        checkAttached(frame);
        // A second attempt would only hang again, and take as long.
        if (error instanceof TimeLimitError) throw this.#giveUp(error.message, error);
        if (attempt < MAX_ATTEMPTS) continue;
        const reason = `it failed ${MAX_ATTEMPTS} times in a row: ${errorMessage(error)}`;
        throw this.#giveUp(reason, error);
      }
    }
  }
}
