import type { VideoCodec } from "../../protocol/messages";
import type { VideoDevice } from "../encoders/videoEncoder";
import type { RawFrame } from "../source/frame";

/** The container formats of recordings: MP4 with H.264, and WebM with VP9. */
export const RECORDING_CODECS = {
  mp4: "h264",
  webm: "vp9",
} as const satisfies Readonly<Record<string, VideoCodec>>;

/** A key of {@link RECORDING_CODECS}. */
export type RecordingFormat = keyof typeof RECORDING_CODECS;

/** What a file is recorded with. */
export interface RecordedFileOptions {
  /** Where to write it. What is there is overwritten. */
  readonly path: string;
  readonly format: RecordingFormat;
  /** Encodes H.264. VP9 is encoded by software. */
  readonly device: VideoDevice;
  /** Slots per second, above 0. */
  readonly fps: number;
  /** 1 (small) to 100 (good). */
  readonly quality: number;
}

/** A finished recording. */
export interface RecordedFileSummary {
  /** Pictures in the file. */
  readonly frames: number;
  /** The video's size in pixels: even. */
  readonly width: number;
  readonly height: number;
  readonly codec: VideoCodec;
}

/**
 * A video that is being written. Call one method at a time. The first picture decides on the size;
 * later ones of another size are fitted into it, with black bars.
 */
export interface RecordedFile {
  /** Writes a picture that is shown from slot `slot` on, which grows with each call. */
  write(frame: RawFrame, slot: number): Promise<void>;
  /** Completes the file. There must be a picture. */
  finish(): Promise<RecordedFileSummary>;
  /** Closes the file and frees the encoder; necessary after {@link finish} too. Idempotent. */
  close(): Promise<void>;
}
