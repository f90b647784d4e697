import { describe, expect, it } from "vitest";
import {
  secondsToEncode,
  TimeLimitError,
  withTimeLimit,
} from "../../../../src/framebuffer/encoders/timeLimit";
import { FakeClock } from "../../../support/fakeClock";

const never = new Promise<never>(() => undefined);

describe("a time limit", () => {
  it("settles as a task that keeps it, and leaves no timer", async () => {
    const clock = new FakeClock();
    expect(await withTimeLimit(clock, 10, Promise.resolve(7))).toBe(7);
    await expect(withTimeLimit(clock, 10, Promise.reject(new Error("no")))).rejects.toThrow("no");
    await clock.settle();
    expect(clock.pending).toBe(0);
  });

  it("rejects what takes longer, and no sooner", async () => {
    const clock = new FakeClock();
    const states: unknown[] = [];
    withTimeLimit(clock, 10, never).catch((error: unknown) => states.push(error));
    clock.advance(9.9);
    await clock.settle();
    expect(states).toEqual([]);
    clock.advance(0.1);
    await clock.settle();
    expect(states).toEqual([new TimeLimitError(10)]);
    expect(clock.pending).toBe(0);
  });

  it("lets a result in that came while the thread was blocked past the limit", async () => {
    const timers: (() => void)[] = [];
    const delay = (_seconds: number, callback: () => void) => {
      timers.push(callback);
      return { dispose: () => undefined };
    };
    let finish = (_value: number): void => undefined;
    const task = new Promise<number>((resolve) => (finish = resolve));
    const limited = withTimeLimit({ delay }, 10, task);
    // The first turn after a minute without one: the timer fires first, then the result is there.
    timers.shift()?.();
    finish(7);
    expect(await limited).toBe(7);
  });

  it("grows with the frame", () => {
    expect(secondsToEncode({ width: 100, height: 100 })).toBeCloseTo(10, 1);
    expect(secondsToEncode({ width: 16384, height: 16384 })).toBeGreaterThan(200);
  });
});
