import { describe, expect, it } from "vitest";
import { LinkBounds } from "../../../../src/framebuffer/planning/linkBounds";

/** With three pings, at second 0. */
function pinged(...seconds: readonly number[]): LinkBounds {
  const bounds = new LinkBounds();
  for (const one of seconds) bounds.recordPing(one, 0);
  return bounds;
}

describe("LinkBounds", () => {
  it("knows nothing at first, and no throughput without a latency", () => {
    const bounds = new LinkBounds();
    bounds.recordTransit(50_000, 0.2, 0);
    expect([bounds.latency, bounds.isLatencyKnown, bounds.throughput()]).toEqual([
      undefined,
      false,
      0,
    ]);
    expect(bounds.carried).toBe(250_000);
  });

  it("takes the shortest ping of the last five seconds, or a frame that was quicker", () => {
    const bounds = new LinkBounds();
    for (const [at, seconds] of [0.1, 0.3, 0.2].entries()) bounds.recordPing(seconds, at * 2);
    expect(bounds.latency).toBe(0.1);
    bounds.recordPing(0.25, 5.5);
    expect(bounds.latency).toBe(0.2);
    bounds.recordTransit(1000, 0.15, 6);
    expect(bounds.latency).toBe(0.15);
    bounds.recordTransit(1000, 0.3, 20);
    expect(bounds.latency).toBeUndefined();
  });

  it("takes the quickest of the last frames, as delays of programs only make them slower", () => {
    const bounds = pinged(0.1, 0.12, 0.13);
    for (const transfer of [0.01, 0.04, 0.02, 0.3, 0.05]) {
      bounds.recordTransit(10_000, 0.1 + transfer, 0);
    }
    expect(bounds.throughput()).toBeCloseTo(1e6);
    expect(bounds.throughput(3)).toBeCloseTo(5e5);
    for (let frame = 0; frame < 8; frame += 1) bounds.recordTransit(10_000, 0.2, 0);
    expect(bounds.throughput()).toBeCloseTo(1e5);
    bounds.reset();
    expect([bounds.latency, bounds.carried]).toEqual([undefined, 0]);
  });

  it("waits for three pings, as the first may have waited for something", () => {
    const bounds = pinged(0.1, 0.12);
    bounds.recordTransit(10_000, 0.12, 0);
    expect(bounds.throughput()).toBe(0);
    bounds.recordPing(0.11, 0.5);
    expect(bounds.throughput()).toBeCloseTo(5e5);
  });

  it("claims no more than can be measured, and only what is certain if all pings waited", () => {
    const bounds = pinged(0.1, 0.1, 0.1);
    bounds.recordTransit(5000, 0.1, 0);
    expect(bounds.throughput()).toBe(5e6);
    bounds.recordTransit(5000, 0.05, 0);
    expect(bounds.throughput()).toBe(bounds.carried);
  });
});
