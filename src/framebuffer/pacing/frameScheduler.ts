import type { Disposable } from "../../protocol/transport";
import { MAX_RESENDS, ReceiptWatch } from "./receiptWatch";

/**
 * Seconds from one draw to the next of an animation whose frames do not change. No receipt holds it back, as nothing is sent; without
 * this it would take the whole processor. The rate of most screens: more draws could not be seen.
 */
export const UNCHANGED_INTERVAL: number = 1 / 60;

/** What a {@link FrameScheduler} needs. */
export interface FrameSchedulerOptions {
  /** How many frames may be in flight, >= 1. Read before each draw. */
  maxInFlight(): number;
  /** Calls back in a fresh turn of the event loop. */
  defer(callback: () => void): Disposable;
  /** Calls back after so many seconds. */
  delay(seconds: number, callback: () => void): Disposable;
  /** Seconds since some moment, never going back. */
  monotonic(): number;
  /** Does a draw: calls {@link FrameScheduler.beginDraw} at once and {@link FrameScheduler.endDraw} when it is over. Never throws. */
  draw(): void;
  /** A change may have made the scheduler quiet. Called in a fresh turn. */
  onIdle(): void;
  /** A receipt is overdue: what is in flight was taken as lost. */
  onGivenUp(): void;
  /** What was sent last may never have arrived, and no draw is wanted that would replace it: sends it once more. Never throws. */
  resend(): void;
}

/**
 * Decides when to draw: one is requested, fewer frames are in flight than allowed, somebody looks (a view is visible or a snapshot
 * waits), and no draw is under way. Requests coalesce. A frame is in flight from when its encoding begins until it is acknowledged.
 *
 * The rule is jupyter_rfb's. What it lacks: frames and receipts can be lost on their way, and would be in flight for ever. See
 * {@link ReceiptWatch} for what happens then.
 */
export class FrameScheduler implements Disposable {
  readonly #options: FrameSchedulerOptions;
  readonly #receipts: ReceiptWatch;
  #requested = false;
  /** A request came from elsewhere than from the draw before: from an event, say. It need not wait. */
  #urgent = false;
  /** When the last draw began. */
  #lastDraw = 0;
  /** Holds back an animation that does not change. */
  #pause: Disposable | undefined;
  #visible = false;
  #snapshotWaits = false;
  /** Draws under way. More than one only when a frame is asked for while a draw is. */
  #drawing = 0;
  /** Frames that are being encoded, or wait for their turn to be sent. */
  #encoding = 0;
  #lastIndex = 0;
  #lastAcknowledged = 0;
  /** The index under which the newest picture was first sent, while no receipt says that it arrived. */
  #unconfirmed: number | undefined;
  /** How often that picture was sent once more. */
  #resends = 0;
  /** Frames were given up and no receipt came since: one frame at a time tries whether a view is there. */
  #probing = false;
  #turn: Disposable | undefined;
  #disposed = false;

  constructor(options: FrameSchedulerOptions) {
    this.#options = options;
    this.#receipts = new ReceiptWatch({
      defer: (callback) => options.defer(callback),
      delay: (seconds, callback) => options.delay(seconds, callback),
      monotonic: () => options.monotonic(),
      waits: () => this.#drawIsHeldUp() || this.#mayResend(),
      onOverdue: () => this.#giveUp(),
    });
  }

  /** Frames that are being encoded, or were sent and not acknowledged. */
  get inFlight(): number {
    return this.#encoding + this.#lastIndex - this.#lastAcknowledged;
  }

  /** Whether a view is visible. */
  get visible(): boolean {
    return this.#visible;
  }

  /**
   * Whether nothing is to be drawn, drawn now or encoded, a view looks, and it could take a frame. An animation that does not change
   * is idle between its draws.
   */
  get idle(): boolean {
    return (
      this.#visible &&
      (!this.#requested || this.#pause !== undefined) &&
      this.#drawing === 0 &&
      this.#encoding === 0 &&
      this.#hasRoom()
    );
  }

  /** Wants a draw, as soon as the rule allows. */
  request(): void {
    this.#requested = true;
    if (this.#drawing === 0) {
      this.#urgent = true;
      this.#endPause();
    }
    this.#wake();
  }

  /** The draw that ends now gave nothing new. If it requested the next, that waits until {@link UNCHANGED_INTERVAL} has passed. */
  drawWasUnchanged(): void {
    const left = this.#lastDraw + UNCHANGED_INTERVAL - this.#options.monotonic();
    if (this.#disposed || !this.#requested || this.#urgent || left <= 0) return;
    this.#pause ??= this.#options.delay(left, () => {
      this.#pause = undefined;
      this.#wake();
    });
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

  /** A queued frame goes out now. Returns its index. A copy shows the same picture as the one before. */
  frameSent({ copy = false }: { readonly copy?: boolean } = {}): number {
    this.#encoding -= 1;
    this.#lastIndex += 1;
    if (!copy || this.#unconfirmed === undefined) {
      this.#unconfirmed = this.#lastIndex;
      this.#resends = 0;
    }
    this.#receipts.restart();
    return this.#lastIndex;
  }

  /** The frame of that index could not leave after all; if it was the last one, its index is free again. */
  frameNotSent(index: number): void {
    if (index === this.#lastIndex && index > this.#lastAcknowledged) {
      this.#lastIndex -= 1;
      const before = this.#lastIndex > this.#lastAcknowledged ? this.#lastIndex : undefined;
      if (index === this.#unconfirmed) this.#unconfirmed = before;
    }
    this.#wake();
  }

  /**
   * Takes a receipt for all frames up to `index`, and for later copies of that one. An old one only says that a view is there.
   * Returns false for a frame that was never sent.
   */
  acknowledge(index: number): boolean {
    if (index > this.#lastIndex) return false;
    const newest = this.#unconfirmed !== undefined && index >= this.#unconfirmed;
    if (newest) this.#unconfirmed = undefined;
    this.#lastAcknowledged = newest ? this.#lastIndex : Math.max(index, this.#lastAcknowledged);
    this.#resends = 0;
    this.#probing = false;
    this.#receipts.restart();
    this.#wake();
    return true;
  }

  /** The view that got the frames so far is gone: what it did not acknowledge is no longer in flight. */
  reset(): void {
    this.#lastAcknowledged = this.#lastIndex;
    this.#unconfirmed = undefined;
    this.#probing = false;
    this.#wake();
  }

  /** Draws no more. */
  dispose(): void {
    this.#disposed = true;
    this.#endPause();
    this.#receipts.dispose();
    this.#turn?.dispose();
    this.#turn = undefined;
  }

  #hasRoom(): boolean {
    return this.inFlight < (this.#probing ? 1 : this.#options.maxInFlight());
  }

  /** Whether a draw is wanted, and only receipts are missing. */
  #drawIsHeldUp(): boolean {
    return this.#requested && this.#isLookedAt() && this.#rests() && !this.#hasRoom();
  }

  /** Whether the newest picture should be sent again if no receipt comes: no draw is wanted, or those that are bring nothing new. */
  #mayResend(): boolean {
    return (
      this.#unconfirmed !== undefined &&
      this.#resends < MAX_RESENDS &&
      (!this.#requested || this.#pause !== undefined) &&
      this.#visible &&
      this.#rests()
    );
  }

  #isLookedAt(): boolean {
    return this.#visible || this.#snapshotWaits;
  }

  /** Whether nothing is being drawn or encoded. */
  #rests(): boolean {
    return !this.#disposed && this.#drawing === 0 && this.#encoding === 0;
  }

  #giveUp(): void {
    this.#lastAcknowledged = this.#lastIndex;
    this.#probing = true;
    this.#options.onGivenUp();
    if (this.#mayResend()) {
      this.#resends += 1;
      this.#options.resend();
    }
    this.#wake();
  }

  #mayDraw(): boolean {
    return (
      this.#requested &&
      this.#pause === undefined &&
      this.#drawing === 0 &&
      this.#isLookedAt() &&
      this.#hasRoom()
    );
  }

  #endPause(): void {
    this.#pause?.dispose();
    this.#pause = undefined;
  }

  #wake(): void {
    if (this.#disposed) return;
    this.#receipts.update();
    if (this.#turn !== undefined) return;
    if (!this.#mayDraw() && !this.idle) return;
    this.#turn = this.#options.defer(() => {
      this.#turn = undefined;
      if (this.#mayDraw()) {
        this.#requested = false;
        this.#urgent = false;
        this.#lastDraw = this.#options.monotonic();
        this.#options.draw();
      } else if (this.idle) {
        this.#options.onIdle();
      }
    });
  }
}
