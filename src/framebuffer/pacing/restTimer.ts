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
  readonly #onRest: () => boolean;
  /** Whether there was a visible view, and there is none now. */
  #isHidden = false;
  #timer: Disposable | undefined;

  /** @param onRest - returns false if something could not be freed yet */
  constructor(clock: Pick<Runtime, "delay">, onRest: () => boolean) {
    this.#clock = clock;
    this.#onRest = onRest;
  }

  /** Sets whether any view is visible. */
  setVisible(isVisible: boolean): void {
    this.dispose();
    this.#isHidden = !isVisible;
    this.restart();
  }

  /** No view will come: rests at once, and later again if something could not be freed yet. */
  restNow(): void {
    this.#isHidden = true;
    this.#rest();
  }

  /** There is something new to free: a snapshot was drawn, say. */
  restart(): void {
    if (!this.#isHidden) return;
    this.#timer ??= this.#clock.delay(REST_DELAY, () => this.#rest());
  }

  /** Stops the time. */
  dispose(): void {
    this.#stop();
    this.#isHidden = false;
  }

  #rest(): void {
    this.#stop();
    if (!this.#onRest()) this.restart();
  }

  #stop(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }
}
