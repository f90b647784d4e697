import type { Disposable } from "../../protocol/transport";
import type { Runtime } from "../runtime";

/**
 * Seconds without a visible view after which a session frees memory and encoders. Someone who
 * scrolls back sooner waits for nothing.
 */
export const REST_DELAY = 10;

/** Calls back when no view has been visible for {@link REST_DELAY}. */
export class RestTimer implements Disposable {
  readonly #clock: Pick<Runtime, "delay">;
  readonly #onRest: () => void;
  /** Whether there was a visible view, and there is none now. */
  #isHidden = false;
  #timer: Disposable | undefined;

  constructor(clock: Pick<Runtime, "delay">, onRest: () => void) {
    this.#clock = clock;
    this.#onRest = onRest;
  }

  /** Sets whether any view is visible. */
  setVisible(isVisible: boolean): void {
    this.dispose();
    this.#isHidden = !isVisible;
    this.restart();
  }

  /** There is something new to free: a snapshot was drawn, say. */
  restart(): void {
    if (!this.#isHidden) return;
    this.#timer ??= this.#clock.delay(REST_DELAY, () => {
      this.#timer = undefined;
      this.#onRest();
    });
  }

  /** Stops the time. */
  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#isHidden = false;
  }
}
