import { describe, expect, it } from "vitest";
import { Pace } from "../../../src/cli/pace";

describe("the pace of frames", () => {
  it("keeps the rate by the clock, whatever a frame takes", () => {
    let now = 100;
    const pace = new Pace(10, () => now);
    const begins: number[] = [];
    for (let frame = 0; frame < 50; frame++) {
      begins.push(now);
      // Drawing takes some of the time, and timers come late.
      now += 0.01 + (frame % 3) * 0.02;
      now += pace.next() + 0.004;
    }
    expect(begins.at(-1)).toBeCloseTo(100 + 49 * 0.1 + 0.004, 6);
  });

  it("catches up after a short delay", () => {
    let now = 0;
    const pace = new Pace(10, () => now);
    now = 0.25;
    expect([pace.next(), pace.next()]).toEqual([0, 0]);
    expect(pace.next()).toBeCloseTo(0.05, 9);
  });

  it("does not make up for a long one", () => {
    let now = 0;
    const pace = new Pace(10, () => now);
    now = 60;
    expect(pace.next()).toBe(0);
    expect(pace.next()).toBeCloseTo(0.1, 9);
  });
});
