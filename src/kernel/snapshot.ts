import { encodePngSync, type RawFrame } from "../framebuffer";
import type { MimeBundle } from "../widgets/kernel";
import { DISPLAY } from "../widgets/widgetHooks";

/** Logical size in CSS pixels at which a snapshot is shown. */
interface SnapshotSize {
  readonly width: number;
  readonly height: number;
}

/** A still picture's pixels; a frame that `send_frame()` takes. */
export interface SnapshotData {
  /** Row after row from the top, 0..255 for each channel. */
  readonly data: Uint8Array;
  /** `[height, width]` for gray, or `[height, width, channels]`, in physical pixels. */
  readonly shape: readonly number[];
}

/** What a snapshot is made of. */
interface SnapshotOptions {
  /** The frame, or a Promise of it when drawing takes time. */
  readonly frame: RawFrame | Promise<RawFrame>;
  /** The logical size, asked for once the frame is there. */
  readonly size: () => SnapshotSize | undefined;
}

/**
 * A still picture of a widget. As a cell's last expression it shows as a PNG that stays in the notebook; while the frame is being
 * drawn, a placeholder stands there.
 */
export class Snapshot {
  /** Settles when the frame is there; rejects with what get_frame() threw. */
  readonly ready: Promise<this>;
  readonly #drawing: RawFrame | Promise<RawFrame>;
  readonly #size: () => SnapshotSize | undefined;
  #frame: RawFrame | undefined;

  constructor({ frame, size }: SnapshotOptions) {
    this.#drawing = frame;
    this.#size = size;
    if (!(frame instanceof Promise)) this.#frame = frame;
    this.ready = this.#draw();
    // Whoever awaits `ready`, or shows the snapshot, gets the error; nobody has to.
    this.ready.catch(() => undefined);
  }

  /** The frame; undefined until `ready` has resolved. */
  get data(): SnapshotData | undefined {
    if (this.#frame === undefined) return undefined;
    const { data, width, height, channels } = this.#frame;
    return { data, shape: channels === 1 ? [height, width] : [height, width, channels] };
  }

  /**
   * The bundle that shows it: image/png, and text/html at its logical size. A Promise only while the frame is being drawn, so that
   * the picture is part of its cell; it rejects with what get_frame() threw.
   */
  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    if (this.#frame !== undefined) return this.#bundle(this.#frame);
    return Promise.resolve(this.#drawing).then((frame) => this.#bundle(frame));
  }

  async #draw(): Promise<this> {
    this.#frame = await this.#drawing;
    return this;
  }

  #bundle(frame: RawFrame): MimeBundle {
    const { width, height } = this.#size() ?? frame;
    const png = Buffer.from(encodePngSync(frame)).toString("base64");
    return {
      "image/png": png,
      "text/html": `<img src="data:image/png;base64,${png}" alt="snapshot" style="width:${width}px;height:${height}px" />`,
      "text/plain": `Snapshot(${frame.width} x ${frame.height})`,
    };
  }
}
