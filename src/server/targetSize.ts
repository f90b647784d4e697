import { fitSize, FRAME_LIMIT, VIEW_LIMIT, type SizeLimit } from "../framebuffer/node";
import type { ResizeEvent } from "../protocol/events";

/**
 * Seconds for which a size must be stable. Each size requires a new video encoder, and dragging a
 * corner goes through many.
 */
const SETTLE_SECONDS = 0.15;

/**
 * The limit of what viewers may ask for.
 *
 * @param maxSide - the longest side in pixels; null for that of a frame
 */
export function sizeLimit(maxSide: number | null): SizeLimit {
  return maxSide === null ? FRAME_LIMIT : { ...VIEW_LIMIT, side: maxSide };
}

interface Target {
  readonly size: readonly [width: number, height: number];
  readonly ratio: number;
}

/** The size in which a publisher should draw for the most recently resized viewer. */
export class TargetSize {
  readonly #limit: SizeLimit;
  readonly #monotonic: () => number;
  #asked: (Target & { readonly at: number }) | undefined;
  #settled: Target | undefined;

  /**
   * @param maxSide - see {@link sizeLimit}
   * @param monotonic - seconds from some fixed moment; never decreases
   */
  constructor(maxSide: number | null, monotonic: () => number) {
    this.#limit = sizeLimit(maxSide);
    this.#monotonic = monotonic;
  }

  /** A viewer was resized. */
  ask({ pwidth, pheight, ratio }: Pick<ResizeEvent, "pwidth" | "pheight" | "ratio">): void {
    const size = fitSize(pwidth, pheight, this.#limit);
    const isSame =
      this.#asked?.size[0] === size[0] &&
      this.#asked.size[1] === size[1] &&
      this.#asked.ratio === ratio;
    if (!isSame) this.#asked = { size, ratio, at: this.#monotonic() };
  }

  /** Width and height in pixels; null before the first viewer. */
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
}
