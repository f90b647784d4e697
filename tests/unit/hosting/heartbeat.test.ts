import { describe, expect, it } from "vitest";
import { Heartbeat, type Beating } from "../../../src/hosting/heartbeat";
import { FakeClock } from "../../support/fakeClock";

/** A connection that notes what happens to it. */
function connection({ isUrgent = false } = {}) {
  const seen = { pings: 0, silent: 0, gone: 0 };
  const beating: Beating = {
    isUrgent,
    ping: () => (seen.pings += 1),
    becameSilent: () => (seen.silent += 1),
    isGone: () => (seen.gone += 1),
  };
  return { beating, seen };
}

describe("a heartbeat", () => {
  it("pings after an interval of silence, and gives up after the third", () => {
    const clock = new FakeClock();
    const heartbeat = new Heartbeat(clock, 4);
    const { beating, seen } = connection();
    const pulse = heartbeat.watch(beating);
    clock.advance(3);
    pulse.heard();
    clock.advance(3);
    expect(seen.pings).toBe(0);
    clock.advance(5);
    expect(seen).toMatchObject({ pings: 2, gone: 0 });
    clock.advance(1);
    expect(seen.gone).toBe(1);
    pulse.dispose();
    clock.advance(60);
    expect(seen.gone).toBe(1);
  });

  it("pings an urgent one each second, and says within five that it is silent", () => {
    const clock = new FakeClock();
    const { beating, seen } = connection({ isUrgent: true });
    new Heartbeat(clock, 15).watch(beating);
    clock.advance(3);
    expect(seen).toEqual({ pings: 3, silent: 0, gone: 0 });
    clock.advance(2);
    expect(seen.silent).toBe(2);
  });

  it("has one timer for all, and none without connections", () => {
    let timers = 0;
    const clock = new FakeClock();
    const counting = {
      delay: (seconds: number, callback: () => void) => {
        timers += 1;
        return clock.delay(seconds, callback);
      },
    };
    const heartbeat = new Heartbeat(counting, 4);
    const pulses = Array.from({ length: 100 }, () => heartbeat.watch(connection().beating));
    clock.advance(3);
    expect(timers).toBe(4);
    for (const pulse of pulses) pulse.dispose();
    clock.advance(60);
    expect(timers).toBe(4);
  });

  it("does not take its own sleep for the viewers'", () => {
    const clock = new FakeClock();
    const late: (() => void)[] = [];
    const asleep = {
      delay: (_: number, callback: () => void) => {
        late.push(callback);
        return { dispose: () => undefined };
      },
    };
    const { beating, seen } = connection();
    const pulse = new Heartbeat(asleep, 1).watch(beating);
    clock.advance(3600);
    // What came meanwhile is read after the timer.
    late.pop()?.();
    pulse.heard();
    late.pop()?.();
    expect(seen).toEqual({ pings: 2, silent: 0, gone: 0 });
  });
});
