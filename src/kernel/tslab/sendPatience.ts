/** Messages that ZeroMQ holds for a front end. One that has as many has no room. */
export const MARK = 1000;

/** ZeroMQ makes room only once a front end has read half of them, not for each message read. */
export const STEP = MARK / 2;

/** Milliseconds for which a front end without room holds up all others, for small messages. */
export const PATIENCE_MS = 5000;

/** The same for messages of any size. */
export const LONGEST_PATIENCE_MS = 30_000;

/** The same where full times have just ended with a loss. */
export const FURTHER_PATIENCE_MS = 1000;

/** Milliseconds for which a loss counts. */
export const MEMORY_MS = 300_000;

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
 *
 * One that always reads too slowly has room again later, and then none. So after two losses within
 * {@link MEMORY_MS}, all get less time until there has been none for as long. A single loss doesn't
 * do that: another front end may read slowly, but fast enough.
 */
export class SendPatience {
  /** The bytes of the last messages, the oldest of which is replaced next. */
  readonly #sizes = new Float64Array(MARK);
  #bytes = 0;
  #sent = 0;
  /** How many had been sent when the full time was last over. */
  #endedAt = -Infinity;
  /** When a front end last lost messages. */
  #lostAt = -Infinity;
  /** Whether the full time was over twice within {@link MEMORY_MS}. */
  #isRepeated = false;
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

  /**
   * There was no room for a further `ms`. Returns whether the time is over.
   *
   * @param now - Milliseconds.
   */
  recordFailure(ms: number, now: number): boolean {
    this.#stalled += ms;
    const isRecent = now - this.#lostAt < MEMORY_MS;
    const isShort = this.#sent - this.#endedAt < STEP || (this.#isRepeated && isRecent);
    if (this.#stalled < (isShort ? FURTHER_PATIENCE_MS : this.#limit)) return false;
    if (!isShort) {
      this.#endedAt = this.#sent;
      this.#isRepeated = isRecent;
    }
    this.#lostAt = now;
    return true;
  }

  get #limit(): number {
    return Math.min(PATIENCE_MS + this.#bytes / SLOW_BYTES_PER_MS, LONGEST_PATIENCE_MS);
  }
}
