import type { Disposable } from "../protocol/transport";

/** What a {@link FrameScheduler} needs. */
export interface FrameSchedulerOptions {
  /** How many frames may be in flight, >= 1. Read before each draw. */
  maxInFlight(): number;
  /** Calls back in a fresh turn of the event loop. */
  defer(callback: () => void): Disposable;
  /** Does a draw: calls {@link FrameScheduler.beginDraw} at once and {@link FrameScheduler.endDraw} when it is over. Never throws. */
  draw(): void;
  /** A change may have made the scheduler quiet. Called in a fresh turn. */
  onIdle(): void;
}

/**
 * Decides when to draw: one is requested, fewer frames are in flight than allowed, somebody looks (a view is visible or a snapshot
 * waits), and no draw is under way. Requests coalesce. A frame is in flight from when its encoding begins until it is acknowledged.
 *
 * The rule is jupyter_rfb's.
 */
export class FrameScheduler implements Disposable {
  readonly #options: FrameSchedulerOptions;
  #requested = false;
  #visible = false;
  #snapshotWaits = false;
  /** Draws under way. More than one only when a frame is asked for while a draw is. */
  #drawing = 0;
  /** Frames that are being encoded, or wait for their turn to be sent. */
  #encoding = 0;
  #lastIndex = 0;
  #lastAcknowledged = 0;
  #turn: Disposable | undefined;
  #disposed = false;

  constructor(options: FrameSchedulerOptions) {
    this.#options = options;
  }

  /** Frames that are being encoded, or were sent and not acknowledged. */
  get inFlight(): number {
    return this.#encoding + this.#lastIndex - this.#lastAcknowledged;
  }

  /** Whether a view is visible. */
  get visible(): boolean {
    return this.#visible;
  }

  /** Whether nothing is to be drawn, drawn now or encoded, a view looks, and it could take a frame. */
  get idle(): boolean {
    return (
      this.#visible &&
      !this.#requested &&
      this.#drawing === 0 &&
      this.#encoding === 0 &&
      this.#hasRoom()
    );
  }

  /** Wants a draw, as soon as the rule allows. */
  request(): void {
    this.#requested = true;
    this.#wake();
  }

  /** Says whether any view can be seen. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#wake();
  }

  /** Says whether a snapshot waits for a frame. */
  setSnapshotWaits(waits: boolean): void {
    this.#snapshotWaits = waits;
    this.#wake();
  }

  /** A frame is being drawn from now on. */
  beginDraw(): void {
    this.#drawing += 1;
  }

  /** The frame is drawn, or the draw came to nothing. */
  endDraw(): void {
    this.#drawing -= 1;
    this.#wake();
  }

  /** A frame goes to the encoder. {@link frameSent} or {@link frameLost} follows. */
  frameQueued(): void {
    this.#encoding += 1;
  }

  /** A queued frame could not be encoded. */
  frameLost(): void {
    this.#encoding -= 1;
    this.#wake();
  }

  /** A queued frame goes out now. Returns its index. */
  frameSent(): number {
    this.#encoding -= 1;
    this.#lastIndex += 1;
    return this.#lastIndex;
  }

  /** The frame of that index could not leave after all; if it was the last one, its index is free again. */
  frameNotSent(index: number): void {
    if (index === this.#lastIndex && index > this.#lastAcknowledged) this.#lastIndex -= 1;
    this.#wake();
  }

  /** Takes a receipt for all frames up to `index`. An old one changes nothing. Returns false for a frame that was never sent. */
  acknowledge(index: number): boolean {
    if (index > this.#lastIndex) return false;
    if (index > this.#lastAcknowledged) {
      this.#lastAcknowledged = index;
      this.#wake();
    }
    return true;
  }

  /** The view that got the frames so far is gone: what it did not acknowledge is no longer in flight. */
  reset(): void {
    this.#lastAcknowledged = this.#lastIndex;
    this.#wake();
  }

  /** Draws no more. */
  dispose(): void {
    this.#disposed = true;
    this.#turn?.dispose();
    this.#turn = undefined;
  }

  #hasRoom(): boolean {
    return this.inFlight < this.#options.maxInFlight();
  }

  #mayDraw(): boolean {
    return (
      this.#requested &&
      this.#drawing === 0 &&
      (this.#visible || this.#snapshotWaits) &&
      this.#hasRoom()
    );
  }

  #wake(): void {
    if (this.#disposed || this.#turn !== undefined) return;
    if (!this.#mayDraw() && !this.idle) return;
    this.#turn = this.#options.defer(() => {
      this.#turn = undefined;
      if (this.#mayDraw()) {
        this.#requested = false;
        this.#options.draw();
      } else if (this.idle) {
        this.#options.onIdle();
      }
    });
  }
}
