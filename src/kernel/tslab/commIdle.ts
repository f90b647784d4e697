import type { Disposable } from "../../protocol/transport";
import { systemClock, type TimerClock } from "./timerClock";

/**
 * Delay of a comm message's `idle`, in milliseconds. JupyterLab needs the `idle` to release the
 * message's future, but an `idle` next to a frame queues behind that frame and delays the next one.
 * Measured at 640x480 with two frames in flight: 52 fps with busy and idle, 95 fps with idle at
 * once, 137 fps with idle after 20 ms.
 */
export const IDLE_DELAY_MS = 20;

/**
 * Sends the `idle` of each comm message once, in order, {@link IDLE_DELAY_MS} after the message was
 * handled.
 */
export class CommIdleQueue implements Disposable {
  readonly #send: (headers: readonly string[]) => void;
  readonly #clock: TimerClock;
  #waiting: { readonly headerJson: string; readonly due: number }[] = [];
  #timer: unknown;
  #disposed = false;

  /**
   * @param send - Sends an `idle` for each message, given by its header as JSON text.
   * @param clock - Default: the system's.
   */
  constructor(send: (headers: readonly string[]) => void, clock: TimerClock = systemClock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** Queues the `idle` of the message with this header. Does nothing after dispose(). */
  add(headerJson: string): void {
    if (this.#disposed) return;
    this.#waiting.push({ headerJson, due: this.#clock.now() + IDLE_DELAY_MS });
    this.#timer ??= this.#clock.setTimer(this.#sendDue, IDLE_DELAY_MS);
  }

  /** Sends everything that is queued at once, and stops. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#take(this.#waiting.length);
  }

  readonly #sendDue = (): void => {
    this.#timer = undefined;
    const now = this.#clock.now();
    const later = this.#waiting.findIndex((entry) => entry.due > now);
    this.#take(later < 0 ? this.#waiting.length : later);
    const next = this.#waiting[0];
    if (next !== undefined) {
      this.#timer = this.#clock.setTimer(this.#sendDue, Math.max(1, next.due - now));
    }
  };

  #take(count: number): void {
    const headers = this.#waiting.slice(0, count).map((entry) => entry.headerJson);
    this.#waiting = this.#waiting.slice(count);
    if (headers.length > 0) this.#send(headers);
  }
}
