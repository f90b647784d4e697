/** Characters that may be sent at once after a quiet time. */
const BURST = 200_000;
/** Characters per second in the long run. */
const RATE = 500_000;
/** What a message costs besides its text, in characters: about 60 small messages per second. */
const MESSAGE_COST = 8_000;

/**
 * Limits how much an Output widget sends, since each change sends all of its text again. What is
 * printed now and then is sent at once.
 */
export class SendBudget {
  readonly #monotonic: () => number;
  #left = BURST;
  #since: number;

  /** @param monotonic - seconds since an arbitrary moment; never goes back */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#since = monotonic();
  }

  /** Seconds until something may be sent; 0 if it may be sent now. */
  get wait(): number {
    const now = this.#monotonic();
    this.#left = Math.min(BURST, this.#left + (now - this.#since) * RATE);
    this.#since = now;
    return this.#left >= 0 ? 0 : -this.#left / RATE;
  }

  /** Something was sent: the next has to wait longer, but never more than about a second. */
  spend(characters: number): void {
    this.#left -= MESSAGE_COST + Math.min(characters, RATE);
  }
}
