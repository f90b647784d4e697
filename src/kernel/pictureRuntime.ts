/**
 * What pictures in a notebook need of a JavaScript runtime, beyond what widgets need
 * (`widgets/runtime.ts`). This folder compiles with the types of neither Node nor the DOM, except
 * for its folders and its index, which are Node's.
 */
import type { EncoderChoice, RawFrame, Recording, Runtime, VideoDevice } from "../framebuffer";
import type { RecordedVideo, RecordVideoOptions } from "./recordVideo";
import type { SavePictureOptions } from "./savePicture";

/** A widget whose picture is written to a file. */
export interface PictureSource {
  /** What encodes it as JPEG. */
  readonly encoder: EncoderChoice;
  /** What encodes it as video. */
  readonly videoDevice: VideoDevice;
  /**
   * Checks that the widget is open.
   *
   * @param what - for the error: "save a picture"
   * @throws Error when it is closed
   */
  checkOpen(what: string): void;
  /** Draws a still picture, of the view's ratio unless another one is given. */
  still(pixel_ratio?: number): RawFrame | Promise<RawFrame>;
  /** Returns a function that draws the next picture of a video. */
  takes(): () => RawFrame | Promise<RawFrame>;
  /** A recording runs. It is to be ended when the widget is closed. */
  recordingBegan(recording: Recording): void;
  /** A recording has ended, or failed. */
  recordingEnded(recording: Recording): void;
}

/** Writes files. */
export interface PictureFileWriter {
  /** See `RemoteFrameBuffer.save_picture`. */
  save(path: string, options: SavePictureOptions, source: PictureSource): Promise<void>;
  /** See `RemoteFrameBuffer.record_video`. */
  record(
    path: string,
    seconds: number,
    options: RecordVideoOptions,
    source: PictureSource,
  ): Promise<RecordedVideo>;
}

/** What anywidget loads for each picture, and what that loads once for all. */
export type AnywidgetModule = "loader" | "frontEnd";

/** What pictures ask of the runtime that they are drawn in. */
export interface PictureRuntime {
  /** Clocks, memory and encoders of frames. */
  readonly frames: Runtime;
  /**
   * Encodes a frame as a PNG, on the calling thread. Where it is missing, a snapshot shows itself
   * later, and the output of a live view holds no picture until the page has put it there.
   */
  readonly encodePngSync?: (frame: RawFrame) => Uint8Array;
  /**
   * Calls a function so that the user can interrupt it, even in an endless loop, where that is
   * possible. A Promise that it returns can't be interrupted.
   *
   * @throws Error when it was interrupted, or what it throws
   */
  callInterruptibly<Result>(callback: () => Result): Result;
  /** Formats values as one text, as console.log() prints them. */
  formatLine(values: readonly unknown[]): string;
  /** Prints what no widget can show. `line` has no line break at its end. */
  printLine(line: string): void;
  readonly files: PictureFileWriter;
  /**
   * Reads one of the modules with which anywidget shows pictures.
   *
   * @throws Error when it isn't there
   */
  readAnywidgetModule(name: AnywidgetModule): string;
}

let current: PictureRuntime | undefined;

/** Makes a runtime the one that pictures are drawn in. Each entry of the package installs one. */
export function installPictureRuntime(runtime: PictureRuntime): void {
  current = runtime;
}

/** The runtime that pictures are drawn in. @throws Error when none is installed */
export function pictureRuntime(): PictureRuntime {
  if (current === undefined) throw new Error("Cannot draw: no runtime is installed");
  return current;
}
