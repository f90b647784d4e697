import type { FramebufferSession, RawFrame } from "../framebuffer";
import { checkValue } from "../protocol/checks";
import { DISPLAY, type MimeBundle } from "../widgets";
import { pictureBundle } from "./pictureBundle";
import { pictureRuntime } from "./pictureRuntime";
import { RATIO } from "./savePicture";
import { resizeEvent, sizeOfTraits, type SizeTraits } from "./viewSize";

/** Logical size of a shown snapshot, in CSS pixels. */
interface SnapshotSize {
  readonly width: number;
  readonly height: number;
}

/** The pixels of a snapshot. `send_frame()` accepts them as a frame. */
export interface SnapshotData {
  /** Rows from top to bottom, 0..255 for each channel. */
  readonly data: Uint8Array;
  /** `[height, width]` for gray, or `[height, width, channels]`, in physical pixels. */
  readonly shape: readonly number[];
}

/** What a snapshot is created from. */
interface SnapshotOptions {
  /** The frame, or a Promise of it if get_frame() returned one. */
  readonly frame: RawFrame | Promise<RawFrame>;
  /** Returns the logical size. Called once the frame is drawn. */
  readonly size: () => SnapshotSize | undefined;
}

/**
 * A still picture of a widget. As a cell's last expression it shows a PNG, which is saved with the
 * notebook. A placeholder shows while the frame is being drawn.
 */
export class Snapshot {
  /** Resolves once the frame is drawn. Rejects with what get_frame() threw. */
  readonly ready: Promise<this>;
  readonly #drawing: RawFrame | Promise<RawFrame>;
  readonly #size: () => SnapshotSize | undefined;
  #frame: RawFrame | undefined;

  constructor({ frame, size }: SnapshotOptions) {
    this.#drawing = frame;
    this.#size = size;
    if (!(frame instanceof Promise)) this.#frame = frame;
    this.ready = this.#draw();
    // An error reaches the code that awaits `ready` or shows the snapshot. Without such code it is
    // ignored.
    this.ready.catch(() => undefined);
  }

  /** The frame, or undefined until `ready` has resolved. */
  get data(): SnapshotData | undefined {
    if (this.#frame === undefined) return undefined;
    const { data, width, height, channels } = this.#frame;
    return { data, shape: channels === 1 ? [height, width] : [height, width, channels] };
  }

  /**
   * Returns the bundle that shows the snapshot: image/png at its logical size. Returns a Promise
   * only while the frame is being drawn, which rejects with what get_frame() threw, or where the
   * runtime encodes no PNG at once. A finished picture so appears before its cell ends.
   */
  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    if (this.#frame !== undefined) return this.#bundle(this.#frame);
    return Promise.resolve(this.#drawing).then((frame) => this.#bundle(frame));
  }

  /** What console.log prints. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.#frame === undefined ? "Snapshot(not drawn)" : describe(this.#frame);
  }

  async #draw(): Promise<this> {
    this.#frame = await this.#drawing;
    return this;
  }

  #bundle(frame: RawFrame): MimeBundle | Promise<MimeBundle> {
    const { encodePngSync } = pictureRuntime();
    const bundle = (png: Uint8Array): MimeBundle => ({
      ...pictureBundle(png, this.#size() ?? frame),
      "text/plain": describe(frame),
    });
    return encodePngSync === undefined
      ? encodePng(frame).then(bundle)
      : bundle(encodePngSync(frame));
  }
}

/** Off the calling thread, where the runtime can. */
async function encodePng(frame: RawFrame): Promise<Uint8Array> {
  const encoders = pictureRuntime().frames.acquireImageEncoders();
  try {
    const encoder = await encoders.get("png", true, "auto");
    return (await encoder.encode(frame, { quality: 100, chroma: "4:4:4" })).data;
  } finally {
    encoders.dispose();
  }
}

function describe({ width, height }: RawFrame): string {
  return `Snapshot(${width} x ${height})`;
}

/**
 * Draws a frame for a still picture. Before the first view, the source first hears of the size that
 * the traits give; with another ratio than the view's, of that size, and afterwards of the view's.
 *
 * @throws what get_frame() throws; TypeError or RangeError for a bad ratio.
 */
export function drawStill(
  session: FramebufferSession,
  traits: SizeTraits,
  pixel_ratio?: number,
): RawFrame | Promise<RawFrame> {
  if (pixel_ratio !== undefined) checkValue("pixel_ratio", pixel_ratio, RATIO);
  const shown = session.lastResizeEvent;
  const asShown = shown !== undefined && (pixel_ratio === undefined || pixel_ratio === shown.ratio);
  // The picture is drawn at once, so an asynchronous handler must know its size by then.
  if (!asShown) {
    session.emitEvent(resizeEvent(shown ?? sizeOfTraits(traits), pixel_ratio ?? 1), true);
  }
  const frame = session.snapshot();
  if (asShown || shown === undefined) return frame;
  const restore = (): void => session.emitEvent(shown, true);
  if (frame instanceof Promise) void frame.then(restore, restore);
  else restore();
  return frame;
}
