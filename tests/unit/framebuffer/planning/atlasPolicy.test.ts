import { describe, expect, it } from "vitest";
import { CellMap } from "../../../../src/framebuffer/changes/cellMap";
import {
  AtlasPolicy,
  ATLASES_TO_WHOLE,
  MOST_REFUSALS,
  REFUSALS_TO_FORGET,
  type AtlasChoice,
} from "../../../../src/framebuffer/planning/atlasPolicy";
import type { AtlasPlan, FramePlan } from "../../../../src/framebuffer/planning/framePlan";
import { departure, imagePlan } from "../../../support/departures";

const SIZE = { width: 1280, height: 720 };
const LOCAL = { wayTime: () => 0 };
/** 20 Mbit/s. */
const SLOW = { wayTime: (bytes: number) => bytes / 2_500_000 };
const image = { lossless: false, quality: 80, scale: 1 };

const choice = (count: number, runs: number): AtlasChoice => ({
  ...SIZE,
  cells: { count, runs },
  image,
});
/** A chart of thin lines: 54 % of 3600 cells, and lines that cross less. */
const CHART = choice(1948, 396);
const LINES = choice(700, 250);

const atlasPlan = (count: number): AtlasPlan => ({
  ...imagePlan,
  form: "atlas",
  scale: 1,
  chroma: "4:4:4",
  cells: new CellMap(new Uint8Array(3600).fill(1, 0, count), 80),
});

/** A policy that has seen a whole picture. */
function policyOn(link: { wayTime(bytes: number): number }, wholeBytes = 126_000) {
  const policy = new AtlasPolicy(link);
  const sent = (bytes: number, plan: FramePlan = imagePlan): void =>
    policy.recordSend(departure({ ...SIZE, bytes, plan }));
  sent(wholeBytes);
  return { policy, sent };
}

describe("an atlas", () => {
  it("pays on a fast link where few cells changed, and not where half of them did", () => {
    const { policy } = policyOn(LOCAL);
    expect(policy.choose(LINES)).toBe(true);
    expect(policyOn(LOCAL).policy.choose(CHART)).toBe(false);
  });

  it("pays on a slow link where half of the cells changed, if it saves bytes", () => {
    const { policy, sent } = policyOn(SLOW);
    expect(policy.choose(CHART)).toBe(true);
    sent(101_000, atlasPlan(1948));
    expect(policy.choose(CHART)).toBe(true);
    sent(140_000, atlasPlan(1948));
    expect(policy.choose(CHART)).toBe(false);
  });

  it("pays on a slow link also after a smaller one: what it adds are the empty parts", () => {
    // Measured: 98 KB for most frames of a chart, and 96 KB for one that changes in fewer cells.
    const { policy, sent } = policyOn(SLOW);
    expect(policy.choose(choice(1575, 325))).toBe(true);
    sent(96_000, atlasPlan(1575));
    for (let frame = 0; frame < 20; frame++) {
      expect(policy.choose(CHART)).toBe(true);
      sent(98_000, atlasPlan(1948));
      expect(policy.choose(choice(1575, 325))).toBe(true);
      sent(96_000, atlasPlan(1575));
    }
  });

  it("does not pay where each cell is a run of its own", () => {
    expect(policyOn(LOCAL).policy.choose(choice(1000, 1000))).toBe(false);
  });

  it("is compared with a smaller whole picture where a slow link has lowered its size", () => {
    const smaller = { ...LINES, image: { ...image, scale: 0.25 } };
    expect(policyOn(SLOW).policy.choose(smaller)).toBe(false);
  });

  it("gives way to a whole picture from time to time, which shows what that takes now", () => {
    const { policy, sent } = policyOn(SLOW);
    let wholes = 0;
    for (let frame = 0; frame < 2 * (ATLASES_TO_WHOLE + 1); frame++) {
      const isAtlas = policy.choose(CHART);
      if (!isAtlas) wholes += 1;
      if (isAtlas) sent(98_000, atlasPlan(1948));
      else sent(126_000);
    }
    expect(wholes).toBe(2);
  });

  it("is tried again when the picture may be another one", () => {
    const { policy, sent } = policyOn(SLOW);
    expect(policy.choose(CHART)).toBe(true);
    sent(140_000, atlasPlan(1948));
    for (let frame = 0; frame < 2 * REFUSALS_TO_FORGET; frame++)
      expect(policy.choose(CHART)).toBe(false);
    expect(policy.choose(CHART)).toBe(true);
  });

  it("is tried ever more rarely while it turns out to be dearer, until it pays", () => {
    const { policy, sent } = policyOn(SLOW);
    const framesToNext = (): number => {
      for (let frame = 0; ; frame++) if (policy.choose(CHART)) return frame;
    };
    const pauses: number[] = [];
    for (let trial = 0; trial < 6; trial++) {
      pauses.push(framesToNext());
      sent(140_000, atlasPlan(1948));
    }
    const [twice, thrice] = [2 * REFUSALS_TO_FORGET, 4 * REFUSALS_TO_FORGET];
    expect(pauses).toEqual([0, twice, thrice, MOST_REFUSALS, MOST_REFUSALS, MOST_REFUSALS]);
    framesToNext();
    for (let frame = 0; frame < 20; frame++) {
      sent(98_000, atlasPlan(1948));
      expect(policy.choose(CHART)).toBe(true);
    }
    sent(140_000, atlasPlan(1948));
    expect([framesToNext(), framesToNext()]).toEqual([REFUSALS_TO_FORGET, 0]);
  });

  it("ends at a higher cost than it begins, so that it doesn't flap", () => {
    const most = [...Array(60).keys()].map((step) => choice(700 + step * 20, 250));
    const without = most.filter((one) => policyOn(LOCAL).policy.choose(one)).length;
    const within = most.filter((one) => {
      const fresh = policyOn(LOCAL).policy;
      expect(fresh.choose(LINES)).toBe(true);
      return fresh.choose(one);
    }).length;
    expect(within).toBeGreaterThan(without);
  });
});
