import { describe, expect, it } from "vitest";
import {
  DrawPace,
  MAX_FAILURE_PAUSE,
  UNCHANGED_INTERVAL,
} from "../../../../src/framebuffer/pacing/drawPace";

describe("the pace of draws", () => {
  it("leaves a changed frame to the receipts", () => {
    expect(new DrawPace().record("changed", 5, 6)).toBe(5);
  });

  it.each(["unchanged", "nothing"] as const)("is 60 a second while they give %s", (outcome) => {
    const pace = new DrawPace();
    for (let draw = 0; draw < 9; draw++) {
      expect(pace.record(outcome, draw, draw)).toBe(draw + UNCHANGED_INTERVAL);
    }
  });

  it("slows down to one a second while draws fail, however long each takes", () => {
    const pace = new DrawPace();
    const pauses = Array.from({ length: 12 }, () => pace.record("failed", 0, 3) - 3);
    expect(pauses[0]).toBeCloseTo(UNCHANGED_INTERVAL);
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(pauses[index - 1] ?? 0);
    }
    expect(pauses.at(-1)).toBe(MAX_FAILURE_PAUSE);
  });

  it("starts again after a draw that worked", () => {
    const pace = new DrawPace();
    for (let draw = 0; draw < 12; draw++) pace.record("failed", 0, 0);
    pace.record("changed", 0, 0);
    expect(pace.record("failed", 0, 0)).toBeCloseTo(UNCHANGED_INTERVAL);
  });
});

describe("requests from outside a draw", () => {
  it("need not wait, a few of them, and one more each second", () => {
    const pace = new DrawPace();
    const hurry = (now: number): boolean[] => Array.from({ length: 6 }, () => pace.mayHurry(now));
    expect(hurry(0)).toEqual([true, true, true, true, false, false]);
    expect(hurry(0.9)).toEqual(Array(6).fill(false));
    expect(hurry(2)).toEqual([true, true, false, false, false, false]);
  });
});
