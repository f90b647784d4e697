import type { Disposable } from "../../protocol/transport";
import type { Runtime } from "../runtime";
import { DrawPace, type DrawOutcome } from "./drawPace";

/** Seconds by which a timer may be early, because times are rounded. */
const TOLERANCE = 1e-6;

/** What a {@link FrameScheduler} needs. */
export interface FrameSchedulerOptions {
  readonly clock: Pick<Runtime, "defer" | "delay" | "monotonic">;
  /** Whether one more frame may be in flight. */
  hasRoom(): boolean;
  /** Whether a frame is being encoded. */
  isEncoding(): boolean;
  /**
   * Draws: calls {@link FrameScheduler.beginDraw} at once and {@link FrameScheduler.endDraw} when
   * the draw is over. Never throws.
   */
  draw(): void;
  /** The scheduler may have become idle. Called in a fresh turn of the event loop. */
  onIdle(): void;
  /** {@link FrameScheduler.isHeldUp} or {@link FrameScheduler.isQuiet} may have changed. */
  onChange(): void;
}

/**
 * Decides when to draw: a draw is requested, one more frame may be in flight, the picture is needed
 * (a view is visible or a snapshot waits), and no draw is running. Requests coalesce.
 */
export class FrameScheduler implements Disposable {
  readonly #options: FrameSchedulerOptions;
  #isRequested = false;
  /** The draw was requested outside a draw, for example by an event, so the pause doesn't apply. */
  #isUrgent = false;
  /** When the last draw began. */
  #lastDraw = 0;
  readonly #pace = new DrawPace();
  /** No draw begins before this time. */
  #notBefore = 0;
  /** Holds back an animation whose draws give nothing new, or fail. */
  #pause: Disposable | undefined;
  #isVisible = false;
  #snapshotWaits = false;
  /** Draws that run, or wait for another route's draw. */
  #drawing = 0;
  #turn: Disposable | undefined;
  #isDisposed = false;

  constructor(options: FrameSchedulerOptions) {
    this.#options = options;
  }

  /**
   * Whether nothing is to be drawn, being drawn or being encoded, and a view looks that could take
   * a frame. An animation that does not change is idle between its draws.
   */
  get isIdle(): boolean {
    return this.isQuiet && this.#options.hasRoom();
  }

  /** As {@link isIdle}, except that receipts may be missing. */
  get isQuiet(): boolean {
    const waits = this.#isRequested && this.#pause === undefined;
    return this.#isVisible && !waits && this.#rests();
  }

  /** Whether a draw is requested that has not begun. */
  get isRequested(): boolean {
    return this.#isRequested;
  }

  /** Whether any view is visible. */
  get isVisible(): boolean {
    return this.#isVisible;
  }

  /** Whether a draw is wanted, and only receipts are missing. */
  get isHeldUp(): boolean {
    return this.#isRequested && this.#isLookedAt() && this.#rests() && !this.#options.hasRoom();
  }

  /** Requests a draw, as soon as the rule allows. */
  request(): void {
    this.#isRequested = true;
    if (this.#drawing === 0) {
      this.#isUrgent = true;
      this.#endPause();
      const now = this.#options.clock.monotonic();
      if (now < this.#notBefore && this.#pace.mayHurry(now)) this.#notBefore = now;
    }
    this.update();
  }

  /**
   * Records what the last draw gave. If it was nothing new, the next one waits (see
   * {@link DrawPace}): after an unchanged frame only one that the draw itself requested.
   */
  recordOutcome(outcome: DrawOutcome): void {
    const next = this.#pace.record(outcome, this.#lastDraw, this.#options.clock.monotonic());
    if (outcome !== "unchanged") this.#notBefore = next;
    if (this.#isRequested) this.#pauseUntil(this.#isUrgent ? this.#notBefore : next);
  }

  /** Sets whether any view is visible. False at first. */
  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.update();
  }

  /** Sets whether a snapshot waits for a frame. False at first. */
  setSnapshotWaits(waits: boolean): void {
    this.#snapshotWaits = waits;
    this.update();
  }

  /** A draw begins. */
  beginDraw(): void {
    this.#drawing += 1;
  }

  /** A draw ended, with a frame or without. */
  endDraw(): void {
    this.#drawing -= 1;
    this.update();
  }

  /** What {@link FrameSchedulerOptions.hasRoom} or `isEncoding` returns may have changed. */
  update(): void {
    if (this.#isDisposed) return;
    if (this.#isRequested) this.#pauseUntil(this.#notBefore);
    this.#options.onChange();
    if (this.#turn !== undefined) return;
    if (!this.#mayDraw() && !this.isIdle) return;
    this.#turn = this.#options.clock.defer(() => {
      this.#turn = undefined;
      if (this.#mayDraw()) this.#draw();
      else if (this.isIdle) this.#options.onIdle();
    });
  }

  /** Cancels the next draw, and schedules no others. */
  dispose(): void {
    this.#isDisposed = true;
    this.#endPause();
    this.#turn?.dispose();
    this.#turn = undefined;
  }

  #draw(): void {
    this.#isRequested = false;
    this.#isUrgent = false;
    this.#lastDraw = this.#options.clock.monotonic();
    this.#options.draw();
  }

  #isLookedAt(): boolean {
    return this.#isVisible || this.#snapshotWaits;
  }

  /** Whether nothing is being drawn or encoded. */
  #rests(): boolean {
    return !this.#isDisposed && this.#drawing === 0 && !this.#options.isEncoding();
  }

  #mayDraw(): boolean {
    return (
      this.#isRequested &&
      this.#pause === undefined &&
      this.#drawing === 0 &&
      this.#isLookedAt() &&
      this.#options.hasRoom()
    );
  }

  #pauseUntil(time: number): void {
    const { clock } = this.#options;
    const left = time - clock.monotonic();
    if (this.#isDisposed || left < TOLERANCE) return;
    this.#pause ??= clock.delay(left, () => {
      this.#pause = undefined;
      this.update();
    });
  }

  #endPause(): void {
    this.#pause?.dispose();
    this.#pause = undefined;
  }
}
