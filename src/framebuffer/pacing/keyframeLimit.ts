/** Seconds from one forced whole frame to the next. A view that cannot decode what it gets would ask for one at each frame. */
export const KEYFRAME_INTERVAL = 0.25;

/** Limits how often a view gets a whole frame because it asks for one. */
export class KeyframeLimit {
  #last = -Infinity;

  /**
   * The view asks for a keyframe.
   *
   * @param now seconds, by a clock that never goes back
   * @returns "now" if it may be sent, and then it counts as sent; else the seconds to wait, above 0, before asking again. One
   * question later stands for all that came meanwhile.
   */
  ask(now: number): "now" | number {
    const left = this.#last + KEYFRAME_INTERVAL - now;
    if (left > 0) return left;
    this.#last = now;
    return "now";
  }

  /** Another view is there: it may ask at once. */
  reset(): void {
    this.#last = -Infinity;
  }
}
