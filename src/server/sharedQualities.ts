import { LOSSLESS_QUALITY } from "../framebuffer/node";

/** Qualities, in addition to the stream's, that viewers may have at the same time. */
const MAX_WISHES = 4;

/** Wishes are rounded to multiples of this: nobody sees a smaller difference. */
const STEP = 5;

/**
 * Grants viewers the qualities that they wish for. Each quality is another encoding of every frame,
 * so similar wishes share one, and beyond a few a viewer shares the nearest that another has.
 */
export class SharedQualities {
  readonly #own: number;
  readonly #granted = new Map<object, number>();

  /** @param own - the stream's quality, 1..100 */
  constructor(own: number) {
    this.#own = own;
  }

  /**
   * Grants a viewer a quality, instead of the one that it had.
   *
   * @param wished - 1..100; undefined without a wish
   * @returns the quality that it gets
   */
  grant(viewer: object, wished: number = this.#own): number {
    this.#granted.delete(viewer);
    const quality = this.#nearest(wished);
    this.#granted.set(viewer, quality);
    return quality;
  }

  /** A viewer has left. */
  release(viewer: object): void {
    this.#granted.delete(viewer);
  }

  #nearest(exact: number): number {
    const wished = exact === this.#own ? exact : rounded(exact);
    const others = new Set(this.#granted.values());
    others.delete(this.#own);
    if (wished === this.#own || others.has(wished) || others.size < MAX_WISHES) return wished;
    const [nearest = this.#own] = [this.#own, ...others]
      // Lossless pictures take many times the bytes of what was wished for.
      .filter((quality) => quality < LOSSLESS_QUALITY)
      .sort((one, other) => Math.abs(one - wished) - Math.abs(other - wished));
    return nearest;
  }
}

/** Lossless stays lossless, and lossy lossy. */
function rounded(quality: number): number {
  if (quality >= LOSSLESS_QUALITY) return quality;
  const nearest = Math.round(quality / STEP) * STEP;
  return Math.min(Math.max(nearest, STEP), LOSSLESS_QUALITY - STEP);
}
