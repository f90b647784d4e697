import { availableParallelism } from "node:os";
import type { VideoCodec } from "../../../protocol/messages";
import { scaledSize } from "../../planning/framePlan";
import type { RawFrame } from "../../source/frame";
import { SerialQueue } from "../serialQueue";
import { h264CodecString, NOMINAL_FRAME_RATE, vp9CodecString } from "../videoCodecString";
import type { ChunkOptions, EncodedChunk, VideoEncoder } from "../videoEncoder";
import type { NodeAv } from "./videoModule";
import { PixelConverter, type Size } from "./videoPixels";
import type { VideoSettings } from "./videoSettings";
import { VaapiUpload } from "./videoUpload";

type AvCodec = NonNullable<ReturnType<NodeAv["lib"]["Codec"]["findEncoderByName"]>>;
type AvCodecContext = InstanceType<NodeAv["lib"]["CodecContext"]>;

/** With more than four, a picture has more slices than are worth their bytes. */
const THREADS = Math.min(4, availableParallelism());
/** Pictures between keyframes that nobody asked for: never. FFmpeg has no other way to say it. */
const NO_PERIODIC_KEYFRAMES = 2 ** 30;

/**
 * Encodes one stream by an FFmpeg encoder of node-av. Copying, converting and encoding run on
 * libuv's threads and the encoder's own, not on the calling thread.
 */
export class NodeAvVideoEncoder implements VideoEncoder {
  readonly name: string;
  readonly codec: VideoCodec;
  readonly #av: NodeAv;
  readonly #avCodec: AvCodec;
  readonly #settings: VideoSettings;
  readonly #queue = new SerialQueue();
  #stream: Stream | undefined;
  #isDisposed = false;

  constructor(
    av: NodeAv,
    avCodec: AvCodec,
    codec: VideoCodec,
    settings: VideoSettings,
    name: string,
  ) {
    this.#av = av;
    this.#avCodec = avCodec;
    this.#settings = settings;
    this.codec = codec;
    this.name = name;
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
    const began = performance.now();
    try {
      const size = scaledSize(frame, scale);
      if (this.#stream?.takes(frame, size) && !this.#stream.setQuality(quality)) this.#endStream();
      if (!this.#stream?.takes(frame, size)) {
        this.#endStream();
        const converter = new PixelConverter(this.#av, frame, size, this.#settings.pixels, THREADS);
        this.#stream = await Stream.open(
          this.#av,
          this.#avCodec,
          this.#settings,
          converter,
          quality,
        );
      }
      const { data, isKeyframe } = await this.#stream.encode(frame, keyframe);
      return {
        chunk: isKeyframe ? "key" : "delta",
        codec: this.#codecString(this.#stream, data, isKeyframe),
        data,
        visibleWidth: size.width,
        visibleHeight: size.height,
        encodingSeconds: (performance.now() - began) / 1000 - this.#stream.scalingSeconds,
      };
    } catch (error) {
      // The encoder's reference picture is unknown now.
      this.#endStream();
      throw error;
    }
  }

  #codecString(stream: Stream, data: Uint8Array, isKeyframe: boolean): string {
    if (isKeyframe) {
      const codec =
        this.codec === "h264" ? h264CodecString(data) : vp9CodecString(stream.width, stream.height);
      if (codec === undefined) {
        throw new Error(`Cannot use ${this.name}: its keyframe has no sequence parameter set`);
      }
      stream.codecString = codec;
    }
    return stream.codecString;
  }

  #endStream(): void {
    this.#stream?.dispose();
    this.#stream = undefined;
  }
}

/** An open encoder: all frames have one size and number of channels, all chunks one size. */
class Stream {
  codecString = "";
  readonly #av: NodeAv;
  readonly #context: AvCodecContext;
  readonly #converter: PixelConverter;
  readonly #settings: VideoSettings;
  readonly #upload: VaapiUpload | undefined;
  readonly #packet: InstanceType<NodeAv["lib"]["Packet"]>;
  #quality: number;
  #frames = 0;

  private constructor(
    av: NodeAv,
    context: AvCodecContext,
    converter: PixelConverter,
    upload: VaapiUpload | undefined,
    settings: VideoSettings,
    quality: number,
  ) {
    this.#av = av;
    this.#upload = upload;
    this.#context = context;
    this.#converter = converter;
    this.#settings = settings;
    this.#quality = quality;
    this.#packet = new av.lib.Packet();
    this.#packet.alloc();
  }

  /** @param converter - disposed of with the stream, and when opening fails */
  static async open(
    av: NodeAv,
    avCodec: AvCodec,
    settings: VideoSettings,
    converter: PixelConverter,
    quality: number,
  ): Promise<Stream> {
    const { lib, constants } = av;
    const context = new lib.CodecContext();
    let upload: VaapiUpload | undefined;
    try {
      context.allocContext3(avCodec);
      context.width = converter.width;
      context.height = converter.height;
      context.pixelFormat =
        settings.pixels === "yuv420p" ? constants.AV_PIX_FMT_YUV420P : constants.AV_PIX_FMT_NV12;
      context.timeBase = new lib.Rational(1, NOMINAL_FRAME_RATE);
      context.framerate = new lib.Rational(NOMINAL_FRAME_RATE, 1);
      context.gopSize = NO_PERIODIC_KEYFRAMES;
      context.maxBFrames = 0;
      context.threadCount = THREADS;
      context.colorRange = constants.AVCOL_RANGE_MPEG;
      context.colorSpace = constants.AVCOL_SPC_BT709;
      context.colorPrimaries = constants.AVCOL_PRI_BT709;
      context.colorTrc = constants.AVCOL_TRC_BT709;
      if (settings.pixels === "vaapi") upload = new VaapiUpload(av, context);
      const options = lib.Dictionary.fromObject({
        ...settings.options,
        ...settings.qualityOptions(quality),
      });
      const opened = await context.open2(avCodec, options);
      lib.FFmpegError.throwIfError(
        opened,
        `opening ${settings.encoder} for ${converter.width} x ${converter.height} pixels`,
      );
      return new Stream(av, context, converter, upload, settings, quality);
    } catch (error) {
      context.freeContext();
      upload?.dispose();
      converter.dispose();
      throw error;
    }
  }

  /** The coded picture's width in pixels. */
  get width(): number {
    return this.#converter.width;
  }

  /** The coded picture's height in pixels. */
  get height(): number {
    return this.#converter.height;
  }

  /** Seconds that scaling the last picture took. */
  get scalingSeconds(): number {
    return this.#converter.scalingSeconds;
  }

  takes(frame: RawFrame, size: Size): boolean {
    return this.#converter.takes(frame, size);
  }

  /** @returns false when another quality requires another encoder */
  setQuality(quality: number): boolean {
    if (quality === this.#quality) return true;
    if (!this.#settings.liveQuality) return false;
    const { lib, constants } = this.#av;
    const [option, value] = this.#settings.liveQuality(quality);
    lib.FFmpegError.throwIfError(
      lib.Option.setDouble(
        this.#context.getNative(),
        option,
        value,
        constants.AV_OPT_SEARCH_CHILDREN,
      ),
      `setting ${option} to ${value}`,
    );
    this.#quality = quality;
    return true;
  }

  async encode(
    frame: RawFrame,
    keyframe: boolean,
  ): Promise<{ data: Uint8Array; isKeyframe: boolean }> {
    const { lib, constants } = this.#av;
    const picture = await this.#converter.convert(this.#av, frame);
    picture.pts = BigInt(this.#frames++);
    picture.pictType = keyframe ? constants.AV_PICTURE_TYPE_I : constants.AV_PICTURE_TYPE_NONE;
    const input = (await this.#upload?.upload(picture)) ?? picture;
    lib.FFmpegError.throwIfError(await this.#context.sendFrame(input), "encoding a frame");
    // Doesn't block: FFmpeg has encoded the frame in sendFrame() already.
    lib.FFmpegError.throwIfError(
      this.#context.receivePacketSync(this.#packet),
      "taking the chunk of a frame",
    );
    try {
      // A copy, which node-av doesn't touch again.
      const data = this.#packet.data;
      if (!data) throw new Error("Cannot encode a frame: the chunk is empty");
      return { data, isKeyframe: this.#packet.isKeyframe };
    } finally {
      this.#packet.unref();
    }
  }

  dispose(): void {
    this.#context.freeContext();
    this.#packet.free();
    this.#upload?.dispose();
    this.#converter.dispose();
  }
}
