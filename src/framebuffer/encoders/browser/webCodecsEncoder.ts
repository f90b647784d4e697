import type { VideoCodec } from "../../../protocol/messages";
import { scaledSize } from "../../planning/framePlan";
import type { RawFrame } from "../../source/frame";
import { codedSide } from "../codedSize";
import { scaleFrame } from "../scaleFrame";
import { SerialQueue } from "../serialQueue";
import { h264CodecString, vp9CodecString } from "../videoCodecString";
import type {
  ChunkOptions,
  EncodedChunk,
  RateLimit,
  VideoEncoder as StreamEncoder,
} from "../videoEncoder";
import { opaquePixels } from "./opaquePixels";
import { WebCodecsStream, type StreamChunk } from "./webCodecsStream";

/** In pixels. Chromium's H.264 encoder rejects smaller pictures; they are padded. */
const LEAST_SIDE = 16;

/**
 * Encodes one stream by the browser's WebCodecs. Frames are scaled and padded on the calling
 * thread; the browser encodes on its own.
 */
export class WebCodecsEncoder implements StreamEncoder {
  readonly name = "WebCodecs (browser)";
  readonly codec: VideoCodec;
  readonly #limit: RateLimit | undefined;
  readonly #queue = new SerialQueue();
  #stream: WebCodecsStream | undefined;
  #codecString = "";
  #isDisposed = false;

  constructor(codec: VideoCodec, limit: RateLimit | undefined) {
    this.codec = codec;
    this.#limit = limit;
  }

  encode(frame: RawFrame, options: ChunkOptions): Promise<EncodedChunk> {
    return this.#queue.run(() => this.#encodeNext(frame, options));
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    void this.#queue.whenIdle().then(() => this.#endStream());
  }

  async #encodeNext(frame: RawFrame, options: ChunkOptions): Promise<EncodedChunk> {
    const { keyframe, quality, scale = 1 } = options;
    if (this.#isDisposed) {
      throw new Error(`Cannot encode a frame: the ${this.codec} encoder is disposed`);
    }
    const scaled = scaleTo(frame, scaledSize(frame, scale));
    const began = performance.now();
    const width = codedSide(scaled.width, LEAST_SIDE);
    const height = codedSide(scaled.height, LEAST_SIDE);
    try {
      const shape = { codec: this.codec, width, height, quality, limit: this.#limit };
      if (this.#stream?.fits(shape) !== true) {
        this.#endStream();
        this.#stream = await WebCodecsStream.open(shape);
      }
      const pixels = opaquePixels(scaled, width, height);
      const chunk = await this.#stream.encode(pixels, keyframe, quality);
      if (chunk.isKeyframe) this.#codecString = this.#codecOf(chunk, width, height);
      return {
        chunk: chunk.isKeyframe ? "key" : "delta",
        codec: this.#codecString,
        data: chunk.data,
        visibleWidth: scaled.width,
        visibleHeight: scaled.height,
        encodingSeconds: (performance.now() - began) / 1000,
      };
    } catch (error) {
      // The encoder's reference picture is unknown now.
      this.#endStream();
      throw error;
    }
  }

  #codecOf({ data, isFullRange }: StreamChunk, width: number, height: number): string {
    if (this.codec === "vp9") return vp9CodecString(width, height, isFullRange);
    const codec = h264CodecString(data);
    if (codec === undefined) {
      throw new Error(`Cannot use ${this.name}: its keyframe has no sequence parameter set`);
    }
    return codec;
  }

  #endStream(): void {
    this.#stream?.dispose();
    this.#stream = undefined;
  }
}

function scaleTo(frame: RawFrame, { width, height }: { width: number; height: number }): RawFrame {
  if (width === frame.width && height === frame.height) return frame;
  return scaleFrame(frame, width, height, (byteLength) => new Uint8Array(byteLength));
}
