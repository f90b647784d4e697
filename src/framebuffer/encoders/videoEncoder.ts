import type { VideoCodec } from "../../protocol/messages";
import type { RawFrame } from "../source/frame";

/** The values of {@link VideoDevice}. */
export const VIDEO_DEVICES = ["software", "nvenc", "vaapi", "qsv", "amf", "videotoolbox"] as const;

/** What encodes video: the processor ("software"), or a graphics device. */
export type VideoDevice = (typeof VIDEO_DEVICES)[number];

/** One encoded picture of a stream. */
export interface EncodedChunk {
  readonly chunk: "key" | "delta";
  /** WebCodecs' codec string. */
  readonly codec: string;
  /** H.264: Annex B, with the parameter sets in each key chunk. Not to be changed. */
  readonly data: Uint8Array;
  /**
   * The size of the scaled frame. The decoded picture may be padded: only this part of it is shown.
   */
  readonly visibleWidth: number;
  readonly visibleHeight: number;
  /** As {@link EncodedImage.encodingSeconds}: includes converting the pixels, but not scaling. */
  readonly encodingSeconds: number;
}

/** How to encode one picture of a stream. */
export interface ChunkOptions {
  /**
   * Asks for a chunk that needs no other. The first chunk, and the first of another size, always is
   * one. An encoder may return a delta chunk nevertheless if it knows that each viewer has the
   * chunk before.
   */
  readonly keyframe: boolean;
  /**
   * 1 (small) to 99 (good), like an image's. A change takes effect as soon as the codec allows, if
   * necessary with a keyframe.
   */
  readonly quality: number;
  /** Scale of the coded picture's sides, above 0 and up to 1. @defaultValue 1 */
  readonly scale?: number;
}

/**
 * Encodes one stream: one chunk for each frame, without delay. The size and the channels of frames
 * may change.
 */
export interface VideoEncoder {
  /** The encoder, in words: "libx264 (node-av 6.1.1)". */
  readonly name: string;
  readonly codec: VideoCodec;
  /**
   * Tries to make this frame the next one, for an encoder that is shared. If it can't be, the
   * encoder does what it can to let a later frame join.
   *
   * @returns whether the frame can be encoded now
   * @defaultValue every frame can be encoded
   */
  tryJoin?(frame: RawFrame): boolean;
  /**
   * A viewer lacks a chunk: the next call will ask for a keyframe.
   *
   * @defaultValue nothing happens
   */
  breakChain?(): void;
  /**
   * Calls run one after another. The pixels must not change until a call has settled. Rejects once
   * disposed.
   */
  encode(frame: RawFrame, options: ChunkOptions): Promise<EncodedChunk>;
  /** Frees the encoder as soon as the calls under way have settled. */
  dispose(): void;
}

/** The most that a stream may take. */
export interface RateLimit {
  /** Bits per second, averaged over half a second. Encoders of graphics devices ignore it. */
  readonly bitrate: number;
  /** The frame rate at which `bitrate` applies, > 0. */
  readonly fps: number;
}

/**
 * Makes the encoder of one stream.
 *
 * @param limit - none by default: the quality alone decides
 * @throws PlainError (as a rejection) with what is missing and what to do
 */
export type CreateVideoEncoder = (
  codec: VideoCodec,
  device: VideoDevice,
  limit?: RateLimit,
) => Promise<VideoEncoder>;
