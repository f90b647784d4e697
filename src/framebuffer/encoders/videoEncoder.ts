import type { VideoCodec } from "../../protocol/messages";
import type { RawFrame } from "../source/frame";

/** Who encodes video: the processor, or a graphics device that is asked for by name. */
export const VIDEO_DEVICES = ["software", "nvenc", "vaapi", "qsv", "amf", "videotoolbox"] as const;

/** One of {@link VIDEO_DEVICES}. */
export type VideoDevice = (typeof VIDEO_DEVICES)[number];

/** One encoded picture of a stream. */
export interface EncodedChunk {
  readonly chunk: "key" | "delta";
  /** WebCodecs' codec string. */
  readonly codec: string;
  /** H.264: Annex B, with the parameter sets in each key chunk. Not to be changed. */
  readonly data: Uint8Array;
  /** The size of the frame that was encoded, scaled: what is to be shown of the decoded picture, which may be padded. */
  readonly visibleWidth: number;
  readonly visibleHeight: number;
  /** As {@link EncodedImage.encodingSeconds}, with the conversion of the pixels, and without scaling. */
  readonly encodingSeconds: number;
}

/** How to encode one picture of a stream. */
export interface ChunkOptions {
  /**
   * Whether the chunk is to need no other. The first always is so, and one of another size. An encoder that knows that whoever gets
   * its chunks has the one before may make a delta all the same.
   */
  readonly keyframe: boolean;
  /** 1 (small) to 99 (good), like that of an image. A change takes effect as soon as the codec allows, with a keyframe if need be. */
  readonly quality: number;
  /** The share of the frame's width and height in which it is coded, above 0 and up to 1. @defaultValue 1 */
  readonly scale?: number;
}

/** Encodes one stream, one chunk for each frame and nothing held back. A frame of another size or number of channels is fine. */
export interface VideoEncoder {
  /** Which encoder, for people: "libx264 (node-av 6.1.1)". */
  readonly name: string;
  readonly codec: VideoCodec;
  /**
   * Tries to make this frame the next one, for an encoder that is shared. If it can't be, the encoder
   * does what it can to let a later frame join.
   *
   * @returns whether the frame can be encoded now
   * @defaultValue every frame can be encoded
   */
  tryJoin?(frame: RawFrame): boolean;
  /** Whoever gets the chunks lacks one: the next will be asked for as a keyframe. @defaultValue nothing is done */
  breakChain?(): void;
  /** Calls are taken in turn. The pixels must not change until the call has settled. Rejects once disposed. */
  encode(frame: RawFrame, options: ChunkOptions): Promise<EncodedChunk>;
  /** Frees the encoder once what is under way has settled. */
  dispose(): void;
}

/** What a stream may take. */
export interface RateLimit {
  /** Bits per second at most, on average over half a second. Encoders of graphics devices take no notice. */
  readonly bitrate: number;
  /** The rate at which pictures come, for which that is meant, > 0. */
  readonly fps: number;
}

/**
 * Makes the encoder of one stream.
 *
 * @param limit - none by default: the quality alone decides
 * @throws Error (as a rejection) saying what is missing and which command installs it.
 */
export type CreateVideoEncoder = (
  codec: VideoCodec,
  device: VideoDevice,
  limit?: RateLimit,
) => Promise<VideoEncoder>;
