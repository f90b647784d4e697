import type { Disposable } from "../../protocol/transport";
import type { Runtime } from "../runtime";

/**
 * Seconds from one whole frame sent on request to the next. A view that cannot decode what it gets
 * would request one at each frame, and one that says hello again and again at each message.
 */
export const MIN_KEYFRAME_INTERVAL = 0.25;

/** What a {@link KeyframeLimit} needs. */
export interface KeyframeLimitOptions {
  readonly clock: Pick<Runtime, "delay" | "monotonic">;
  /** Sends one, on which all later frames depend. Returns false if there is none yet. */
  send(): boolean;
}

/**
 * Limits how often a view gets a whole frame because it requests one, in whatever way: a hello and
 * a new decoder request one too. Until one is sent, frames may still change earlier ones.
 */
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
        this.request();
      });
      return;
    }
    if (this.#options.send()) this.#last = clock.monotonic();
  }

  /** A whole frame is sent anyway: it serves those who wait for one. */
  wholeFrameSent(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  /** Sends nothing more. */
  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }
}
