import { isPromiseLike } from "../../protocol/promiseLike";

/** How often in a row a run may ask for another one before it ends. */
const MAX_REPEATS = 100;

/**
 * Runs a task each time that it is asked to, one run after the other. However often it is asked
 * while one runs, one more follows: a slow task keeps up with a fast slider, and an older result
 * never replaces a newer one.
 */
export class CoalescedRuns {
  readonly #task: () => void | PromiseLike<void>;
  readonly #onEndless: (error: Error) => void;
  #isRunning = false;
  #isWanted = false;
  /** Settles when an asynchronous run, and those that follow it, have ended. */
  #ended: Promise<void> = Promise.resolve();

  /**
   * @param task - Must neither throw nor reject.
   * @param onEndless - The task keeps asking for another run from within itself.
   */
  constructor(task: () => void | PromiseLike<void>, onEndless: (error: Error) => void) {
    this.#task = task;
    this.#onEndless = onEndless;
  }

  /** Runs the task now, or once more when it ends. Resolves when nothing more is to be run. */
  request(): Promise<void> {
    if (this.#isRunning) {
      this.#isWanted = true;
      return this.#ended;
    }
    for (let repeats = 0; ; repeats += 1) {
      this.#isRunning = true;
      this.#isWanted = false;
      const result = this.#task();
      if (isPromiseLike(result)) {
        this.#ended = this.#follow(result);
        return this.#ended;
      }
      this.#isRunning = false;
      if (!this.#wasAskedAgain()) return Promise.resolve();
      if (repeats < MAX_REPEATS) continue;
      this.#onEndless(new Error("the function keeps changing its own controls"));
      return Promise.resolve();
    }
  }

  /** Forgets what was asked for while a run lasts. */
  stop(): void {
    this.#isWanted = false;
  }

  async #follow(run: PromiseLike<void>): Promise<void> {
    await run;
    while (this.#wasAskedAgain()) {
      this.#isWanted = false;
      await this.#task();
    }
    this.#isRunning = false;
  }

  #wasAskedAgain(): boolean {
    return this.#isWanted;
  }
}
