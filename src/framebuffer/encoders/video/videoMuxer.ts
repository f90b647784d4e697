import type { VideoCodec } from "../../../protocol/messages";
import type { RecordingFormat } from "../../recording/recordedFile";
import type { EncodedChunk } from "../videoEncoder";
import type { NodeAv } from "./videoModule";
import type { Size } from "./videoPixels";

type AvFormatContext = InstanceType<NodeAv["lib"]["FormatContext"]>;
type AvPacket = InstanceType<NodeAv["lib"]["Packet"]>;

/** Units per second that are asked for; a divisor of most frame rates. WebM has milliseconds. */
const TIME_UNITS = 90_000;

/** Options of FFmpeg's muxers: MP4's index goes first, so that a page can play while it loads. */
const MUXER_OPTIONS: Readonly<Record<RecordingFormat, Readonly<Record<string, string>>>> = {
  mp4: { movflags: "+faststart" },
  webm: {},
};

/** What a {@link VideoMuxer} writes. */
export interface MuxerOptions {
  readonly path: string;
  readonly format: RecordingFormat;
  readonly codec: VideoCodec;
  /** Slots per second. */
  readonly fps: number;
}

/** Writes the chunks of one stream to an MP4 or WebM file, off the main thread. */
export class VideoMuxer {
  readonly #av: NodeAv;
  readonly #options: MuxerOptions;
  readonly #context: AvFormatContext;
  readonly #stream: ReturnType<AvFormatContext["newStream"]>;
  readonly #packet: AvPacket;
  #hasHeader = false;
  #isClosed = false;

  private constructor(av: NodeAv, options: MuxerOptions, context: AvFormatContext) {
    this.#av = av;
    this.#options = options;
    this.#context = context;
    this.#stream = context.newStream();
    this.#packet = new av.lib.Packet();
    this.#packet.alloc();
  }

  /** @throws Error (as a rejection) when the file can't be opened */
  static async open(av: NodeAv, options: MuxerOptions): Promise<VideoMuxer> {
    const { FFmpegError, FormatContext } = av.lib;
    const context = new FormatContext();
    try {
      // With "file:", FFmpeg takes nothing before a colon for a protocol.
      const allocated = context.allocOutputContext2(null, options.format, `file:${options.path}`);
      FFmpegError.throwIfError(allocated, `preparing ${options.format}`);
      FFmpegError.throwIfError(await context.openOutput(), "opening the file");
      return new VideoMuxer(av, options, context);
    } catch (error) {
      context.freeContext();
      throw error;
    }
  }

  /**
   * Writes a chunk.
   *
   * @param size - of the coded picture; that of the first chunk counts
   */
  async write({ data, chunk }: EncodedChunk, slot: number, size: Size): Promise<void> {
    if (!this.#hasHeader) await this.#writeHeader(data, size);
    const packet = this.#packet;
    packet.data = Buffer.from(data);
    packet.streamIndex = this.#stream.index;
    packet.isKeyframe = chunk === "key";
    packet.pts = packet.dts = this.#time(slot);
    packet.duration = this.#time(slot + 1) - packet.pts;
    try {
      const written = await this.#context.interleavedWriteFrame(packet);
      this.#av.lib.FFmpegError.throwIfError(written, "writing to the file");
    } finally {
      packet.unref();
    }
  }

  /** Writes what ends the file. */
  async finish(): Promise<void> {
    const { FFmpegError } = this.#av.lib;
    FFmpegError.throwIfError(await this.#context.writeTrailer(), "writing the end of the file");
  }

  /** Closes the file. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#packet.free();
    await this.#context.closeOutput();
    this.#context.freeContext();
  }

  async #writeHeader(firstChunk: Uint8Array, { width, height }: Size): Promise<void> {
    const { lib, constants } = this.#av;
    const { codec, fps, format } = this.#options;
    Object.assign(this.#stream.codecpar, {
      codecType: constants.AVMEDIA_TYPE_VIDEO,
      codecId: codec === "h264" ? constants.AV_CODEC_ID_H264 : constants.AV_CODEC_ID_VP9,
      format: constants.AV_PIX_FMT_YUV420P,
      width,
      height,
      colorRange: constants.AVCOL_RANGE_MPEG,
      colorSpace: constants.AVCOL_SPC_BT709,
      colorPrimaries: constants.AVCOL_PRI_BT709,
      colorTrc: constants.AVCOL_TRC_BT709,
      // MP4 keeps H.264's parameter sets apart: FFmpeg takes them from a chunk that has them.
      ...(codec === "h264" ? { extradata: Buffer.from(firstChunk) } : {}),
    });
    this.#stream.timeBase = new lib.Rational(1, TIME_UNITS);
    this.#stream.avgFrameRate = new lib.Rational(Math.round(fps * 1000), 1000);
    const options = lib.Dictionary.fromObject(MUXER_OPTIONS[format]);
    lib.FFmpegError.throwIfError(
      await this.#context.writeHeader(options),
      "writing the file's header",
    );
    this.#hasHeader = true;
  }

  /** When a slot begins, in the stream's units, which the header has decided on. */
  #time(slot: number): bigint {
    const { num, den } = this.#stream.timeBase;
    return BigInt(Math.round((slot * den) / (this.#options.fps * num)));
  }
}
