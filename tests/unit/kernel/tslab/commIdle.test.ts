import { describe, expect, it } from "vitest";
import { CommIdleQueue, IDLE_DELAY_MS } from "../../../../src/kernel/tslab/commIdle";
import { ManualClock } from "../../../support/manualClock";

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
