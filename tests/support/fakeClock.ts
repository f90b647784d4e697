import { nodeRuntime } from "../../src/framebuffer/node/runtime";
import type { Clock, Runtime } from "../../src/framebuffer/runtime";
import type { Disposable } from "../../src/protocol/transport";

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** Node's runtime with another clock. */
export function runtimeWith({ now, monotonic, defer, delay }: FakeClock): Runtime {
  return { ...nodeRuntime, now, monotonic, defer, delay };
}

/** Clocks and timers that stand still until the test moves them. */
export class FakeClock implements Clock {
  /** Seconds since the epoch when the clock began. */
  readonly epoch: number;
  #time = 0;
  #turns: Timer[] = [];
  #timers: Timer[] = [];

  constructor(epoch = 1_700_000_000) {
    this.epoch = epoch;
  }

  readonly now = (): number => this.epoch + this.#time;
  readonly monotonic = (): number => this.#time;
  readonly defer = (callback: () => void): Disposable => {
    const timer = { due: this.#time, callback };
    this.#turns.push(timer);
    return { dispose: () => (this.#turns = this.#turns.filter((other) => other !== timer)) };
  };
  readonly delay = (seconds: number, callback: () => void): Disposable => {
    const timer = { due: this.#time + seconds, callback };
    this.#timers.push(timer);
    return { dispose: () => (this.#timers = this.#timers.filter((other) => other !== timer)) };
  };

  /** How many callbacks are still to come. */
  get pending(): number {
    return this.#turns.length + this.#timers.length;
  }

  /** Runs the turns that are waiting now, not those that they add. */
  turn(): void {
    const turns = this.#turns;
    this.#turns = [];
    for (const { callback } of turns) callback();
  }

  /** Runs turns, and lets promises settle, until nothing happens any more without time passing. */
  async settle(): Promise<void> {
    for (let round = 0; round < 1000; round++) {
      // A real turn of the event loop: every promise that can settle has.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#turns.length === 0) return;
      this.turn();
    }
    throw new Error("Cannot settle: turns keep coming after 1000 rounds");
  }

  /** Moves time on, and runs the timers that become due in their order. */
  advance(seconds: number): void {
    const end = this.#time + seconds;
    for (;;) {
      const [next] = this.#timers
        .filter(({ due }) => due <= end)
        .sort((one, other) => one.due - other.due);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#time = Math.max(this.#time, next.due);
      next.callback();
    }
    this.#time = end;
  }
}
