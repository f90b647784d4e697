import type { Disposable } from "../../protocol/transport";
import type { Clock } from "../runtime";
import { copyRawFrame, viewFrame, type RawFrame } from "./frame";
import { isKeptFrame } from "./framePool";
import type { FrameSource } from "./frameSource";
import { PendingSnapshots } from "./pendingSnapshots";
import { sharedSource } from "./sharedSource";

/** What {@link SourceDraws} need. */
export interface SourceDrawsOptions {
  readonly source: FrameSource;
  readonly clock: Pick<Clock, "delay" | "monotonic">;
  /** The newest frame; undefined before the first. */
  lastFrame(): RawFrame | undefined;
  /** A draw begins. One `onEnd` follows for each call; the calls may be nested. */
  onBegin(): void;
  onEnd(): void;
  /**
   * A draw gave a frame, or nothing. Its pixels may be the user's.
   *
   * @param seconds - how long get_frame() took, until its Promise settled
   */
  onDrawn(frame: RawFrame | null, seconds: number): void;
  /** A frame was drawn for a snapshot only. Its pixels may be the user's. */
  onSnapshotDrawn(frame: RawFrame): void;
  /** The first snapshot waits for the next frame that is sent, or none does any more. */
  onSnapshotWaits(waits: boolean): void;
  /** A draw failed; not that of a snapshot, whose caller gets the error. */
  reportError(error: unknown): void;
  /** A draw takes long; it goes on. */
  reportSlow(error: Error): void;
}

/** A session's calls of get_frame(): for draws, and for snapshots. */
export class SourceDraws implements Disposable {
  readonly #options: SourceDrawsOptions;
  readonly #snapshots: PendingSnapshots;
  /** The asynchronous draw that runs now, or waits for its turn. */
  #running: Promise<RawFrame | null> | undefined;
  /** Whether it has called get_frame(), and may not show what changes from now on. */
  #hasBegun = false;
  /** The draw after it, for which snapshots wait. */
  #next: Promise<RawFrame | null> | undefined;
  #isDisposed = false;

  constructor(options: SourceDrawsOptions) {
    this.#options = options;
    this.#snapshots = new PendingSnapshots((waits) => options.onSnapshotWaits(waits));
  }

  /** Whether a snapshot waits for the next frame. */
  get isSnapshotWaiting(): boolean {
    return this.#snapshots.isWaiting;
  }

  /** Draws a frame. Errors are reported. */
  draw(): void {
    try {
      const drawn = this.#getFrame((frame, seconds) => {
        if (!this.#isDisposed) this.#options.onDrawn(frame, seconds);
      });
      if (drawn instanceof Promise) {
        drawn.catch((error: unknown) => {
          if (!this.#isDisposed) this.#options.reportError(error);
        });
      }
    } catch (error) {
      this.#options.reportError(error);
    }
  }

  /** See {@link FramebufferSession.snapshot}. */
  snapshot(): RawFrame | Promise<RawFrame> {
    if (this.#isDisposed) throw new Error("Cannot take a snapshot: the session is disposed");
    const lastFrame = (): RawFrame | undefined => this.#options.lastFrame();
    const running = this.#running;
    if (running !== undefined) {
      const drawing = this.#hasBegun ? this.#drawAfter(running) : running;
      return this.#snapshots.add(drawing, lastFrame);
    }
    const drawn = this.#drawForSnapshot();
    if (drawn instanceof Promise) return this.#snapshots.add(drawn, lastFrame);
    const frame = drawn ?? lastFrame();
    return frame === undefined
      ? this.#snapshots.add(Promise.resolve(null), lastFrame)
      : copyRawFrame(frame);
  }

  #drawForSnapshot(): RawFrame | null | Promise<RawFrame | null> {
    return this.#getFrame((frame) => {
      if (frame !== null && !this.#isDisposed) this.#options.onSnapshotDrawn(frame);
    });
  }

  /** The draw that begins when a draw that runs has ended, whoever needs it. */
  #drawAfter(running: Promise<RawFrame | null>): Promise<RawFrame | null> {
    this.#next ??= running
      .catch(() => null)
      .then(() => {
        this.#next = undefined;
        return this.#isDisposed ? null : (this.#running ?? this.#drawForSnapshot());
      });
    return this.#next;
  }

  /** A frame is sent: gives it to the snapshots that wait for one. */
  frameSent(frame: RawFrame): void {
    this.#snapshots.frameSent(frame);
  }

  /** Draws no more, and rejects the snapshots that wait. */
  dispose(): void {
    this.#isDisposed = true;
    this.#snapshots.rejectAll(new Error("Cannot take a snapshot: the session was disposed"));
  }

  /**
   * Calls get_frame() when it is this session's turn, then `take` with its frame at once, since the
   * user may draw over the pixels. Other routes that show the source draw before or after that.
   *
   * @returns the frame as it was kept
   */
  #getFrame(
    take: (frame: RawFrame | null, seconds: number) => void,
  ): RawFrame | null | Promise<RawFrame | null> {
    const { clock, source } = this.#options;
    // Waiting for the draw of another route is not drawing.
    let began = 0;
    this.#hasBegun = false;
    this.#options.onBegin();
    try {
      const drawn = sharedSource(source).draw(
        // Disposed while it waited for its turn, the session no longer needs the frame.
        () => {
          began = clock.monotonic();
          this.#hasBegun = true;
          return this.#isDisposed ? null : source.get_frame();
        },
        (result) => {
          const frame = toFrameOrNull(result);
          take(frame, clock.monotonic() - began);
          return frame === null ? null : (this.#options.lastFrame() ?? frame);
        },
        { clock, reportSlow: (error) => this.#options.reportSlow(error) },
      );
      if (!(drawn instanceof Promise)) return drawn;
      this.#options.onBegin();
      const running = drawn.finally(() => {
        this.#running = undefined;
        this.#options.onEnd();
      });
      this.#running = running;
      return running;
    } finally {
      this.#options.onEnd();
    }
  }
}

function toFrameOrNull(result: unknown): RawFrame | null {
  if (result === null || result === undefined) return null;
  return isKeptFrame(result) ? result : viewFrame(result);
}
