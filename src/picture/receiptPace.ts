/**
 * Decides when receipts are sent, so that no more frames come than the screen can show. Pure
 * policy: animation frames, timers and the clock are injected.
 */
import type { Disposable } from "../protocol/transport";
import { HIDDEN_AFTER_MS, type AnimationFrames, type Timers } from "./timers";

/** The time from one animation frame to the next before it is measured, in milliseconds. */
const USUAL_INTERVAL_MS = 1000 / 60;

/** The longest time that counts as one interval, in milliseconds: that of 24 frames a second. */
const MAX_INTERVAL_MS = 42;

/** How many intervals, and how many answers, the estimates go back. */
const REMEMBERED = 8;

/** Milliseconds for which the time of the last animation frame tells when the next ones come. */
const PHASE_LASTS_MS = 500;

/** What a {@link ReceiptPace} depends on. */
export interface ReceiptPaceOptions {
  readonly frames: AnimationFrames;
  readonly timers: Timers;
  /** The clock of the animation frames, in milliseconds. */
  now(): number;
}

/**
 * Sends a receipt.
 *
 * @param heldMs - For how long it was held back, in milliseconds.
 * @param seen - How many frames an animation frame has shown so far.
 */
export type SendReceipt = (heldMs: number, seen: number) => void;

interface Receipt {
  readonly isPainted: boolean;
  /** When its frame was painted or dropped. */
  readonly since: number;
  readonly send: SendReceipt;
}

/**
 * Sends receipts in their order, at most one for a painted frame in each animation frame.
 *
 * A session draws the next frame when it gets a receipt. Of two frames that are painted in the same
 * animation frame only the second is seen. So a receipt is held back as long as its answer would be
 * painted before the next animation frame. How soon answers come is measured. A receipt whose
 * answer takes longer is sent at once.
 */
export class ReceiptPace implements Disposable {
  readonly #options: ReceiptPaceOptions;
  readonly #receipts: Receipt[] = [];
  /** Whether a frame was painted since the last animation frame. */
  #isPainted = false;
  /** Whether a painted frame's receipt was sent since the last animation frame. */
  #isSent = false;
  #seen = 0;
  #lastFrame = -Infinity;
  #intervals: number[] = [];
  /** Milliseconds from receipts to the next frames. */
  #answers: number[] = [];
  /** When the last receipt was sent; undefined once it is answered. */
  #sentAt: number | undefined;
  #request: Disposable | undefined;
  /** Runs until the receipt at the head is due. */
  #dueTimer: Disposable | undefined;
  /** Runs while receipts wait for an animation frame. */
  #hiddenTimer: Disposable | undefined;
  #isHidden = false;
  #isDisposed = false;

  constructor(options: ReceiptPaceOptions) {
    this.#options = options;
  }

  /**
   * A frame was painted or dropped: its receipt is sent now or later.
   *
   * @param isPainted - Whether it shows something new. One that only refines the picture doesn't:
   *   its receipt need not wait for the screen.
   */
  done(isPainted: boolean, send: SendReceipt): void {
    if (this.#isDisposed) return;
    const now = this.#options.now();
    if (isPainted) this.#notePaint(now);
    this.#receipts.push({ isPainted, since: now, send });
    this.#advance(now);
  }

  /** Sends nothing more. */
  dispose(): void {
    this.#isDisposed = true;
    this.#receipts.length = 0;
    this.#request?.dispose();
    this.#dueTimer?.dispose();
    this.#hiddenTimer?.dispose();
  }

  #notePaint(now: number): void {
    if (this.#sentAt !== undefined) this.#answers = remember(this.#answers, now - this.#sentAt);
    this.#sentAt = undefined;
    this.#isPainted = true;
    this.#requestFrame();
  }

  #requestFrame(): void {
    this.#request ??= this.#options.frames.request((time) => this.#takeFrame(time));
  }

  #takeFrame(time: number): void {
    this.#request = undefined;
    this.#hiddenTimer?.dispose();
    this.#hiddenTimer = undefined;
    this.#isHidden = false;
    const interval = time - this.#lastFrame;
    if (interval > 0 && interval <= MAX_INTERVAL_MS) {
      this.#intervals = remember(this.#intervals, interval);
    }
    this.#lastFrame = time;
    if (this.#isPainted) this.#seen += 1;
    this.#isPainted = false;
    this.#isSent = false;
    this.#advance();
  }

  /** Sends what may be sent now. */
  #advance(now = this.#options.now()): void {
    this.#dueTimer?.dispose();
    this.#dueTimer = undefined;
    for (let [head] = this.#receipts; head !== undefined; [head] = this.#receipts) {
      const mustWait = head.isPainted && !this.#isHidden;
      if (mustWait && this.#isSent) break;
      const due = mustWait ? this.#due(now) : now;
      if (due > now) {
        this.#dueTimer = this.#options.timers.after(due - now, () => this.#advance());
        break;
      }
      this.#receipts.shift();
      if (head.isPainted) {
        this.#isSent = true;
        this.#sentAt = now;
        this.#requestFrame();
      }
      head.send(now - head.since, this.#seen);
    }
    if (this.#receipts.length === 0) return;
    this.#requestFrame();
    this.#hiddenTimer ??= this.#options.timers.after(HIDDEN_AFTER_MS, () => {
      this.#hiddenTimer = undefined;
      this.#isHidden = true;
      this.#advance();
    });
  }

  /** When the answer to a receipt would be painted in the next animation frame, and not in this. */
  #due(now: number): number {
    if (!this.#isPainted || now - this.#lastFrame > PHASE_LASTS_MS) return now;
    if (this.#answers.length === 0) return now;
    const interval = Math.min(USUAL_INTERVAL_MS, ...this.#intervals);
    const passed = Math.floor((now - this.#lastFrame) / interval);
    const next = this.#lastFrame + (passed + 1) * interval;
    return next - Math.min(...this.#answers);
  }
}

function remember(values: readonly number[], value: number): number[] {
  return [...values.slice(1 - REMEMBERED), value];
}
