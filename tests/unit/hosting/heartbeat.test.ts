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
    gone: () => (seen.gone += 1),
  };
  return { beating, seen };
}

describe("a heartbeat", () => {
  it("pings after an interval of silence, and gives up when two pings were missed", () => {
    const clock = new FakeClock();
    const heartbeat = new Heartbeat(clock, 4);
    const { beating, seen } = connection();
    const pulse = heartbeat.watch(beating);
    clock.advance(3);
    pulse.heard();
    clock.advance(3);
    expect(seen.pings).toBe(0);
    clock.advance(8);
    expect(seen).toMatchObject({ pings: 2, gone: 0 });
    clock.advance(1);
    expect(seen.gone).toBe(1);
    pulse.dispose();
    clock.advance(60);
    expect(seen.gone).toBe(1);
  });

  it.each([0.2, 1, 1.5, 3600])("keeps an interval of %d seconds", (interval) => {
    const clock = new FakeClock();
    const { beating, seen } = connection();
    new Heartbeat(clock, interval).watch(beating);
    clock.advance(interval * 0.99);
    expect(seen.pings).toBe(0);
    clock.advance(interval * 1.02);
    expect(seen).toMatchObject({ pings: 2, gone: 0 });
    clock.advance(interval);
    expect(seen.gone).toBe(1);
  });

  it("goes on for the others when one fails, or goes during a beat", () => {
    const clock = new FakeClock();
    const heartbeat = new Heartbeat(clock, 1);
    const fails = {
      ...connection().beating,
      ping: () => {
        failing.dispose();
        throw new Error("gone");
      },
    };
    const failing = heartbeat.watch(fails);
    const { beating, seen } = connection();
    heartbeat.watch(beating);
    expect(() => clock.advance(1)).toThrow("gone");
    clock.advance(1);
    expect(seen.pings).toBe(1);
  });

  it("pings an urgent one after a second, and says within five that it is silent", () => {
    const clock = new FakeClock();
    const { beating, seen } = connection({ isUrgent: true });
    const pulse = new Heartbeat(clock, 15).watch(beating);
    for (let second = 0; second < 10; second++) {
      clock.advance(1);
      pulse.heard();
    }
    expect(seen.pings).toBe(0);
    clock.advance(3);
    expect(seen).toEqual({ pings: 2, silent: 0, gone: 0 });
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
    let beat = (): void => undefined;
    const asleep = {
      delay: (_: number, callback: () => void) => {
        beat = callback;
        return { dispose: () => undefined };
      },
    };
    const { beating, seen } = connection();
    const pulse = new Heartbeat(asleep, 1).watch(beating);
    beat();
    beat();
    expect(seen).toMatchObject({ pings: 2, gone: 0 });
    pulse.heard();
    // However long it slept, that is one beat. What came meanwhile is read after the timer.
    beat();
    expect(seen).toMatchObject({ pings: 3, gone: 0 });
    pulse.heard();
    beat();
    beat();
    expect(seen.gone).toBe(0);
    beat();
    expect(seen.gone).toBe(1);
  });
});
