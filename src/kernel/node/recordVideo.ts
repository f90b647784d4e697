import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import {
  nodeRuntime,
  Recording,
  replaceFile,
  type RecordedFile,
  type RecordedFileOptions,
  type RecordingFormat,
} from "../../framebuffer/node";
import {
  checkOptions,
  checkValue,
  integer,
  isObject,
  oneOf,
  positive,
  string,
  type Check,
} from "../../protocol/checks";
import type { PictureSource } from "../pictureRuntime";
import type { AbortSignalLike, RecordedVideo, RecordVideoOptions } from "../recordVideo";
import { formatOfPath } from "./targetFile";

/** The format for each end of a file name. */
const FORMATS = { ".mp4": "mp4", ".m4v": "mp4", ".webm": "webm" } as const;

const PATH = string(1);

/** A day. */
const SECONDS = positive(86_400, "seconds");

const SIGNAL_METHODS = ["throwIfAborted", "addEventListener", "removeEventListener"];

/** Takes the AbortSignals of other realms and libraries, too. */
const SIGNAL: Check<AbortSignalLike> = {
  expected: "an AbortSignal",
  type: "object",
  accepts: (value): value is AbortSignalLike & Readonly<Record<string, unknown>> =>
    isObject(value) &&
    typeof value["aborted"] === "boolean" &&
    SIGNAL_METHODS.every((name) => typeof value[name] === "function"),
};

const CHECKS = {
  fps: positive(240),
  quality: integer(1, 100),
  format: oneOf(["mp4", "webm"]),
  signal: SIGNAL,
};

/** What is to be recorded. */
interface VideoTarget {
  readonly path: string;
  readonly seconds: number;
  readonly format: RecordingFormat;
  readonly fps: number;
  readonly quality: number;
  readonly signal: AbortSignalLike | undefined;
}

/** Opens the file of a recording. */
export type OpenFile = (options: RecordedFileOptions) => Promise<RecordedFile>;

/**
 * Records a video and writes it to a file, which appears once it is complete.
 *
 * @throws (as a rejection) TypeError, RangeError when the path has another end than .mp4, .m4v or
 *   .webm and no format is given, or another value is invalid
 */
export async function recordVideo(
  path: string,
  seconds: number,
  options: RecordVideoOptions,
  source: PictureSource,
  openFile: OpenFile,
): Promise<RecordedVideo> {
  const target = checkVideoTarget(path, seconds, options);
  source.checkOpen("record");
  const { format, fps, quality, signal } = target;
  signal?.throwIfAborted();
  return replaceFile(path, async (temporary) => {
    const device = source.videoDevice;
    const file = await openFile({ path: temporary, format, device, fps, quality });
    try {
      const slots = await runRecording(target, source, file);
      const summary = await file.finish();
      await file.close();
      const { size: bytes } = await stat(temporary);
      return { path: resolve(path), seconds: slots / fps, bytes, ...summary };
    } finally {
      await file.close();
    }
  });
}

function checkVideoTarget(path: string, seconds: number, options: RecordVideoOptions): VideoTarget {
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

/** Returns how many pictures the video has. */
async function runRecording(
  { seconds, fps, signal }: VideoTarget,
  source: PictureSource,
  file: RecordedFile,
): Promise<number> {
  signal?.throwIfAborted();
  const recording = new Recording({
    clock: nodeRuntime,
    seconds,
    fps,
    draw: source.takes(),
    write: (frame, slot) => file.write(frame, slot),
  });
  const onAbort = (): void => recording.end(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  source.recordingBegan(recording);
  try {
    return await recording.run();
  } finally {
    source.recordingEnded(recording);
    signal?.removeEventListener("abort", onAbort);
  }
}
