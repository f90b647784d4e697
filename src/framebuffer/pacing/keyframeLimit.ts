import type { Disposable } from "../../protocol/transport";
import type { Runtime } from "../runtime";

/**
 * Seconds from one whole frame sent on request to the next. A view that cannot decode what it gets
 * would request one at each frame.
 */
export const MIN_KEYFRAME_INTERVAL = 0.25;

/** What a {@link KeyframeLimit} needs. */
export interface KeyframeLimitOptions {
  readonly clock: Pick<Runtime, "delay" | "monotonic">;
  /** Whether the view still needs a frame that depends on no other. */
  isNeeded(): boolean;
  /** Sends one. */
  send(): void;
}

/** Limits how often a view gets a whole frame because it requests one. */
export class KeyframeLimit implements Disposable {
  readonly #options: KeyframeLimitOptions;
  #last = -Infinity;
  #timer: Disposable | undefined;

  constructor(options: KeyframeLimitOptions) {
    this.#options = options;
  }

  /** The view requests a keyframe. It is sent now, or later, once for all requests until then. */
  request(): void {
    if (this.#timer !== undefined) return;
    const { clock } = this.#options;
    const left = this.#last + MIN_KEYFRAME_INTERVAL - clock.monotonic();
    if (left > 0) {
      this.#timer = clock.delay(left, () => {
        this.#timer = undefined;
        if (this.#options.isNeeded()) this.request();
      });
      return;
    }
    this.#last = clock.monotonic();
    this.#options.send();
  }

  /** Another view is there: it may request one at once. */
  reset(): void {
    this.dispose();
    this.#last = -Infinity;
  }

  /** Sends nothing more. */
  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }
}
