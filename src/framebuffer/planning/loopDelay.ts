import type { Disposable } from "../../protocol/transport";
import type { Clock } from "../runtime";

/** Seconds from one sample to the next, at least. */
export const SAMPLE_INTERVAL = 0.2;

/** How long the timer of a sample runs, in seconds: long enough that the thread goes to sleep. */
export const SAMPLE_SECONDS = 0.005;

/** The most that one sample counts, in seconds: a cell that computes is one pause, not a state. */
const MAX_SAMPLE = 0.05;

/** Samples that are averaged. */
const AVERAGED = 5;

/** Seconds after which samples say nothing about now. */
const OUTDATED_AFTER = 5;

/**
 * How late this end's event loop is: how long a callback that is due waits until its thread has
 * done what else it does, and has got a processor. Sampled by a short timer while frames are sent;
 * at rest no timer runs.
 */
export class LoopDelay implements Disposable {
  readonly #clock: Pick<Clock, "delay" | "monotonic">;
  #average: number | undefined;
  #sampledAt = -Infinity;
  #timer: Disposable | undefined;
  #isDisposed = false;

  constructor(clock: Pick<Clock, "delay" | "monotonic">) {
    this.#clock = clock;
  }

  /** The delay in seconds, averaged over the last second; 0 before the first sample. */
  get seconds(): number {
    return this.#average ?? 0;
  }

  /** A frame is sent: takes a sample, unless it took one a moment ago. */
  frameSent(): void {
    const now = this.#clock.monotonic();
    if (this.#isDisposed || this.#timer !== undefined || now < this.#sampledAt + SAMPLE_INTERVAL) {
      return;
    }
    if (now > this.#sampledAt + OUTDATED_AFTER) this.#average = undefined;
    const due = now + SAMPLE_SECONDS;
    this.#sampledAt = now;
    this.#timer = this.#clock.delay(SAMPLE_SECONDS, () => {
      this.#timer = undefined;
      this.#note(this.#clock.monotonic() - due);
    });
  }

  /** Takes no more samples. */
  dispose(): void {
    this.#isDisposed = true;
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #note(late: number): void {
    const sample = Math.min(Math.max(0, late), MAX_SAMPLE);
    this.#average = (this.#average ?? 0) + (sample - (this.#average ?? 0)) / AVERAGED;
  }
}
