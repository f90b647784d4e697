/** Rates over the last moments. Pure: the clock is given. */

/** A rate is taken over so many seconds: long enough for one frame a second, short enough to follow a change. */
const WINDOW_SECONDS = 2;
const BUCKETS = 10;
const BUCKET_SECONDS = WINDOW_SECONDS / BUCKETS;

/** Sums amounts over the last two seconds. */
export class RateMeter {
  readonly #sums = new Float64Array(BUCKETS);
  readonly #began: number;
  /** The bucket that was written last, counted from the beginning of the clock. */
  #last: number;

  /** @param now - seconds, by a clock that never goes back, as below */
  constructor(now: number) {
    this.#began = now;
    this.#last = Math.floor(now / BUCKET_SECONDS);
  }

  /** Counts an amount. */
  add(amount: number, now: number): void {
    this.#moveTo(now);
    const at = this.#last % BUCKETS;
    this.#sums[at] = (this.#sums[at] ?? 0) + amount;
  }

  /** The mean amount per second. */
  perSecond(now: number): number {
    this.#moveTo(now);
    const sum = this.#sums.reduce((total, amount) => total + amount, 0);
    return sum / Math.min(WINDOW_SECONDS, Math.max(BUCKET_SECONDS, now - this.#began));
  }

  #moveTo(now: number): void {
    const bucket = Math.floor(now / BUCKET_SECONDS);
    const passed = Math.min(BUCKETS, bucket - this.#last);
    for (let step = 1; step <= passed; step++) this.#sums[(this.#last + step) % BUCKETS] = 0;
    this.#last = Math.max(this.#last, bucket);
  }
}

/** Allows so many messages a second, and twice as many at once after a quiet second. */
export class MessageRate {
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  /**
   * @param perSecond - above 0
   * @param now - seconds, by a clock that never goes back
   */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = 2 * perSecond;
    this.#at = now;
  }

  /** Takes one message. Returns whether it is allowed. */
  take(now: number): boolean {
    const gained = (now - this.#at) * this.#perSecond;
    this.#tokens = Math.min(2 * this.#perSecond, this.#tokens + gained);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
