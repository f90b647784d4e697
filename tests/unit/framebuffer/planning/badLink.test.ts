/** Adaptive quality on 2 Mbit/s with a round trip of 100 ms and stalls of 200 ms, and afterwards. */
import { describe, expect, it } from "vitest";
import type { LinkEstimate } from "../../../../src/framebuffer/planning/linkEstimate";
import {
  SimulatedLink,
  type SimulatedConditions,
  type SimulatedFrame,
} from "../../../support/simulatedLink";

const ROUND_TRIP = 0.1;
const SLOW = 250_000;
const FAST = 6_250_000;
/** Bytes of whole JPEGs of 720p, from a chart to a scene with noise. */
const SIZES = [25_000, 40_000, 60_000, 81_000, 110_000];

/** @param answersPings - false for an older view */
const badLink = (conditions: Partial<SimulatedConditions>, answersPings = true): SimulatedLink =>
  new SimulatedLink(
    { bandwidth: SLOW, roundTrip: ROUND_TRIP, ...conditions },
    { plans: true, answersPings },
  );

/** Lets it run, and returns what was sent meanwhile. */
function sent(simulation: SimulatedLink, seconds: number): readonly SimulatedFrame[] {
  const first = simulation.frames.length;
  simulation.run(seconds);
  return simulation.frames.slice(first);
}

const p95 = (frames: readonly SimulatedFrame[]): number => {
  const times = frames.map(({ sentAt, ackedAt }) => ackedAt - sentAt).sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.95)] ?? Infinity;
};
const longestQueue = (frames: readonly SimulatedFrame[]): number =>
  Math.max(...frames.map(({ queued }) => queued));

describe.each(
  SIZES.flatMap((bytes) => [
    { bytes, answersPings: true },
    { bytes, answersPings: false },
  ]),
)("a bad link, %o", ({ bytes, answersPings }) => {
  const start = (conditions: Partial<SimulatedConditions> = {}): SimulatedLink =>
    badLink({ bytes, ...conditions }, answersPings);

  it.each([0, 0.2])("keeps rate, latency and queue with %d stalls a second", (stalls) => {
    const simulation = start({ stalls });
    simulation.run(5);
    const frames = sent(simulation, 30);
    expect(frames.length / 30).toBeGreaterThanOrEqual(20);
    expect(p95(frames)).toBeLessThanOrEqual(ROUND_TRIP + 0.15);
    expect(longestQueue(frames)).toBeLessThanOrEqual(0.1);
  });

  it("keeps the queue short with a stall every other second, and does not pump", () => {
    const simulation = start({ stalls: 0.5 });
    simulation.run(5);
    const frames = sent(simulation, 30);
    expect(longestQueue(frames)).toBeLessThanOrEqual(0.1);
    expect(p95(frames)).toBeLessThanOrEqual(ROUND_TRIP + 0.2 + 0.05);
    const levels = frames.map(({ quality, scale }) => `${quality} ${scale}`);
    const changes = levels.filter((level, at) => at > 0 && level !== levels[at - 1]).length;
    expect(changes).toBeLessThanOrEqual(4);
  });

  it("stays at 20 frames a second that are seen while 1 % of the packets are lost", () => {
    const simulation = start({ losses: 0.01 });
    simulation.run(5);
    const frames = sent(simulation, 30);
    const seen = new Set(frames.map(({ shownAt }) => Math.floor(shownAt * 60)));
    expect(seen.size / 30).toBeGreaterThanOrEqual(20);
    expect(longestQueue(frames)).toBeLessThanOrEqual(0.1);
    const { baseLatency, throughput = Infinity } = simulation.link;
    expect(throughput / SLOW).toBeLessThan(1.3);
    expect(baseLatency).toBeLessThan(ROUND_TRIP + 0.03);
  });

  it.each([
    { jitter: 0.002, decode: 0.005 },
    { jitter: 0.008, decode: 0.005 },
    { jitter: 0.004, decode: 0.014 },
  ])("has full quality again within seconds of 50 Mbit/s: %o", (ends) => {
    for (const bad of [{ stalls: 0.25 }, { losses: 0.01 }]) {
      const simulation = start({ ...ends, ...bad });
      simulation.run(20);
      Object.assign(simulation.conditions, { bandwidth: FAST, stalls: 0, losses: 0 });
      // Without pings chance may take small frames for a long latency.
      simulation.run(answersPings ? 5 : 8);
      const frames = sent(simulation, 10);
      const full = frames.filter(({ quality, scale }) => quality === 80 && scale === 1);
      // The largest ones take the whole interval where the view is slow, or seem to without pings.
      const isTight = bytes > 100_000 && (ends.decode > 0.01 || !answersPings);
      const isFull = isTight ? 0.8 : 1;
      expect(full.length / frames.length).toBeGreaterThanOrEqual(isFull);
      expect(frames.length / 10).toBeGreaterThanOrEqual(25);
    }
  });

  it.each([
    { decode: 0.026, decoders: 2 },
    { decode: 0.006, fixedDecode: 0.012 },
  ])("has full quality again where frames take the view long: %o", (view) => {
    const simulation = start({ ...view });
    simulation.run(20);
    simulation.conditions.bandwidth = 2 * FAST;
    simulation.run(5);
    const frames = sent(simulation, 10);
    const full = frames.filter(({ quality, scale }) => quality === 80 && scale === 1);
    expect(full.length / frames.length).toBeGreaterThanOrEqual(0.9);
    expect(frames.length / 10).toBeGreaterThanOrEqual(25);
  });

  it("empties the queue soon after the link became slow", () => {
    const simulation = start({ bandwidth: FAST });
    simulation.run(10);
    simulation.conditions.bandwidth = SLOW;
    const flood = simulation.maxInFlight * (bytes / SLOW);
    simulation.run(flood + 1);
    const frames = sent(simulation, 5);
    expect(longestQueue(frames)).toBeLessThanOrEqual(0.1);
    expect(p95(frames)).toBeLessThanOrEqual(ROUND_TRIP + 0.15);
  });

  it("finds its level within a few frames when it starts", () => {
    const frames = sent(start(), 10);
    const full = frames.filter(({ quality, scale }) => quality === 80 && scale === 1);
    expect(full.length).toBeLessThanOrEqual(5);
  });
});

describe("lost packets", () => {
  it("cost less than a quarter of the frames that are seen, as more are in flight", () => {
    const seen = (bytes: number, losses: number): number => {
      const simulation = badLink({ bytes, losses });
      simulation.run(8);
      return new Set(sent(simulation, 60).map(({ shownAt }) => Math.floor(shownAt * 60))).size;
    };
    const shares = SIZES.map((bytes) => seen(bytes, 0.01) / seen(bytes, 0));
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.77);
  });
});

describe("a link that went up and down before it became fast", () => {
  it.each(SIZES.slice(0, 4))(
    "brings full quality within five seconds though better levels often failed:  %i bytes",
    (bytes) => {
      const simulation = badLink({ bytes });
      for (let turn = 0; turn < 20; turn++) {
        simulation.conditions.bandwidth = SLOW * (turn % 2 === 0 ? 1 : 2.5);
        simulation.run(4);
      }
      simulation.conditions.bandwidth = FAST;
      simulation.run(5);
      const frames = sent(simulation, 10);
      expect(frames.every(({ quality, scale }) => quality === 80 && scale === 1)).toBe(true);
    },
  );
});

describe("a link that is bad again and again", () => {
  it.each(SIZES.slice(0, 3))(
    "brings full quality in little more than a second, on average, each time that it is fast: %i bytes",
    (bytes) => {
      const simulation = badLink({ bytes });
      const isFull = (): boolean => {
        const { quality, scale } = simulation.frames.at(-1) ?? { quality: 0, scale: 0 };
        return quality === 80 && scale === 1;
      };
      let seconds = 0;
      const turns = 8;
      for (let turn = 0; turn < turns; turn++) {
        Object.assign(simulation.conditions, { bandwidth: SLOW, losses: 0.01 });
        simulation.run(14);
        expect(isFull()).toBe(false);
        Object.assign(simulation.conditions, { bandwidth: FAST, losses: 0 });
        const before = seconds;
        for (; !isFull() && seconds < before + 10; seconds += 0.1) simulation.run(0.1);
        simulation.run(2);
      }
      expect(seconds / turns).toBeLessThan(1.25);
    },
  );
});

describe("the estimate of a bad link", () => {
  it.each([0, 0.25, 0.5])(
    "stays true with %d stalls a second, however small frames are",
    (stalls) => {
      for (const bytes of SIZES) {
        const simulation = badLink({ bytes, stalls });
        const off: number[] = [];
        simulation.run(5);
        for (let second = 0; second < 20; second++) {
          simulation.run(1);
          const { baseLatency = 0, throughput = Infinity } = simulation.link;
          if (throughput < SLOW / 2 || throughput > 2 * SLOW) off.push(throughput / SLOW);
          expect(baseLatency).toBeLessThan(ROUND_TRIP + 0.03);
        }
        // Frames of two kilobytes, each alone on the link, mislead for a second after some stalls.
        expect(off.length).toBeLessThanOrEqual(1);
      }
    },
  );

  it("takes receipts that come at once after a stall for no faster link", () => {
    const { link, simulation } = steady();
    simulation.pause(0.3);
    simulation.run(0.6);
    expect((link.throughput ?? Infinity) / SLOW).toBeLessThan(1.3);
    expect(link.baseLatency).toBeLessThan(ROUND_TRIP + 0.02);
  });

  it("follows a link that becomes slow within three receipts", () => {
    const { link, simulation } = steady();
    simulation.conditions.bandwidth = SLOW / 4;
    const before = simulation.frames.length;
    while (simulation.ledger.lastIndex < before + 8) simulation.run(0.05);
    expect((link.throughput ?? Infinity) / (SLOW / 4)).toBeLessThan(1.3);
  });

  it("learns from frames of a few bytes that the link became fast", () => {
    const { link, simulation } = steady({ bytes: 3000 }, false);
    const before = link.throughput ?? Infinity;
    expect(before).toBeLessThan(2 * SLOW);
    simulation.conditions.bandwidth = FAST;
    simulation.run(2);
    expect(link.throughput ?? Infinity).toBeGreaterThan(2 * before);
  });
});

/** A link that was in use for a while, with frames of one quality. */
function steady(conditions: Partial<SimulatedConditions> = {}, alike = true) {
  const simulation = badLink({ bytes: 7000, noise: 0.1, maxInFlight: 3, ...conditions });
  if (!alike) {
    // Larger frames have shown the throughput.
    const { bytes } = simulation.conditions;
    simulation.conditions.bytes = 200_000;
    simulation.run(4);
    simulation.conditions.bytes = bytes;
  }
  simulation.run(5);
  const link: LinkEstimate = simulation.link;
  return { link, simulation };
}
