/** Length of the sliding window: it covers one frame a second and still follows a change. */
const WINDOW_SECONDS = 2;
const BUCKETS = 10;
const BUCKET_SECONDS = WINDOW_SECONDS / BUCKETS;

/** Measures a rate over the last two seconds. The caller passes the time. */
export class RateMeter {
  /** A ring of sums, one for each part of the window. */
  readonly #sums = new Float64Array(BUCKETS);
  readonly #began: number;
  /** The newest bucket, counted from time 0. */
  #last: number;

  /** @param now - seconds by a clock that never goes back, as for the methods */
  constructor(now: number) {
    this.#began = now;
    this.#last = Math.floor(now / BUCKET_SECONDS);
  }

  /** Adds an amount. */
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

  /** Empties the buckets that have left the window. */
  #moveTo(now: number): void {
    const bucket = Math.floor(now / BUCKET_SECONDS);
    const passed = Math.min(BUCKETS, bucket - this.#last);
    for (let step = 1; step <= passed; step++) this.#sums[(this.#last + step) % BUCKETS] = 0;
    this.#last = Math.max(this.#last, bucket);
  }
}
