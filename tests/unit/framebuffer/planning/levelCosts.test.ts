import { describe, expect, it } from "vitest";
import { LevelCosts, type FrameCosts } from "../../../../src/framebuffer/planning/levelCosts";
import type { FramePlan } from "../../../../src/framebuffer/planning/framePlan";
import type { QualityLevel } from "../../../../src/framebuffer/planning/qualityLevel";
import { departure, imagePlan } from "../../../support/departures";

const WHOLE = { quality: 30, scale: 1 };
const SMALLER = { quality: 30, scale: 0.75 };
const HALF = { quality: 30, scale: 0.5 };

/** Frames of 720p, one in 33 ms. */
function record(
  costs: LevelCosts,
  level: QualityLevel,
  { bytes, encoding, view }: FrameCosts,
  {
    count = 10,
    from = 0,
    plan,
  }: { readonly count?: number; readonly from?: number; readonly plan?: FramePlan } = {},
): void {
  for (let frame = 0; frame < count; frame++) {
    const size = { width: 1280, height: 720 };
    const parts = { plan: plan ?? { ...imagePlan, ...level }, bytes, encodingSeconds: encoding };
    costs.record(departure({ ...parts, ...size }), view, from + frame / 30);
  }
}

describe("the costs of levels", () => {
  it("are nothing before the first frame, and after a reset", () => {
    const costs = new LevelCosts();
    expect(costs.at(HALF)).toEqual({ bytes: 0, encoding: 0, view: 0 });
    record(costs, WHOLE, { bytes: 100_000, encoding: 0.008, view: 0.02 });
    costs.reset();
    expect(costs.at(WHOLE)).toEqual({ bytes: 0, encoding: 0, view: 0 });
  });

  it("follow from another level where one was not used yet", () => {
    const costs = new LevelCosts();
    record(costs, WHOLE, { bytes: 100_000, encoding: 0.008, view: 0.02 });
    const { bytes, encoding, view } = costs.at(HALF);
    expect(bytes).toBeCloseTo(100_000 * 0.5 ** 1.7, 0);
    expect(encoding).toBeCloseTo(0.002);
    // 1280 x 720 pixels less a quarter, at 10 ns.
    expect(view).toBeCloseTo(0.02 - 0.0069, 4);
  });

  it("are those that were seen, for pictures of noise too", () => {
    const costs = new LevelCosts();
    const whole = { bytes: 238_400, encoding: 0.011, view: 0.031 };
    record(costs, WHOLE, whole);
    record(costs, SMALLER, { bytes: 87_500, encoding: 0.007, view: 0.012 }, { from: 1 });
    expect(costs.at(WHOLE).bytes).toBeCloseTo(whole.bytes);
    expect(costs.at(WHOLE).encoding).toBeCloseTo(whole.encoding);
    expect(costs.at(WHOLE).view).toBeCloseTo(whole.view);
    expect(costs.at(SMALLER).bytes).toBeCloseTo(87_500);
  });

  it("are predicted again after 16 seconds, and for another picture", () => {
    const costs = new LevelCosts();
    record(costs, WHOLE, { bytes: 238_400, encoding: 0.011, view: 0.031 });
    const smaller = { bytes: 87_500, encoding: 0.007, view: 0.012 };
    record(costs, SMALLER, smaller, { from: 15 });
    expect(costs.at(WHOLE).bytes).toBeCloseTo(238_400);
    record(costs, SMALLER, smaller, { from: 17 });
    expect(costs.at(WHOLE).bytes).toBeCloseTo(87_500 / 0.75 ** 1.7, 0);

    record(costs, WHOLE, { bytes: 238_400, encoding: 0.011, view: 0.031 }, { from: 18 });
    record(costs, SMALLER, smaller, { from: 19 });
    record(costs, SMALLER, { bytes: 20_000, encoding: 0.007, view: 0.012 }, { from: 20 });
    expect(costs.at(SMALLER).bytes).toBeCloseTo(20_000);
    expect(costs.at(WHOLE).bytes).toBeCloseTo(20_000 / 0.75 ** 1.7, 0);
  });

  it("are another picture's when three frames say so, not one alone", () => {
    const costs = new LevelCosts();
    const small = { bytes: 20_000, encoding: 0.004, view: 0.01 };
    record(costs, WHOLE, { bytes: 30_000, encoding: 0.005, view: 0.01 });
    record(costs, SMALLER, small, { from: 1 });
    const large = { bytes: 300_000, encoding: 0.012, view: 0.03 };
    record(costs, SMALLER, large, { count: 1, from: 2 });
    record(costs, SMALLER, small, { from: 3 });
    expect(costs.at(WHOLE).bytes).toBeCloseTo(30_000);
    record(costs, SMALLER, large, { count: 3, from: 4 });
    expect(costs.at(SMALLER).bytes).toBeCloseTo(300_000);
    expect(costs.at(WHOLE).bytes).toBeCloseTo(300_000 / 0.75 ** 1.7, 0);
  });

  it("are not learnt from patches, which may be small at any level", () => {
    const costs = new LevelCosts();
    const half = { bytes: 40_000, encoding: 0.002, view: 0.008 };
    record(costs, HALF, half);
    const plan = { ...imagePlan, form: "patches", scale: 1, quality: 30, rects: [] } as const;
    record(costs, HALF, { bytes: 2000, encoding: 0.001, view: 0.002 }, { plan, from: 1, count: 5 });
    record(costs, HALF, half, { from: 2 });
    expect(costs.at(HALF).bytes).toBeCloseTo(40_000);
    expect(costs.at(WHOLE).bytes).toBeCloseTo(40_000 / 0.5 ** 1.7, 0);
  });

  it("average the bytes, and take the quickest view: waiting frames seem to take longer", () => {
    const costs = new LevelCosts();
    record(costs, WHOLE, { bytes: 100_000, encoding: 0.008, view: 0.05 }, { count: 5 });
    record(costs, WHOLE, { bytes: 120_000, encoding: 0.01, view: 0.02 }, { count: 5, from: 1 });
    expect(costs.at(WHOLE)).toEqual({ bytes: 110_000, encoding: 0.009, view: 0.02 });
  });

  it("say nothing of a view that does not tell its time", () => {
    const costs = new LevelCosts();
    costs.record(departure({ plan: { ...imagePlan, ...HALF } }), undefined, 0);
    expect(costs.at(HALF).view).toBe(0);
    expect(costs.at(WHOLE).view).toBe(0);
  });
});
