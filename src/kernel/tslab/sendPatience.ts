/** Messages that ZeroMQ holds for a front end. One that has as many has no room. */
export const MARK = 1000;

/** ZeroMQ makes room only once a front end has read half of them, not for each message read. */
export const STEP = MARK / 2;

/** Milliseconds for which a front end without room holds up all others, for small messages. */
export const PATIENCE_MS = 5000;

/** The same for messages of any size. */
export const LONGEST_PATIENCE_MS = 30_000;

/** The same for a further front end that has no room shortly after the first one. */
export const FURTHER_PATIENCE_MS = 1000;

/** A slow way to a front end, in bytes per millisecond (100 KB/s). */
const SLOW_BYTES_PER_MS = 100;

/**
 * Decides how long messages wait for a front end that has no room.
 *
 * One that reads looks as if it read nothing, until it has read {@link STEP} messages. So it gets
 * time for the bytes of all {@link MARK}, which is twice what it needs on a slow way.
 *
 * When the time is over, each front end that read fast enough has room for STEP further messages.
 * So one that has no room for these didn't, and gets less time.
 */
export class SendPatience {
  /** The bytes of the last messages, the oldest of which is replaced next. */
  readonly #sizes = new Float64Array(MARK);
  #bytes = 0;
  #sent = 0;
  /** How many had been sent when the full time was last over. */
  #endedAt = -Infinity;
  /** Milliseconds without room since a message was sent. */
  #stalled = 0;

  /** A message was sent. */
  recordSent(bytes: number): void {
    const oldest = this.#sent % MARK;
    this.#bytes += bytes - (this.#sizes[oldest] ?? 0);
    this.#sizes[oldest] = bytes;
    this.#sent += 1;
    this.#stalled = 0;
  }

  /** There was no room for a further `ms`. Returns whether the time is over. */
  recordFailure(ms: number): boolean {
    this.#stalled += ms;
    const isFurther = this.#sent - this.#endedAt < STEP;
    const limit = isFurther ? FURTHER_PATIENCE_MS : this.#limit;
    if (this.#stalled < limit) return false;
    if (!isFurther) this.#endedAt = this.#sent;
    return true;
  }

  get #limit(): number {
    return Math.min(PATIENCE_MS + this.#bytes / SLOW_BYTES_PER_MS, LONGEST_PATIENCE_MS);
  }
}
