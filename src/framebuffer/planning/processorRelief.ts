/** Shares of width and height in which frames in motion are sent, best first. */
export const SCALES = [1, 0.75, 0.5, 0.375, 0.25] as const;

/**
 * How many times as long as wanted the interval may be while the processor is short: fewer frames
 * take less of it, and do not show as much as small ones.
 */
const FEWER_FRAMES = 1.5;

/** The share of the allowed interval that frames of a better scale may take. */
const ROOM_TO_RISE = 0.75;

/** Seconds for which a scale is kept before a better one is used. */
const RISE_DELAY = 1;

/** What the newest frames show about their rate. Times are in seconds. */
export interface ObservedRate {
  /** From one frame to the next. */
  readonly interval: number;
  /** The wanted interval. */
  readonly wanted: number;
  /** What one takes if always as many as may be are under way. */
  readonly work: number;
  /** Whether as many as may be are under way most of the time, so that more cannot be drawn. */
  readonly isBusy: boolean;
}

/**
 * Makes frames smaller while the processor is short. Drawing, encoding, decoding and painting all
 * take time for each pixel; a lower quality would save little.
 */
export class ProcessorRelief {
  /** An index into {@link SCALES}. */
  #level = 0;
  #changedAt = -Infinity;

  /** The largest share of width and height for the next frame. */
  get scale(): number {
    return SCALES[this.#level] ?? 1;
  }

  /**
   * Judges by frames that were sent since the last change.
   *
   * @param isShort - whether the processor is short
   * @param now - in seconds by the monotonic clock
   * @returns whether the scale changes
   */
  judge({ interval, isBusy, wanted, work }: ObservedRate, isShort: boolean, now: number): boolean {
    const allowed = FEWER_FRAMES * wanted;
    if (isShort && isBusy && interval > allowed) {
      const share = allowed / interval;
      const smaller = SCALES.findIndex((scale) => scale ** 2 <= share * this.scale ** 2);
      return this.#change(smaller < 0 ? SCALES.length - 1 : smaller, now);
    }
    if (this.#level === 0 || now - this.#changedAt < RISE_DELAY) return false;
    const better = SCALES[this.#level - 1] ?? 1;
    const expected = work * (better / this.scale) ** 2;
    if (isShort && expected > ROOM_TO_RISE * allowed) return false;
    return this.#change(this.#level - 1, now);
  }

  /** Starts with the full size. */
  reset(): void {
    this.#level = 0;
    this.#changedAt = -Infinity;
  }

  #change(level: number, now: number): boolean {
    if (level === this.#level) return false;
    this.#level = level;
    this.#changedAt = now;
    return true;
  }
}
