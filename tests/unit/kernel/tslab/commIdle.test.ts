import { describe, expect, it } from "vitest";
import {
  CommIdleQueue,
  IDLE_DELAY_MS,
  type IdleClock,
} from "../../../../src/kernel/tslab/commIdle";

/** A clock that a test advances. */
class ManualClock implements IdleClock {
  time = 0;
  timers: { readonly at: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  setTimer(callback: () => void, delayMs: number): unknown {
    const timer = { at: this.time + delayMs, callback };
    this.timers.push(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.timers = this.timers.filter((other) => other !== timer);
  }

  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.clearTimer(next);
      this.time = next.at;
      next.callback();
    }
    this.time = end;
  }
}

function setUp(): { clock: ManualClock; sent: string[][]; queue: CommIdleQueue } {
  const clock = new ManualClock();
  const sent: string[][] = [];
  const queue = new CommIdleQueue((headers) => sent.push([...headers]), clock);
  return { clock, sent, queue };
}

describe("CommIdleQueue", () => {
  it("sends each idle once, after the delay", () => {
    const { clock, sent, queue } = setUp();
    queue.add("a");
    clock.advance(IDLE_DELAY_MS - 1);
    expect(sent).toEqual([]);
    clock.advance(1);
    expect(sent).toEqual([["a"]]);
    clock.advance(10 * IDLE_DELAY_MS);
    expect(sent).toEqual([["a"]]);
  });

  it("keeps the order and the delay of each with one timer for all", () => {
    const { clock, sent, queue } = setUp();
    queue.add("a");
    queue.add("b");
    clock.advance(5);
    queue.add("c");
    expect(clock.timers).toHaveLength(1);
    clock.advance(IDLE_DELAY_MS - 5);
    expect(sent).toEqual([["a", "b"]]);
    expect(clock.timers).toHaveLength(1);
    clock.advance(5);
    expect(sent).toEqual([["a", "b"], ["c"]]);
    expect(clock.timers).toHaveLength(0);
  });

  it("waits again when the timer fires early", () => {
    const { clock, sent, queue } = setUp();
    queue.add("a");
    const [timer] = clock.timers.splice(0);
    clock.time = IDLE_DELAY_MS - 1;
    timer?.callback();
    expect(sent).toEqual([]);
    clock.advance(1);
    expect(sent).toEqual([["a"]]);
  });

  it("sends everything queued when it is disposed, and clears its timer", () => {
    const { clock, sent, queue } = setUp();
    queue.add("a");
    queue.dispose();
    queue.dispose();
    expect(sent).toEqual([["a"]]);
    queue.add("b");
    expect(clock.timers).toHaveLength(0);
    expect(sent).toEqual([["a"]]);
  });
});
