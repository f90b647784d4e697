import {
  copyRawFrame,
  type EncoderChoice,
  type FramebufferSession,
  type RawFrame,
  type Recording,
  type VideoDevice,
} from "../framebuffer";
import { REPORT, STATUS, type MimeBundle, type WidgetStatus } from "../widgets";
import { withFirstPicture } from "./pictureBundle";
import { pictureRuntime, type PictureFileWriter, type PictureSource } from "./pictureRuntime";
import type { RecordedVideo, RecordVideoOptions } from "./recordVideo";
import type { SavePictureOptions } from "./savePicture";
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
export class PictureFiles implements PictureSource {
  readonly #widget: Pictured;
  readonly #session: FramebufferSession;
  readonly #writer: PictureFileWriter;
  readonly #recordings = new Set<Recording>();

  /** @param writer - writes files; the runtime's by default */
  constructor(
    widget: Pictured,
    session: FramebufferSession,
    writer: PictureFileWriter = pictureRuntime().files,
  ) {
    this.#widget = widget;
    this.#session = session;
    this.#writer = writer;
  }

  /** See `RemoteFrameBuffer.save_picture`. */
  save(path: string, options: SavePictureOptions = {}): Promise<void> {
    return this.#writer.save(path, options, this);
  }

  /** See `RemoteFrameBuffer.record_video`. */
  record(path: string, seconds: number, options: RecordVideoOptions = {}): Promise<RecordedVideo> {
    return this.#writer.record(path, seconds, options, this);
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

  get encoder(): EncoderChoice {
    return this.#widget.encoder;
  }

  get videoDevice(): VideoDevice {
    return this.#widget.video_device;
  }

  checkOpen(what: string): void {
    if (this.#widget[STATUS] === "closed") throw new Error(`Cannot ${what}: the widget is closed`);
  }

  /** See {@link drawStill}. @throws Error when the widget is closed */
  still(pixel_ratio?: number): RawFrame | Promise<RawFrame> {
    this.checkOpen("take a snapshot");
    return drawStill(this.#session, this.#widget, pixel_ratio);
  }

  /** Gives the frame that was drawn or sent since the last call; where there is none, draws one. */
  takes(): () => RawFrame | Promise<RawFrame> {
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

  recordingBegan(recording: Recording): void {
    this.#recordings.add(recording);
  }

  recordingEnded(recording: Recording): void {
    this.#recordings.delete(recording);
  }

  /** The widget is closed: ends the recordings, which are kept. */
  close(): void {
    const reason = new Error("Cannot record: the widget was closed before its first frame");
    for (const recording of this.#recordings) recording.end(reason);
  }
}
