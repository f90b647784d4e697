import type { Clock } from "../framebuffer";
import { checkValue, number } from "../protocol/checks";
import type { Disposable } from "../protocol/transport";

const FRAME_RATE = number(0, 1000);

/** Requests draws at a steady rate while anything shows the picture. */
export class Animation implements Disposable {
  readonly #requestDraw: () => void;
  readonly #isShown: () => boolean;
  readonly #clock: Clock;
  #timer: Disposable | undefined;
  #interval: number | undefined;
  /** When the next draw is due, in seconds of the monotonic clock. */
  #next = 0;

  /** @param isShown - While it is false, {@link shown} has to be called once that changes. */
  constructor(requestDraw: () => void, isShown: () => boolean, clock: Clock) {
    this.#requestDraw = requestDraw;
    this.#isShown = isShown;
    this.#clock = clock;
  }

  /**
   * Sets the rate.
   *
   * @throws TypeError, RangeError when it is no number from 0 to 1000.
   */
  setRate(framesPerSecond: number): void {
    checkValue("fps", framesPerSecond, FRAME_RATE);
    this.dispose();
    this.#interval = framesPerSecond === 0 ? undefined : 1 / framesPerSecond;
    this.shown();
  }

  /** Something shows the picture. */
  shown(): void {
    if (this.#interval === undefined || this.#timer !== undefined) return;
    this.#next = this.#clock.monotonic();
    this.#tick();
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #tick(): void {
    this.#timer = undefined;
    const interval = this.#interval;
    if (interval === undefined || !this.#isShown()) return;
    const now = this.#clock.monotonic();
    // After a pause, such as a cell that computes, the rate goes on from here.
    this.#next = Math.max(this.#next + interval, now);
    this.#timer = this.#clock.delay(this.#next - now, () => this.#tick());
    this.#requestDraw();
  }
}
