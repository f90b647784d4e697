import {
  copyRawFrame,
  createVideoFile,
  replaceFile,
  type EncoderChoice,
  type FramebufferSession,
  type RawFrame,
  type Recording,
  type VideoDevice,
} from "../framebuffer/node";
import { REPORT, STATUS, type MimeBundle, type WidgetStatus } from "../widgets";
import { withFirstPicture } from "./pictureBundle";
import {
  checkVideoTarget,
  recordVideo,
  type RecordedVideo,
  type RecordVideoOptions,
  type VideoSource,
} from "./recordVideo";
import { checkPictureTarget, writePicture, type SavePictureOptions } from "./savePicture";
import { drawStill } from "./snapshot";
import type { SizeTraits, ViewSize } from "./viewSize";

/** A widget with a picture. */
interface Pictured extends SizeTraits {
  readonly encoder: EncoderChoice;
  readonly video_device: VideoDevice;
  readonly view_size: ViewSize;
  readonly [STATUS]: WidgetStatus;
  [REPORT](error: unknown, during: string): void;
}

/** Draws a widget for pictures and videos that are kept, whether or not a view shows it. */
export class PictureFiles {
  readonly #widget: Pictured;
  readonly #session: FramebufferSession;
  readonly #openFile: VideoSource["openFile"];
  readonly #recordings = new Set<Recording>();

  /** @param openFile - opens the file of a recording; node-av's by default */
  constructor(
    widget: Pictured,
    session: FramebufferSession,
    openFile: VideoSource["openFile"] = createVideoFile,
  ) {
    this.#widget = widget;
    this.#session = session;
    this.#openFile = openFile;
  }

  /** See {@link drawStill}. @throws Error when the widget is closed */
  still(pixel_ratio?: number): RawFrame | Promise<RawFrame> {
    this.#checkOpen("take a snapshot");
    return drawStill(this.#session, this.#widget, pixel_ratio);
  }

  /** See {@link withFirstPicture}. */
  withFirst(bundle: MimeBundle): MimeBundle {
    const widget = this.#widget;
    return withFirstPicture(bundle, {
      draw: () => this.#session.lastFrame ?? this.still(),
      size: () => widget.view_size,
      isShown: () => widget[STATUS] === "open",
      reportError: (error) => widget[REPORT](error, "get_frame"),
    });
  }

  /** See `RemoteFrameBuffer.save_picture`. */
  async save(path: string, options: SavePictureOptions = {}): Promise<void> {
    const target = checkPictureTarget(path, options);
    this.#checkOpen("save a picture");
    await replaceFile(path, async (temporary) => {
      const frame = await this.still(target.pixel_ratio);
      await writePicture(temporary, frame, target, this.#widget.encoder);
    });
  }

  /** See `RemoteFrameBuffer.record_video`. */
  async record(
    path: string,
    seconds: number,
    options: RecordVideoOptions = {},
  ): Promise<RecordedVideo> {
    const target = checkVideoTarget(path, seconds, options);
    this.#checkOpen("record");
    let running: Recording | undefined;
    try {
      return await recordVideo(target, {
        device: this.#widget.video_device,
        openFile: this.#openFile,
        draw: this.#takes(),
        onRunning: (recording) => {
          running = recording;
          this.#recordings.add(recording);
        },
      });
    } finally {
      if (running !== undefined) this.#recordings.delete(running);
    }
  }

  /** The widget is closed: ends the recordings, which are kept. */
  close(): void {
    const reason = new Error("Cannot record: the widget was closed before its first frame");
    for (const recording of this.#recordings) recording.end(reason);
  }

  /** Gives the frame that was drawn or sent since the last call; where there is none, draws one. */
  #takes(): () => RawFrame | Promise<RawFrame> {
    const session = this.#session;
    let seen = session.lastFrame;
    const take = (frame: RawFrame): RawFrame => {
      // A draw for the recording becomes the newest frame too.
      seen = session.lastFrame;
      return frame;
    };
    return () => {
      const { lastFrame } = session;
      if (lastFrame !== undefined && lastFrame !== seen) return take(copyRawFrame(lastFrame));
      const drawn = this.still();
      return drawn instanceof Promise ? drawn.then(take) : take(drawn);
    };
  }

  #checkOpen(what: string): void {
    if (this.#widget[STATUS] === "closed") throw new Error(`Cannot ${what}: the widget is closed`);
  }
}
