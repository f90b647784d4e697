import { describe, expect, it } from "vitest";
import { LinkEstimate } from "../../../../src/framebuffer/planning/linkEstimate";

/** Bytes per second of 20 Mbit/s. */
const BANDWIDTH = 2.5e6;

interface Wire {
  readonly link: LinkEstimate;
  bandwidth: number;
  latency: number;
}

/** Sends frames at the given times over a first-in first-out link, and takes all receipts in their order. */
function carry(wire: Wire, frames: readonly { sentAt: number; bytes: number }[], from = 1): void {
  let free = -Infinity;
  const steps = frames.flatMap(({ sentAt, bytes }, at) => {
    free = Math.max(free, sentAt) + bytes / wire.bandwidth;
    const index = from + at;
    return [
      { time: sentAt, step: () => wire.link.frameSent({ index, sentAt, bytes }) },
      {
        time: free + wire.latency,
        step: (
          (now) => () =>
            wire.link.acknowledged(index, now)
        )(free + wire.latency),
      },
    ];
  });
  steps.sort((one, other) => one.time - other.time);
  for (const { step } of steps) step();
}

function wire(options: Partial<Wire> = {}): Wire {
  return { link: new LinkEstimate(), bandwidth: BANDWIDTH, latency: 0.05, ...options };
}

const varied = (count: number, interval: number, bytes: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({
    sentAt: from + at * interval,
    bytes: bytes * (1 + 0.2 * Math.sin(at * 2.4)),
  }));

describe("the estimate of the link", () => {
  it("knows nothing at first", () => {
    const link = new LinkEstimate();
    expect(link.baseLatency).toBeUndefined();
    expect(link.throughput).toBeUndefined();
    expect(link.roundTrip).toBeUndefined();
    expect(link.queueing).toBe(0);
    expect(link.transferTime(1e6)).toBe(0);
  });

  it("tells latency and throughput apart from two frames that follow each other closely", () => {
    const one = wire();
    carry(one, [
      { sentAt: 0, bytes: 100_000 },
      { sentAt: 0.01, bytes: 100_000 },
    ]);
    expect(one.link.throughput).toBeCloseTo(BANDWIDTH, -5);
    expect(one.link.baseLatency).toBeCloseTo(0.05, 2);
    expect(one.link.queueing).toBeCloseTo(0.03, 2);
  });

  it("tells them apart from frames of different sizes that never meet", () => {
    const one = wire();
    carry(one, varied(90, 0.1, 100_000));
    expect((one.link.throughput ?? 0) / BANDWIDTH).toBeCloseTo(1, 1);
    expect(one.link.baseLatency).toBeCloseTo(0.05, 2);
    expect(one.link.queueing).toBeLessThan(0.002);
  });

  it("sees how long a frame waits for the others", () => {
    const one = wire();
    carry(one, [
      { sentAt: 0, bytes: 10_000 },
      ...Array.from({ length: 8 }, () => ({ sentAt: 0.1, bytes: 250_000 })),
    ]);
    expect(one.link.roundTrip).toBeCloseTo(0.85, 6);
    expect(one.link.throughput).toBeCloseTo(BANDWIDTH, -5);
    expect(one.link.queueing).toBeCloseTo(0.7, 2);
  });

  it("has no throughput where nothing takes time", () => {
    const one = wire({ bandwidth: 1e9 });
    carry(one, varied(40, 0.03, 100_000));
    expect(one.link.throughput).toBeUndefined();
    expect(one.link.transferTime(1e9)).toBe(0);
    expect(one.link.baseLatency).toBeCloseTo(0.05, 3);
  });

  it("follows a link that becomes slower, and one that becomes faster", () => {
    const one = wire();
    carry(one, varied(60, 0.05, 100_000));
    one.bandwidth = BANDWIDTH / 4;
    carry(one, varied(20, 0.25, 100_000, 10), 61);
    expect((one.link.throughput ?? 0) / (BANDWIDTH / 4)).toBeCloseTo(1, 1);
    one.bandwidth = BANDWIDTH * 2;
    carry(one, varied(90, 0.05, 100_000, 20), 81);
    expect((one.link.throughput ?? 0) / (BANDWIDTH * 2)).toBeCloseTo(1, 0);
  });

  it("follows a latency that grows, and does not take it for a slow link", () => {
    const one = wire({ bandwidth: 20e6 });
    carry(one, varied(40, 0.05, 40_000));
    one.latency = 0.15;
    carry(one, varied(60, 0.2, 40_000, 3), 41);
    expect(one.link.baseLatency).toBeGreaterThan(0.14);
    expect(one.link.transferTime(40_000)).toBeLessThan(0.01);
    one.latency = 0.03;
    carry(one, varied(60, 0.2, 40_000, 30), 101);
    expect(one.link.baseLatency).toBeCloseTo(0.03, 2);
  });

  it("is not misled by a pause", () => {
    const one = wire();
    carry(one, varied(60, 0.05, 100_000));
    const before = one.link.throughput ?? 0;
    one.link.frameSent({ index: 61, sentAt: 4, bytes: 100_000 });
    one.link.acknowledged(61, 9);
    expect(one.link.roundTrip).toBe(5);
    expect(one.link.throughput).toBeGreaterThan(before * 0.8);
    expect(one.link.baseLatency).toBeLessThan(0.06);
  });

  it("takes one receipt for several frames as the transfer of all", () => {
    const link = new LinkEstimate();
    link.frameSent({ index: 1, sentAt: 0, bytes: 50_000 });
    link.acknowledged(1, 0.07);
    for (const index of [2, 3, 4, 5]) link.frameSent({ index, sentAt: 1, bytes: 50_000 });
    link.acknowledged(5, 1.13);
    expect(link.throughput).toBeGreaterThan(BANDWIDTH * 0.9);
    expect(link.roundTrip).toBeCloseTo(0.13, 9);
  });

  it("ignores receipts for nothing and for what it has forgotten", () => {
    const link = new LinkEstimate();
    link.acknowledged(7, 1);
    expect(link.roundTrip).toBeUndefined();
    for (let index = 1; index <= 1000; index++) link.frameSent({ index, sentAt: 0, bytes: 10_000 });
    link.acknowledged(500, 1);
    expect(link.roundTrip).toBeUndefined();
    link.acknowledged(1000, 2);
    expect(link.roundTrip).toBe(2);
    link.acknowledged(1000, 3);
    expect(link.roundTrip).toBe(2);
  });

  it("counts a frame once whose index was given again", () => {
    const link = new LinkEstimate();
    link.frameSent({ index: 1, sentAt: 0, bytes: 10_000 });
    link.frameSent({ index: 1, sentAt: 1, bytes: 20_000 });
    link.acknowledged(1, 1.5);
    expect(link.roundTrip).toBe(0.5);
  });

  it("forgets everything on reset", () => {
    const one = wire();
    carry(one, varied(20, 0.05, 100_000));
    one.link.frameSent({ index: 21, sentAt: 2, bytes: 1 });
    one.link.reset();
    one.link.acknowledged(21, 3);
    expect(one.link.throughput).toBeUndefined();
    expect(one.link.baseLatency).toBeUndefined();
    expect(one.link.roundTrip).toBeUndefined();
    expect(one.link.queueing).toBe(0);
  });
});
