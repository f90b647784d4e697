/** Frames that show what the link carries: few, as it may become slower. */
const TRANSITS = 8;

/** Seconds for which a ping counts. Later the link may be another one. */
const PING_LASTS = 5;

/** Pings of which the shortest is the latency: a single one may have waited for something. */
const MIN_PINGS = 3;

/** The shortest transfer, in seconds, that can be measured. */
export const MIN_TRANSFER_SECONDS = 0.001;

/**
 * What the quickest of the last frames and pings show of a link. Delays of any kind only make them
 * slower, so this doesn't change with the usual delays of programs.
 */
export class LinkBounds {
  /** The round trips of the newest pings, in seconds. */
  #pings: readonly { readonly seconds: number; readonly at: number }[] = [];
  /** The last frames on the way, without the view's time. Newest first. */
  #transits: readonly { readonly bytes: number; readonly seconds: number }[] = [];

  /**
   * Seconds there and back at most, without transfer; undefined where no ping was answered in the
   * last seconds.
   */
  get latency(): number | undefined {
    const shortest = this.#shortestPing;
    return shortest === Infinity ? undefined : Math.min(shortest, ...this.#times);
  }

  /** Whether several pings show the latency, so that it can be taken off the times of frames. */
  get isLatencyKnown(): boolean {
    return this.#pings.length >= MIN_PINGS;
  }

  /** Bytes per second that the link carries at least, with the latency in it. */
  get carried(): number {
    return this.#quickest(0, TRANSITS);
  }

  /**
   * Bytes per second of the quickest of the last frames, without the latency; 0 where it is not
   * known.
   *
   * @param frames - how many of them count, at most and by default 8
   */
  throughput(frames: number = TRANSITS): number {
    if (!this.isLatencyKnown) return 0;
    const ping = this.#shortestPing;
    // A frame that is quicker than all pings shows that these waited.
    return this.#quickest(Math.min(...this.#times) < ping ? 0 : ping, frames);
  }

  /** The view has answered a ping. */
  recordPing(seconds: number, now: number): void {
    this.#pings = [...this.#pings, { seconds, at: now }];
    this.#expire(now);
  }

  /** A frame took so long on the way there, and its receipt back, which came now. */
  recordTransit(bytes: number, seconds: number, now: number): void {
    this.#transits = [{ bytes, seconds }, ...this.#transits.slice(0, TRANSITS - 1)];
    this.#expire(now);
  }

  /** The link may be another one now. */
  reset(): void {
    this.#pings = [];
    this.#transits = [];
  }

  /** In seconds; Infinity without any. */
  get #shortestPing(): number {
    return Math.min(...this.#pings.map(({ seconds }) => seconds));
  }

  get #times(): readonly number[] {
    return this.#transits.map(({ seconds }) => seconds);
  }

  #expire(now: number): void {
    this.#pings = this.#pings.filter(({ at }) => at > now - PING_LASTS);
  }

  #quickest(latency: number, frames: number): number {
    const rates = this.#transits
      .slice(0, frames)
      .map(({ bytes, seconds }) => bytes / Math.max(seconds - latency, MIN_TRANSFER_SECONDS));
    return Math.max(0, ...rates);
  }
}
