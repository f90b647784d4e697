/** Draws a {@link FrameSource} for a display, and gives it the events of all viewers as a notebook's view would. */
import {
  SOURCE_LISTENERS,
  viewFrame,
  type FrameSource,
  type RawFrame,
  type Runtime,
  type SourceListener,
} from "../framebuffer";
import { withBothNames, type ResizeEvent, type RfbEvent } from "../protocol/events";
import { isPromiseLike } from "../protocol/promiseLike";
import type { StreamRfbEvent } from "../protocol/streamParse";
import type { Disposable } from "../protocol/transport";

/** Seconds from a draw that changed nothing to the next: nothing that is sent would hold the source back. */
const UNCHANGED_INTERVAL = 1 / 60;

/** What a {@link SourceDriver} needs. */
export interface SourceDriverOptions {
  readonly source: FrameSource;
  readonly runtime: Pick<Runtime, "delay" | "monotonic">;
  /** A draw is wanted: asks for one with {@link SourceDriver.draw} as soon as a viewer can take a frame. */
  onWanted(): void;
  /** Takes a frame. Returns whether it differs from the one before. @throws as publish() does */
  publish(frame: RawFrame): boolean;
  /** The newest frame's size in pixels. */
  frameSize(): { readonly width: number; readonly height: number };
  /** The source is closed, by its own doing. */
  onClosed(): void;
  reportError(error: unknown, during: string): void;
}

/** Asks a source for a frame when one is wanted and a viewer has room, one at a time. */
export class SourceDriver implements Disposable {
  readonly #options: SourceDriverOptions;
  readonly #listening: Disposable | undefined;
  /** Sources that do not tell when they want to be drawn are drawn after each event. */
  readonly #drawAfterEvents: boolean;
  #wanted = true;
  #isDrawing = false;
  #notBefore = 0;
  #pause: Disposable | undefined;
  #size: ResizeEvent | undefined;
  #isClosed = false;
  #isDisposed = false;

  constructor(options: SourceDriverOptions) {
    this.#options = options;
    const listener: SourceListener = {
      onDrawRequest: () => this.request(),
      onFrame: (frame) => void this.#publish(frame),
      onClosed: () => this.#closed(),
    };
    this.#listening = options.source[SOURCE_LISTENERS]?.(listener);
    this.#drawAfterEvents = this.#listening === undefined;
  }

  /** Wants a draw. */
  request(): void {
    if (this.#isDisposed) return;
    this.#wanted = true;
    this.#options.onWanted();
  }

  /** Draws, if a draw is wanted. A frame is published before this returns, or later where the source takes its time. */
  draw(): void {
    if (!this.#wanted || this.#isDrawing || this.#isDisposed || this.#holdBack()) return;
    this.#wanted = false;
    this.#isDrawing = true;
    try {
      // A user's method may return anything, whatever its type says.
      const result: unknown = this.#options.source.get_frame();
      if (isPromiseLike(result)) {
        Promise.resolve(result).then(
          (frame) => this.#finish(frame),
          (error: unknown) => this.#fail(error),
        );
        return;
      }
      this.#finish(result);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Gives an event to the source, in its own coordinates: logical pixels of the size that it was last told. */
  handle(event: StreamRfbEvent): void {
    if (event.event_type === "resize") this.#size = event;
    try {
      const result: unknown = this.#options.source.handle_event(this.#toLogical(event));
      if (isPromiseLike(result)) {
        Promise.resolve(result).catch((error: unknown) =>
          this.#options.reportError(error, "handle_event"),
        );
      }
    } catch (error) {
      this.#options.reportError(error, "handle_event");
    }
    if (this.#drawAfterEvents || event.event_type === "resize") this.request();
  }

  /** Tells the source that it is closed, and lets it go. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#pause?.dispose();
    if (!this.#isClosed) this.handle(withBothNames({ type: "close", timestamp: 0 }));
    // Until then what the source prints goes where it went before.
    this.#listening?.dispose();
  }

  #closed(): void {
    if (this.#isDisposed) return;
    this.#isClosed = true;
    this.#options.onClosed();
  }

  #finish(frame: unknown): void {
    this.#isDrawing = false;
    if (frame !== null && frame !== undefined && !this.#publish(frame)) {
      this.#notBefore = this.#options.runtime.monotonic() + UNCHANGED_INTERVAL;
    }
    if (this.#wanted && !this.#isDisposed) this.#options.onWanted();
  }

  #fail(error: unknown): void {
    this.#isDrawing = false;
    this.#options.reportError(error, "get_frame");
    if (this.#wanted && !this.#isDisposed) this.#options.onWanted();
  }

  #publish(frame: unknown): boolean {
    if (this.#isDisposed) return true;
    try {
      return this.#options.publish(viewFrame(frame));
    } catch (error) {
      this.#options.reportError(error, "get_frame");
      return true;
    }
  }

  /** Whether it is too early for an animation that does not change. Then the draw comes later. */
  #holdBack(): boolean {
    const { runtime } = this.#options;
    const left = this.#notBefore - runtime.monotonic();
    if (left <= 0) return false;
    this.#pause ??= runtime.delay(left, () => {
      this.#pause = undefined;
      if (this.#wanted) this.#options.onWanted();
    });
    return true;
  }

  #toLogical(event: StreamRfbEvent): RfbEvent {
    if (!("x" in event)) return event;
    const { width, height } = this.#options.frameSize();
    const size = this.#size ?? { width, height };
    const place = ({ x, y }: { readonly x: number; readonly y: number }) => ({
      x: (x * size.width) / width,
      y: (y * size.height) / height,
    });
    const moved = { ...event, ...place(event) };
    if (!("touches" in event)) return moved;
    const touches = Object.entries(event.touches).map(([id, touch]) => [
      id,
      { ...touch, ...place(touch) },
    ]);
    return { ...moved, touches: Object.fromEntries(touches) as unknown } as RfbEvent;
  }
}
