import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import {
  nodeRuntime,
  Recording,
  replaceFile,
  type RawFrame,
  type RecordedFile,
  type RecordedFileOptions,
  type RecordingFormat,
  type VideoDevice,
} from "../framebuffer/node";
import {
  checkOptions,
  checkValue,
  integer,
  oneOf,
  positive,
  string,
  type Check,
} from "../protocol/checks";
import type { VideoCodec } from "../protocol/messages";
import { formatOfPath } from "./targetFile";

/** The format for each end of a file name. */
const FORMATS = { ".mp4": "mp4", ".m4v": "mp4", ".webm": "webm" } as const;

const PATH = string(1);

/** A day. */
const SECONDS = positive(86_400, "seconds");

const SIGNAL: Check<AbortSignal> = {
  expected: "an AbortSignal",
  type: "object",
  accepts: (value): value is AbortSignal => value instanceof AbortSignal,
};

const CHECKS = {
  fps: positive(240),
  quality: integer(1, 100),
  format: oneOf(["mp4", "webm"]),
  signal: SIGNAL,
};

/** How to record a video. */
export interface RecordVideoOptions {
  /** Pictures per second, above 0 and up to 240. @defaultValue 30 */
  readonly fps?: number;
  /** 1 (small) to 100 (good). @defaultValue 90 */
  readonly quality?: number;
  /** MP4 with H.264, or WebM with VP9. @defaultValue by the end of the file's name */
  readonly format?: "mp4" | "webm";
  /** Ends the recording early. What was recorded until then is kept. */
  readonly signal?: AbortSignal;
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

/** What is to be recorded. */
export interface VideoTarget {
  readonly path: string;
  readonly seconds: number;
  readonly format: RecordingFormat;
  readonly fps: number;
  readonly quality: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Checks what is to be recorded.
 *
 * @throws TypeError, RangeError when the path has another end than .mp4, .m4v or .webm and no
 *   format is given, or another value is invalid.
 */
export function checkVideoTarget(
  path: string,
  seconds: number,
  options: RecordVideoOptions,
): VideoTarget {
  checkValue("path", path, PATH);
  const given = checkOptions<RecordVideoOptions>(options, CHECKS);
  const { fps = 30, quality = 90, format = formatOfPath(path, FORMATS), signal } = given;
  return {
    path,
    seconds: checkValue("seconds", seconds, SECONDS),
    format,
    fps,
    quality,
    signal,
  };
}

/** What {@link recordVideo} needs. */
export interface VideoSource {
  readonly device: VideoDevice;
  /** See {@link RecordingOptions.draw}. */
  draw(): RawFrame | Promise<RawFrame>;
  /** Gets the recording while it runs, to end it. */
  onRunning(recording: Recording): void;
  openFile(options: RecordedFileOptions): Promise<RecordedFile>;
}

/** Records a video and writes it to a file, which appears once it is complete. */
export async function recordVideo(
  { path, seconds, format, fps, quality, signal }: VideoTarget,
  source: VideoSource,
): Promise<RecordedVideo> {
  signal?.throwIfAborted();
  return replaceFile(path, async (temporary) => {
    const { device } = source;
    const file = await source.openFile({ path: temporary, format, device, fps, quality });
    try {
      signal?.throwIfAborted();
      const recording = new Recording({
        clock: nodeRuntime,
        seconds,
        fps,
        draw: () => source.draw(),
        write: (frame, slot) => file.write(frame, slot),
      });
      const onAbort = (): void => recording.end(signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
      source.onRunning(recording);
      let slots: number;
      try {
        slots = await recording.run();
      } finally {
        signal?.removeEventListener("abort", onAbort);
      }
      const summary = await file.finish();
      await file.close();
      const { size: bytes } = await stat(temporary);
      return { path: resolve(path), seconds: slots / fps, bytes, ...summary };
    } finally {
      await file.close();
    }
  });
}
