import { PlainError } from "../../../protocol/errors";
import { NOMINAL_FRAME_RATE } from "../videoCodecString";
import { quantizerOptions, streamConfigs, type StreamShape } from "./webCodecsConfig";

/** Microseconds from one picture to the next, as the encoder's rate control counts them. */
const PICTURE_MICROSECONDS = 1e6 / NOMINAL_FRAME_RATE;

/** A picture's chunk. */
export interface StreamChunk {
  readonly isKeyframe: boolean;
  readonly data: Uint8Array;
  /** Whether luma takes 0..255. */
  readonly isFullRange: boolean;
}

/** An open encoder for pictures of one size. */
export class WebCodecsStream {
  readonly #shape: StreamShape;
  readonly #byQuantizer: boolean;
  readonly #encoder: VideoEncoder;
  #chunk: EncodedVideoChunk | undefined;
  #isFullRange = false;
  #error: unknown;
  #pictures = 0;

  private constructor(shape: StreamShape, config: VideoEncoderConfig) {
    this.#shape = shape;
    this.#byQuantizer = config.bitrateMode === "quantizer";
    this.#encoder = new VideoEncoder({
      output: (chunk, metadata) => {
        this.#chunk = chunk;
        this.#isFullRange = metadata?.decoderConfig?.colorSpace?.fullRange ?? this.#isFullRange;
      },
      error: (error) => (this.#error = error),
    });
    this.#encoder.configure(config);
  }

  /** @throws PlainError (as a rejection) when the browser has no such encoder */
  static async open(shape: StreamShape): Promise<WebCodecsStream> {
    for (const config of streamConfigs(shape)) {
      if (await isSupported(config)) return new WebCodecsStream(shape, config);
    }
    const { codec, width, height } = shape;
    throw new PlainError(
      `Cannot encode ${codec} of ${width} x ${height} pixels: this browser has no encoder for it; choose another codec`,
    );
  }

  /**
   * Whether this encoder makes chunks of this shape. The browser closes one that wasn't used for
   * long.
   */
  fits({ width, height, quality }: Pick<StreamShape, "width" | "height" | "quality">): boolean {
    const shape = this.#shape;
    return (
      this.#encoder.state === "configured" &&
      width === shape.width &&
      height === shape.height &&
      (this.#byQuantizer || quality === shape.quality)
    );
  }

  /**
   * Encodes one picture. Must not be called again before it has settled.
   *
   * @param pixels - RGBA of the coded size
   * @throws Error (as a rejection) when the encoder fails. The stream can't be used any more then.
   */
  async encode(
    pixels: Uint8ClampedArray<ArrayBuffer>,
    keyFrame: boolean,
    quality: number,
  ): Promise<StreamChunk> {
    const { codec, width, height } = this.#shape;
    const timestamp = Math.round(this.#pictures++ * PICTURE_MICROSECONDS);
    const picture = new VideoFrame(pixels, {
      format: "RGBX",
      codedWidth: width,
      codedHeight: height,
      timestamp,
    });
    const quantizer = this.#byQuantizer ? quantizerOptions(codec, quality) : {};
    try {
      this.#encoder.encode(picture, { keyFrame, ...quantizer });
      // Then the chunk is there, unless the encoder dropped the picture to save bits.
      await this.#encoder.flush();
    } catch (error) {
      throw this.#error ?? error;
    } finally {
      picture.close();
    }
    const chunk = this.#chunk;
    this.#chunk = undefined;
    if (chunk === undefined) throw new Error("Cannot encode a frame: the browser dropped it");
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    return { data, isKeyframe: chunk.type === "key", isFullRange: this.#isFullRange };
  }

  /** Frees the encoder. */
  dispose(): void {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }
}

/** A browser rejects a configuration with words that it doesn't know, such as "quantizer". */
async function isSupported(config: VideoEncoderConfig): Promise<boolean> {
  try {
    return (await VideoEncoder.isConfigSupported(config)).supported === true;
  } catch {
    return false;
  }
}
