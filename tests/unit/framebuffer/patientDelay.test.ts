import { describe, expect, it } from "vitest";
import { patientDelay } from "../../../src/framebuffer/patientDelay";
import { FakeClock } from "../../support/fakeClock";

describe("a patient delay", () => {
  it("calls back once, when the time has passed", () => {
    const clock = new FakeClock();
    let calls = 0;
    patientDelay(clock, 10, () => (calls += 1));
    clock.advance(9.9);
    expect(calls).toBe(0);
    clock.advance(20);
    expect(calls).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it("never calls back once it is disposed of, in whichever part", () => {
    for (const seconds of [0, 3, 9.9]) {
      const clock = new FakeClock();
      let calls = 0;
      const timer = patientDelay(clock, 10, () => (calls += 1));
      clock.advance(seconds);
      timer.dispose();
      clock.advance(20);
      expect(calls).toBe(0);
      expect(clock.pending).toBe(0);
    }
  });

  it("has time left after a turn that came a minute late", () => {
    const timers: (() => void)[] = [];
    const delay = (_seconds: number, callback: () => void) => {
      timers.push(callback);
      return { dispose: () => undefined };
    };
    let calls = 0;
    patientDelay({ delay }, 10, () => (calls += 1));
    timers.shift()?.();
    expect(calls).toBe(0);
    expect(timers).toHaveLength(1);
  });
});
