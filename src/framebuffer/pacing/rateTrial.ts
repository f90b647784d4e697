/** Receipts by which a rate is measured, and the shortest time for it in seconds. */
const MEASURED = 16;
const MEASURED_SECONDS = 0.5;

/** The share of the rate that is aimed at, from which on no more frames are wanted. */
export const SMOOTH_ENOUGH = 0.9;

/** Receipts after a change that are not counted: they are of frames from before. */
const SKIPPED = 4;

/** The share by which one more frame in flight must raise the rate. It costs latency. */
const WORTHWHILE_GAIN = 0.15;

/** The share of the rate that one frame in flight less may cost. */
const NEGLIGIBLE_LOSS = 0.08;

/** Seconds from one trial to the next: at first, and at most. They double while trials fail. */
const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 60;

/** What is known at a receipt. */
export interface RateSample {
  /** Seconds, by a monotonic clock. */
  readonly now: number;
  /** Seconds from one frame to the next that are aimed at. */
  readonly interval: number;
  /** Whether a draw waits: only then do receipts limit the rate. */
  readonly isLimited: boolean;
  /** Whether the view held the receipt back, as the screen could not show another frame. */
  readonly isScreenLimit: boolean;
  /** Whether one more frame may be in flight. */
  readonly mayRise: boolean;
  /** How many frames the screen could show so far; undefined if the view doesn't say it. */
  readonly seen: number | undefined;
}

/**
 * Finds out whether more frames in flight raise the rate, by trying it now and then for half a
 * second: one more frame is kept if the rate rises clearly, one less if it hardly falls.
 */
export class RateTrial {
  /** Frames in flight in addition, without the trial. */
  #kept = 0;
  /** What is being tried: one more or one less; 0 for no trial. */
  #step: -1 | 0 | 1 = 0;
  /** What was tried last. */
  #lastStep: -1 | 1 = -1;
  /** Receipts since the last change or measurement. */
  #receipts = 0;
  #screenLimits = 0;
  /** When the first receipt that counts came, and how many frames were shown then. */
  #start = { at: 0, count: 0 };
  /** Frames per second without the trial. */
  #usualRate = 0;
  #nextTrial = 0;
  #pause = FIRST_PAUSE;

  /** Frames in flight in addition to those that latency needs, >= 0. */
  get extra(): number {
    return this.#kept + this.#step;
  }

  /** A receipt came. */
  record({ now, interval, isLimited, isScreenLimit, mayRise, seen }: RateSample): void {
    if (!isLimited) {
      this.#restart(0);
      return;
    }
    this.#receipts += 1;
    if (isScreenLimit) this.#screenLimits += 1;
    const count = seen ?? this.#receipts;
    if (this.#receipts <= SKIPPED) this.#start = { at: now, count };
    const { at, count: before } = this.#start;
    if (this.#receipts < SKIPPED + MEASURED || now - at < MEASURED_SECONDS) return;
    const rate = (count - before) / (now - at);
    const smooth = SMOOTH_ENOUGH / interval;
    const isEnough = this.#screenLimits > this.#receipts / 2 || rate > smooth;
    if (this.#step !== 0) this.#judge(rate, smooth, now);
    else {
      this.#usualRate = rate;
      this.#restart(now < this.#nextTrial ? 0 : this.#choose(mayRise && !isEnough));
    }
  }

  /** Another view is there. */
  reset(): void {
    this.#kept = 0;
    this.#lastStep = -1;
    this.#nextTrial = 0;
    this.#pause = FIRST_PAUSE;
    this.#restart(0);
  }

  /** More and less in turn, where both are possible. */
  #choose(mayRise: boolean): -1 | 0 | 1 {
    const mayFall = this.#kept > 0;
    if (mayRise && !(mayFall && this.#lastStep === 1)) return 1;
    return mayFall ? -1 : 0;
  }

  #judge(rate: number, smooth: number, now: number): void {
    const step = this.#step === 1 ? 1 : -1;
    const least =
      step === 1
        ? (1 + WORTHWHILE_GAIN) * this.#usualRate
        : Math.min((1 - NEGLIGIBLE_LOSS) * this.#usualRate, smooth);
    const isBetter = rate >= least;
    this.#pause = isBetter ? FIRST_PAUSE : Math.min(2 * this.#pause, LONGEST_PAUSE);
    if (isBetter) this.#kept += step;
    this.#lastStep = step;
    this.#nextTrial = now + this.#pause;
    this.#restart(0);
  }

  #restart(step: -1 | 0 | 1): void {
    this.#step = step;
    this.#receipts = 0;
    this.#screenLimits = 0;
  }
}
