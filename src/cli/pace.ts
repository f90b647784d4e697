/** When frames are due. */

/**
 * Seconds of delay that are caught up. After a longer one the pace starts over: a burst of old
 * frames helps nobody.
 */
const MAX_LATE = 0.25;

/** Keeps a rate by the clock, so that the time that each frame takes doesn't add up. */
export class Pace {
  readonly #interval: number;
  readonly #now: () => number;
  #due: number;

  /**
   * @param fps - frames per second, above 0
   * @param now - a monotonic clock, in seconds
   */
  constructor(fps: number, now: () => number) {
    this.#interval = 1 / fps;
    this.#now = now;
    this.#due = now();
  }

  /** Counts a frame. @returns the seconds until the next one is due; 0 if it is overdue */
  next(): number {
    const now = this.#now();
    this.#due += this.#interval;
    if (now - this.#due > MAX_LATE) this.#due = now;
    return Math.max(0, this.#due - now);
  }
}
