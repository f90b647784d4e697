/**
 * Limits the rate of frequent events without losing their effect or their order. Pure policy:
 * timers are injected.
 */
import type { Timers } from "../../picture/index";
import type { WireEvent } from "../../protocol/events";
import type { Disposable } from "../../protocol/transport";

/**
 * The default interval in milliseconds. It allows 50 events a second: more than a user notices, and
 * few enough for a Jupyter comm.
 */
export const DEFAULT_THROTTLE_MS = 20;

/** The events whose rate is limited. */
export type ThrottledEvent =
  | (Extract<WireEvent, { readonly ntouches: number }> & { readonly type: "pointer_move" })
  | Extract<WireEvent, { readonly type: "wheel" | "resize" }>;

/**
 * Only events of the same lane are merged. Each moving pointer has a lane of its own, as have the
 * wheel and the size.
 */
export type Lane = string;

/**
 * Sends the first event of a burst immediately. Merges events that follow within the interval, and
 * sends the result at its end.
 *
 * Keeps the order of all events: waiting events are sent before any event that is sent immediately.
 */
export class EventThrottle implements Disposable {
  readonly #send: (event: WireEvent) => void;
  readonly #timers: Timers;
  /** The waiting events, in order. */
  readonly #pending = new Map<Lane, ThrottledEvent>();
  /** The timers of running intervals. */
  readonly #running = new Map<Lane, Disposable>();
  #milliseconds: number;

  constructor(
    send: (event: WireEvent) => void,
    timers: Timers,
    milliseconds: number = DEFAULT_THROTTLE_MS,
  ) {
    this.#send = send;
    this.#timers = timers;
    this.#milliseconds = milliseconds;
  }

  /** Sets the interval in milliseconds; 0 for no limit. Running intervals keep their length. */
  setInterval(milliseconds: number): void {
    this.#milliseconds = milliseconds;
  }

  /** Sends an event now, after all waiting events. */
  send(event: WireEvent): void {
    this.flush();
    this.#send(event);
  }

  /**
   * Sends an event now if no interval is running in its lane; otherwise merges it into the lane's
   * waiting event.
   */
  push(lane: Lane, event: ThrottledEvent): void {
    if (!this.#running.has(lane)) {
      this.send(event);
      this.#run(lane);
      return;
    }
    const waiting = this.#pending.get(lane);
    const merged = waiting === undefined ? event : merge(waiting, event);
    if (merged === undefined) this.flush();
    this.#pending.set(lane, merged ?? event);
  }

  /** Sends all waiting events. */
  flush(): void {
    const events = [...this.#pending.values()];
    this.#pending.clear();
    for (const event of events) this.#send(event);
  }

  /** Drops the waiting events and stops all timers. */
  dispose(): void {
    this.#pending.clear();
    for (const timer of this.#running.values()) timer.dispose();
    this.#running.clear();
  }

  #run(lane: Lane): void {
    if (this.#milliseconds <= 0) return;
    const timer = this.#timers.after(this.#milliseconds, () => {
      this.#running.delete(lane);
      if (!this.#pending.has(lane)) return;
      this.flush();
      this.#run(lane);
    });
    this.#running.set(lane, timer);
  }
}

/** One event with the effect of both, or undefined if a receiver could see the difference. */
function merge(earlier: ThrottledEvent, later: ThrottledEvent): ThrottledEvent | undefined {
  if (earlier.type === "resize" || later.type === "resize") return later;
  if (!sameList(earlier.buttons, later.buttons)) return undefined;
  if (!sameList(earlier.modifiers, later.modifiers)) return undefined;
  if (earlier.type === "wheel" && later.type === "wheel") {
    return { ...later, dx: earlier.dx + later.dx, dy: earlier.dy + later.dy };
  }
  return later;
}

function sameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
