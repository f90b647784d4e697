/** A token bucket: limits messages per second, and allows twice as many at once after a pause. */
export class MessageRate {
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  /**
   * @param perSecond - above 0
   * @param now - seconds by a clock that never goes back
   */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = 2 * perSecond;
    this.#at = now;
  }

  /** Counts one message. Returns whether it is within the limit. */
  take(now: number): boolean {
    const gained = (now - this.#at) * this.#perSecond;
    this.#tokens = Math.min(2 * this.#perSecond, this.#tokens + gained);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
