import { SCREEN_INTERVAL } from "./screenInterval";

/**
 * Seconds from one draw to the next of an animation whose draws give nothing new. Nothing is sent,
 * so no receipt holds it back; without this it would take the whole processor. The value is the
 * frame interval of most screens.
 */
export const UNCHANGED_INTERVAL: number = SCREEN_INTERVAL;

/** Longest pause after a draw that failed, in seconds. */
export const MAX_FAILURE_PAUSE = 1;

/**
 * Requests from outside a draw, such as those of events, that need not wait at all. One per second
 * is added to those left.
 */
const MAX_HURRIES = 4;

/**
 * What a draw gave: a frame that differs from the one before, an equal one, null, or an error or
 * something that isn't a frame.
 */
export type DrawOutcome = "changed" | "unchanged" | "nothing" | "failed";

/**
 * Decides how long the next draw has to wait: not at all after a changed frame, which receipts hold
 * back; after others until {@link UNCHANGED_INTERVAL} has passed; and longer while draws fail, up
 * to {@link MAX_FAILURE_PAUSE}.
 */
export class DrawPace {
  /** Draws in a row that failed. */
  #failures = 0;
  #hurries = MAX_HURRIES;
  /** When the number of hurries was last brought up to date. */
  #hurriesAt = 0;

  /**
   * Records a draw. Times are in seconds of the monotonic clock.
   *
   * @returns the time before which the next draw should not begin
   */
  record(outcome: DrawOutcome, began: number, ended: number): number {
    this.#failures = outcome === "failed" ? this.#failures + 1 : 0;
    if (outcome === "changed") {
      this.#hurries = MAX_HURRIES;
      return began;
    }
    if (outcome !== "failed") return began + UNCHANGED_INTERVAL;
    // From its end: a draw that fails after a second must leave time for the cell that fixes it.
    return ended + Math.min(UNCHANGED_INTERVAL * 2 ** (this.#failures - 1), MAX_FAILURE_PAUSE);
  }

  /**
   * Whether a request from outside a draw need not wait: an event, or the cell that fixes the
   * mistake, is answered at once. A flood of requests has to wait like an animation.
   */
  mayHurry(now: number): boolean {
    this.#hurries = Math.min(MAX_HURRIES, this.#hurries + now - this.#hurriesAt);
    this.#hurriesAt = now;
    if (this.#hurries < 1) return false;
    this.#hurries -= 1;
    return true;
  }
}
