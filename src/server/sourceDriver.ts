import {
  DrawPace,
  PictureStatusWatch,
  sharedSource,
  SOURCE_LISTENERS,
  viewFrame,
  type DrawOutcome,
  type FrameSource,
  type PictureStatus,
  type RawFrame,
  type Runtime,
  type SourceListener,
} from "../framebuffer/node";
import { withBothNames, type ResizeEvent, type RfbEvent } from "../protocol/events";
import type { StreamRfbEvent } from "../protocol/parseClientMessage";
import { RunningMean } from "../protocol/runningMean";
import type { Disposable } from "../protocol/transport";

/** What a {@link SourceDriver} needs. */
export interface SourceDriverOptions {
  readonly source: FrameSource;
  readonly runtime: Pick<Runtime, "delay" | "monotonic">;
  /** A draw is requested: call {@link SourceDriver.draw} as soon as a viewer can take a frame. */
  onWanted(): void;
  /**
   * Takes a frame.
   *
   * @returns whether it differs from the one before
   */
  publish(frame: RawFrame): boolean;
  /** The newest frame's size in pixels. */
  frameSize(): { readonly width: number; readonly height: number };
  /** The newest frame; undefined before the first. */
  lastFrame(): RawFrame | undefined;
  /** Gets what is wrong with the picture, each time that changes; null if nothing is. */
  showStatus(status: PictureStatus | null): void;
  /** Prints a note on a picture that is probably not what was meant. */
  note(text: string): void;
  /** The source was closed by its owner, and has had its close event. */
  onClosed(): void;
  reportError(error: unknown, during: string): void;
}

/**
 * Draws a source for a stream, and gives it the events of all viewers as a notebook's view would.
 */
export class SourceDriver implements Disposable {
  readonly #options: SourceDriverOptions;
  readonly #listening: Disposable | undefined;
  /** Set for a source that can't request draws itself. */
  readonly #drawAfterEvents: boolean;
  #wanted = true;
  #isDrawing = false;
  readonly #pace = new DrawPace();
  readonly #status: PictureStatusWatch;
  #isWatched = false;
  readonly #drawing = new RunningMean();
  /** When the last draw began. */
  #lastDraw = 0;
  /** No draw before this time, in seconds of the monotonic clock. */
  #notBefore = 0;
  #pause: Disposable | undefined;
  /** The most recent size of a view. */
  #size: ResizeEvent | undefined;
  /** Whether the source has had its close event, the last one. */
  #isSourceClosed = false;
  #isDisposed = false;

  constructor(options: SourceDriverOptions) {
    this.#options = options;
    const { source } = options;
    this.#status = new PictureStatusWatch({
      source,
      clock: options.runtime,
      lastFrame: () => options.lastFrame(),
      note: (text) => options.note(text),
      show: (status) => {
        if (!this.#isDisposed) options.showStatus(status);
      },
    });
    const listener: SourceListener = {
      onDrawRequest: () => this.request(),
      onFrame: (frame) => void this.#publish(frame, "send_frame"),
      onClosed: () => {
        if (this.#isDisposed) return;
        this.#isSourceClosed = true;
        options.onClosed();
      },
    };
    // A source that cannot be shown any more throws.
    this.#listening = source[SOURCE_LISTENERS]?.(listener);
    sharedSource(source).addRoute(this);
    this.#drawAfterEvents = this.#listening === undefined;
  }

  /** How long get_frame() takes, in seconds; 0 before the first draw. */
  get drawing(): number {
    return this.#drawing.value ?? 0;
  }

  /** A viewer looks, or none does any more. */
  setWatched(isWatched: boolean): void {
    if (isWatched === this.#isWatched) return;
    this.#isWatched = isWatched;
    this.#status.setVisible(isWatched);
  }

  /** Requests a draw. */
  request(): void {
    if (this.#isDisposed) return;
    this.#wanted = true;
    const now = this.#options.runtime.monotonic();
    if (!this.#isDrawing && now < this.#notBefore && this.#pace.mayHurry(now)) {
      this.#notBefore = now;
    }
    this.#options.onWanted();
  }

  /**
   * Draws if a draw is requested and none is under way. The frame is published before this returns;
   * later if get_frame() is asynchronous, or if another route is drawing the source.
   */
  draw(): void {
    if (!this.#wanted || this.#isDrawing || this.#isDisposed || this.#isTooEarly()) return;
    const { runtime, source } = this.#options;
    this.#isDrawing = true;
    try {
      const drawn = sharedSource(source).draw(
        () => {
          if (this.#isDisposed) return null;
          this.#wanted = false;
          this.#lastDraw = runtime.monotonic();
          return this.#status.watch(source.get_frame());
        },
        (frame) => {
          this.#drawing.add(runtime.monotonic() - this.#lastDraw);
          return this.#finish(frame);
        },
        {
          clock: runtime,
          reportSlow: (error) => this.#options.reportError(error, "get_frame"),
        },
      );
      if (drawn instanceof Promise) drawn.catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Gives an event to the source, in logical pixels of the most recent size of a view. */
  handle(event: StreamRfbEvent): void {
    if (this.#isSourceClosed) return;
    if (event.event_type === "resize") this.#size = event;
    const { runtime, source } = this.#options;
    const logical = this.#toLogical(event);
    const shared = sharedSource(source);
    if (logical.event_type === "resize") shared.lastResize = logical;
    shared.events.take({
      type: event.event_type,
      clock: runtime,
      handle: () => source.handle_event(logical),
      onProgress: () => {
        if (this.#drawAfterEvents || event.event_type === "resize") this.request();
      },
      reportError: (error) => this.#options.reportError(error, "handle_event"),
    });
  }

  /** Stops. The source gets a close event if nothing else shows it. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#pause?.dispose();
    this.#status.dispose();
    if (sharedSource(this.#options.source).removeRoute(this)) {
      this.handle(withBothNames({ type: "close", timestamp: 0 }));
    }
    // Last, because a widget that is served prints to the console only as long as someone listens.
    this.#listening?.dispose();
  }

  #finish(frame: unknown): void {
    this.#endDraw(
      frame === null || frame === undefined ? "nothing" : this.#publish(frame, "get_frame"),
    );
  }

  #fail(error: unknown): void {
    this.#endDraw("failed");
    this.#report(error, "get_frame");
  }

  #endDraw(outcome: DrawOutcome): void {
    this.#isDrawing = false;
    const { runtime } = this.#options;
    this.#notBefore = this.#pace.record(outcome, this.#lastDraw, runtime.monotonic());
    if (this.#wanted && !this.#isDisposed) this.#options.onWanted();
  }

  #publish(frame: unknown, during: "get_frame" | "send_frame"): DrawOutcome {
    if (this.#isDisposed) return "changed";
    try {
      const isChanged = this.#options.publish(viewFrame(frame));
      this.#status.frameCame();
      return isChanged ? "changed" : "unchanged";
    } catch (error) {
      this.#report(error, during);
      return "failed";
    }
  }

  #report(error: unknown, during: "get_frame" | "send_frame"): void {
    if (during === "get_frame") this.#status.failed(error);
    this.#options.reportError(error, during);
  }

  /** Whether the last draw gave nothing new and the next has to wait. Schedules it then. */
  #isTooEarly(): boolean {
    const { runtime } = this.#options;
    const left = this.#notBefore - runtime.monotonic();
    // Timers and sums of seconds may be off by less than a microsecond.
    if (left < 1e-6) return false;
    this.#pause ??= runtime.delay(left, () => {
      this.#pause = undefined;
      if (this.#wanted) this.#options.onWanted();
    });
    return true;
  }

  /** Converts positions from pixels of the frame to logical pixels of the view. */
  #toLogical(event: StreamRfbEvent): RfbEvent {
    if (!("x" in event)) return event;
    const { width, height } = this.#options.frameSize();
    const size = this.#size ?? { width, height };
    const scaled = ({ x, y }: { readonly x: number; readonly y: number }) => ({
      x: (x * size.width) / width,
      y: (y * size.height) / height,
    });
    const moved = { ...event, ...scaled(event) };
    if (!("touches" in event)) return moved;
    const touches = Object.entries(event.touches).map(([id, touch]) => [
      id,
      { ...touch, ...scaled(touch) },
    ]);
    return { ...moved, touches: Object.fromEntries(touches) as unknown } as RfbEvent;
  }
}
