import {
  RECORDING_CODECS,
  type RecordedFile,
  type RecordedFileOptions,
  type RecordedFileSummary,
} from "../../recording/recordedFile";
import type { RawFrame } from "../../source/frame";
import { codedSide } from "../codedSize";
import type { VideoEncoder } from "../videoEncoder";
import { createVideoEncoder } from "./videoEncoders";
import { fitFrame } from "./videoFit";
import { loadNodeAv, type NodeAv } from "./videoModule";
import { VideoMuxer } from "./videoMuxer";
import type { Size } from "./videoPixels";
import { findNodeAv } from "./videoPlace";

/** Between keyframes: a player that seeks decodes from one on. */
const KEYFRAME_SECONDS = 2;

/**
 * Opens a video file for writing, by node-av: H.264 in MP4, or VP9 in WebM, in BT.709 and limited
 * range. Odd sides are padded by one column or row.
 *
 * @throws Error (as a rejection) when node-av is missing, with the command that installs it, or
 * doesn't work here, with the reason
 */
export async function createVideoFile(options: RecordedFileOptions): Promise<RecordedFile> {
  const { path, format, fps } = options;
  const codec = RECORDING_CODECS[format];
  const encoder = await createVideoEncoder(codec, codec === "h264" ? options.device : "software");
  try {
    const av = await loadNodeAv(findNodeAv());
    const muxer = await VideoMuxer.open(av, { path, format, codec, fps });
    return new VideoFile(av, encoder, muxer, options);
  } catch (error) {
    encoder.dispose();
    throw error;
  }
}

class VideoFile implements RecordedFile {
  readonly #av: NodeAv;
  readonly #encoder: VideoEncoder;
  readonly #muxer: VideoMuxer;
  readonly #options: Pick<RecordedFileOptions, "fps" | "quality">;
  #size: Size | undefined;
  #frames = 0;
  /** The first slot that gets a keyframe again. */
  #nextKeyframe = 0;

  constructor(
    av: NodeAv,
    encoder: VideoEncoder,
    muxer: VideoMuxer,
    options: Pick<RecordedFileOptions, "fps" | "quality">,
  ) {
    this.#av = av;
    this.#encoder = encoder;
    this.#muxer = muxer;
    this.#options = options;
  }

  async write(frame: RawFrame, slot: number): Promise<void> {
    const { fps, quality } = this.#options;
    const { width, height } = frame;
    const size = (this.#size ??= { width, height });
    const isFitting = width === size.width && height === size.height;
    const fitted = isFitting ? frame : await fitFrame(this.#av, frame, size);
    const keyframe = slot >= this.#nextKeyframe;
    const chunk = await this.#encoder.encode(fitted, { keyframe, quality });
    if (chunk.chunk === "key") this.#nextKeyframe = slot + KEYFRAME_SECONDS * fps;
    await this.#muxer.write(chunk, slot, codedSize(size));
    this.#frames += 1;
  }

  async finish(): Promise<RecordedFileSummary> {
    if (this.#size === undefined) throw new Error("Cannot finish a recording without a picture");
    await this.#muxer.finish();
    return { frames: this.#frames, codec: this.#encoder.codec, ...codedSize(this.#size) };
  }

  async close(): Promise<void> {
    this.#encoder.dispose();
    await this.#muxer.close();
  }
}

function codedSize({ width, height }: Size): Size {
  return { width: codedSide(width), height: codedSide(height) };
}
