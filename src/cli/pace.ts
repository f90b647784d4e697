/** When frames are due. Pure: the clock is injected. */

/** A publisher that is late by more, in seconds, goes on from now instead of catching up: nobody wants a burst of old frames. */
const MAX_LATE = 0.25;

/** Keeps a rate by the clock, so that what each frame takes does not add up. */
export class Pace {
  readonly #interval: number;
  readonly #now: () => number;
  #due: number;

  /**
   * @param fps - frames per second, above 0
   * @param now - seconds since some moment, never going back
   */
  constructor(fps: number, now: () => number) {
    this.#interval = 1 / fps;
    this.#now = now;
    this.#due = now();
  }

  /** Counts a frame. @returns how long to wait until the next is due, in seconds; 0 when it is already */
  next(): number {
    const now = this.#now();
    this.#due += this.#interval;
    if (now - this.#due > MAX_LATE) this.#due = now;
    return Math.max(0, this.#due - now);
  }
}
