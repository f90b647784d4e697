/**
 * Limits the rate of frequent events without losing their effect or their order. Pure policy:
 * timers and animation frames are injected.
 */
import { HIDDEN_AFTER_MS, type AnimationFrames, type Timers } from "../../picture/index";
import type { WireEvent } from "../../protocol/events";
import type { Disposable } from "../../protocol/transport";

/** What an {@link EventThrottle} depends on. */
export interface EventThrottleOptions {
  send(event: WireEvent): void;
  readonly timers: Timers;
  readonly frames: AnimationFrames;
}

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
 * Without an interval in milliseconds it is the screen's: until the next animation frame. While
 * frames are confirmed at that pace, events are sent just before the receipts, so that the frame
 * that answers a receipt shows the newest ones.
 *
 * Keeps the order of all events: waiting events are sent before any event that is sent immediately.
 */
export class EventThrottle implements Disposable {
  readonly #options: EventThrottleOptions;
  /** The waiting events, in order. */
  readonly #pending = new Map<Lane, ThrottledEvent>();
  /** The running intervals. */
  readonly #running = new Map<Lane, Disposable>();
  #milliseconds: number | null = null;
  /** Receipts so far. */
  #receipts = 0;

  constructor(options: EventThrottleOptions) {
    this.#options = options;
  }

  /**
   * Sets the interval in milliseconds; 0 for no limit, null for the screen's. Running intervals
   * keep their length.
   */
  setInterval(milliseconds: number | null): void {
    this.#milliseconds = milliseconds;
  }

  /** Sends an event now, after all waiting events. */
  send(event: WireEvent): void {
    this.flush();
    this.#options.send(event);
  }

  /** A receipt is about to be sent. */
  receiptIsDue(): void {
    this.#receipts += 1;
    if (this.#milliseconds === null) this.flush();
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
    const merged = waiting === undefined ? event : mergeEvents(waiting, event);
    if (merged === undefined) this.flush();
    this.#pending.set(lane, merged ?? event);
  }

  /** Sends all waiting events. */
  flush(): void {
    const events = [...this.#pending.values()];
    this.#pending.clear();
    for (const event of events) this.#options.send(event);
  }

  /** Drops the waiting events and stops all timers. */
  dispose(): void {
    this.#pending.clear();
    for (const timer of this.#running.values()) timer.dispose();
    this.#running.clear();
  }

  #run(lane: Lane): void {
    if (this.#milliseconds === null) this.#runFrame(lane);
    else if (this.#milliseconds > 0) {
      const timer = this.#options.timers.after(this.#milliseconds, () => this.#end(lane));
      this.#running.set(lane, timer);
    }
  }

  /** An interval that ends with the first animation frame before which no receipt came. */
  #runFrame(lane: Lane): void {
    const { frames, timers } = this.#options;
    const before = this.#receipts;
    const request = frames.request(() => {
      hidden.dispose();
      // The next receipt is near.
      if (this.#pending.has(lane) && this.#receipts > before) this.#runFrame(lane);
      else this.#end(lane);
    });
    const hidden = timers.after(HIDDEN_AFTER_MS, () => {
      request.dispose();
      this.#end(lane);
    });
    this.#running.set(lane, {
      dispose: () => {
        request.dispose();
        hidden.dispose();
      },
    });
  }

  #end(lane: Lane): void {
    this.#running.delete(lane);
    if (!this.#pending.has(lane)) return;
    this.flush();
    this.#run(lane);
  }
}

/** One event with the effect of both, or undefined if a receiver could see the difference. */
export function mergeEvents(
  earlier: ThrottledEvent,
  later: ThrottledEvent,
): ThrottledEvent | undefined {
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
