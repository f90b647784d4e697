import type { Clock } from "../../runtime";
import type { RawFrame } from "../../source/frame";
import type { FrameEncoder } from "../encoder";
import { GuardedEncoder } from "../guardedEncoder";
import { MissingEncoderError, type EncoderChoice, type ImageEncoders } from "../imageEncoders";
import type { ImageFormat } from "../imageFormat";
import { scaleFrame } from "../scaleFrame";
import { secondsToEncode, withTimeLimit } from "../timeLimit";
import { CanvasEncoder } from "./canvasEncoder";
import { compressionStreamPng } from "./compressionStreamPng";

/**
 * A browser's image encoders: JPEG and WebP by a canvas, PNG by CompressionStream. No browser
 * offers lossless WebP, so PNG serves instead. One that hangs or keeps failing rejects with what to
 * do; no other can replace it.
 */
export class BrowserEncoders implements ImageEncoders {
  /** A canvas chooses the sampling itself. */
  readonly hasFullChroma = false;
  readonly #clock: Pick<Clock, "delay">;
  readonly #jpeg: FrameEncoder;
  readonly #png: FrameEncoder;
  readonly #webp: FrameEncoder;
  #hasWebp: Promise<boolean> | undefined;

  constructor(clock: Pick<Clock, "delay">) {
    this.#clock = clock;
    this.#jpeg = guarded(new CanvasEncoder("jpeg"), clock);
    this.#png = guarded(compressionStreamPng, clock);
    this.#webp = guarded(new CanvasEncoder("webp"), clock);
  }

  async get(format: ImageFormat, lossless: boolean, choice: EncoderChoice): Promise<FrameEncoder> {
    if (format === "png" || lossless) return this.#png;
    if (format === "webp") {
      this.#hasWebp ??= this.#tryWebp();
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

  /** Whether this browser writes WebP. */
  #tryWebp(): Promise<boolean> {
    const trial = new CanvasEncoder("webp").isSupported();
    const seconds = secondsToEncode({ width: 1, height: 1 });
    return withTimeLimit(this.#clock, seconds, trial).catch(() => false);
  }

  /** Does nothing: the encoders hold no resources between calls. */
  dispose(): void {}
}

function guarded(encoder: FrameEncoder, clock: Pick<Clock, "delay">): FrameEncoder {
  const { name, mimetype, lossless } = encoder;
  const limited: FrameEncoder = {
    name,
    mimetype,
    lossless,
    encode: (frame, options) =>
      withTimeLimit(clock, secondsToEncode(frame), encoder.encode(frame, options)),
  };
  return new GuardedEncoder(limited, (reason, cause) => {
    const text = `Cannot encode ${mimetype} with ${name}: ${reason}; choose another codec`;
    return new Error(text, { cause });
  });
}
