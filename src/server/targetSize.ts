import type { ResizeEvent } from "../protocol/events";

/** Seconds for which a size must hold before it counts: each size takes another encoder, and a drag has many. */
const SETTLE_SECONDS = 0.15;
/** Video has even sides. */
const STEP = 2;

/** The size that a viewer asked for. */
interface Target {
  readonly size: readonly [width: number, height: number];
  readonly ratio: number;
}

/** The size in which a publisher should draw for whoever was resized last. */
export class TargetSize {
  readonly #most: number | null;
  readonly #monotonic: () => number;
  #asked: (Target & { readonly at: number }) | undefined;
  #settled: Target | undefined;

  /**
   * @param most - the longest side in pixels; null for any
   * @param monotonic - seconds since some moment, never going back
   */
  constructor(most: number | null, monotonic: () => number) {
    this.#most = most;
    this.#monotonic = monotonic;
  }

  /** A viewer was resized. */
  ask({ pwidth, pheight, ratio }: Pick<ResizeEvent, "pwidth" | "pheight" | "ratio">): void {
    const size = this.#bounded(pwidth, pheight);
    const isSame =
      this.#asked?.size[0] === size[0] &&
      this.#asked.size[1] === size[1] &&
      this.#asked.ratio === ratio;
    if (!isSame) this.#asked = { size, ratio, at: this.#monotonic() };
  }

  /** Width and height in pixels, even; null before the first. */
  get size(): readonly [width: number, height: number] | null {
    return this.#current()?.size ?? null;
  }

  /** Device pixels per logical pixel of that viewer; 1 before the first. */
  get ratio(): number {
    return this.#current()?.ratio ?? 1;
  }

  #current(): Target | undefined {
    const asked = this.#asked;
    const isDue = asked !== undefined && this.#monotonic() - asked.at >= SETTLE_SECONDS;
    // Nobody drags from nothing: the first holds at once.
    if (asked !== undefined && (isDue || this.#settled === undefined)) this.#settled = asked;
    return this.#settled;
  }

  #bounded(width: number, height: number): readonly [number, number] {
    const longest = Math.max(width, height);
    const scale = this.#most !== null && longest > this.#most ? this.#most / longest : 1;
    const side = (length: number): number =>
      Math.max(STEP, Math.floor(Math.round(length * scale) / STEP) * STEP);
    return [side(width), side(height)];
  }
}
