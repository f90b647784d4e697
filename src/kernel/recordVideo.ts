import type { VideoCodec } from "../protocol/messages";

/** What an `AbortSignal` has, in every runtime. */
export interface AbortSignalLike {
  /** Whether it has been aborted. */
  readonly aborted: boolean;
  /** Why it was aborted. */
  readonly reason: unknown;
  /** Throws the reason if it has been aborted. */
  throwIfAborted(): void;
  /** Calls back when it is aborted. */
  addEventListener(
    type: "abort",
    listener: () => void,
    options?: { readonly once?: boolean },
  ): void;
  /** Stops calling back. */
  removeEventListener(type: "abort", listener: () => void): void;
}

/** How to record a video. */
export interface RecordVideoOptions {
  /** Pictures per second, above 0 and up to 240. @defaultValue 30 */
  readonly fps?: number;
  /** 1 (small) to 100 (good). @defaultValue 90 */
  readonly quality?: number;
  /** MP4 with H.264, or WebM with VP9. @defaultValue by the end of the file's name */
  readonly format?: "mp4" | "webm";
  /** An `AbortSignal` that ends the recording early. What was recorded until then is kept. */
  readonly signal?: AbortSignalLike;
}

/** A video that was recorded. */
export interface RecordedVideo {
  /** The file, as an absolute path. */
  readonly path: string;
  /** Pictures in the file, repeated ones too. */
  readonly frames: number;
  /** Length of the video. */
  readonly seconds: number;
  /** Size of the video in pixels. Video has even sides: an odd one is padded by a pixel. */
  readonly width: number;
  /** See {@link width}. */
  readonly height: number;
  /** The encoding of the video. */
  readonly codec: VideoCodec;
  /** Size of the file. */
  readonly bytes: number;
}
