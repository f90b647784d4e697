import type { ResizeEvent } from "../protocol/events";

/**
 * Seconds for which a size must be stable. Each size requires a new video encoder, and dragging a
 * corner goes through many.
 */
const SETTLE_SECONDS = 0.15;
/** Sides are multiples of this many pixels: video requires even ones. */
const STEP = 2;

interface Target {
  readonly size: readonly [width: number, height: number];
  readonly ratio: number;
}

/** The size in which a publisher should draw for the most recently resized viewer. */
export class TargetSize {
  readonly #maxSide: number | null;
  readonly #monotonic: () => number;
  #asked: (Target & { readonly at: number }) | undefined;
  #settled: Target | undefined;

  /**
   * @param maxSide - the longest side in pixels; null for no limit
   * @param monotonic - seconds from some fixed moment; never decreases
   */
  constructor(maxSide: number | null, monotonic: () => number) {
    this.#maxSide = maxSide;
    this.#monotonic = monotonic;
  }

  /** A viewer was resized. */
  ask({ pwidth, pheight, ratio }: Pick<ResizeEvent, "pwidth" | "pheight" | "ratio">): void {
    const size = this.#limited(pwidth, pheight);
    const isSame =
      this.#asked?.size[0] === size[0] &&
      this.#asked.size[1] === size[1] &&
      this.#asked.ratio === ratio;
    if (!isSame) this.#asked = { size, ratio, at: this.#monotonic() };
  }

  /** Width and height in pixels, even; null before the first viewer. */
  get size(): readonly [width: number, height: number] | null {
    return this.#current()?.size ?? null;
  }

  /** Device pixels per logical pixel of that viewer; 1 before the first. */
  get ratio(): number {
    return this.#current()?.ratio ?? 1;
  }

  #current(): Target | undefined {
    const asked = this.#asked;
    const isStable = asked !== undefined && this.#monotonic() - asked.at >= SETTLE_SECONDS;
    // The first size counts at once: it is not part of a drag.
    if (asked !== undefined && (isStable || this.#settled === undefined)) this.#settled = asked;
    return this.#settled;
  }

  #limited(width: number, height: number): readonly [number, number] {
    const longest = Math.max(width, height);
    const scale = this.#maxSide !== null && longest > this.#maxSide ? this.#maxSide / longest : 1;
    const side = (length: number): number =>
      Math.max(STEP, Math.floor(Math.round(length * scale) / STEP) * STEP);
    return [side(width), side(height)];
  }
}
