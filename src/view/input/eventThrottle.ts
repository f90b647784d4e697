/** Sends frequent events at a bounded rate without losing their effect or their order. Pure policy: timers are injected. */
import type { WireEvent } from "../../protocol/events";
import type { Disposable } from "../../protocol/transport";
import type { Timers } from "../../picture/timers";

/**
 * At most this often, in milliseconds, by default: 50 events a second, more than a hand can tell, and little enough for the
 * small messages of a Jupyter comm.
 */
export const DEFAULT_THROTTLE_MS = 20;

/** The events whose rate is bounded. */
export type ThrottledEvent =
  | (Extract<WireEvent, { readonly ntouches: number }> & { readonly type: "pointer_move" })
  | Extract<WireEvent, { readonly type: "wheel" | "resize" }>;

/** A lane's events merge with each other only: one lane for each moving pointer, one for the wheel, one for the size. */
export type Lane = string;

/**
 * The first event of a burst goes at once; what follows within the interval is merged and goes when the interval is over.
 *
 * Events of all kinds leave in the order in which they began: whatever waits goes before an event that is sent at once.
 */
export class EventThrottle implements Disposable {
  readonly #send: (event: WireEvent) => void;
  readonly #timers: Timers;
  /** What waits, in order. */
  readonly #pending = new Map<Lane, ThrottledEvent>();
  /** The intervals that are running. */
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

  /** Sets the interval in milliseconds, 0 for none. Holds from the next event on. */
  setInterval(milliseconds: number): void {
    this.#milliseconds = milliseconds;
  }

  /** Sends an event now, after whatever waits. */
  send(event: WireEvent): void {
    this.flush();
    this.#send(event);
  }

  /** Sends an event now when its lane is quiet, or else merges it into what the lane sends next. */
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

  /** Sends whatever waits. */
  flush(): void {
    const events = [...this.#pending.values()];
    this.#pending.clear();
    for (const event of events) this.#send(event);
  }

  /** Forgets what waits and stops all timers. */
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

/** One event with the effect of both, or undefined where a receiver could tell the difference. */
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
