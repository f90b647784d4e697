import { describe, expect, it } from "vitest";
import { AdaptiveQuality } from "../../../../src/framebuffer/planning/adaptive";
import { LinkEstimate } from "../../../../src/framebuffer/planning/linkEstimate";
import { QUALITY_FLOOR, relativeBytes } from "../../../../src/framebuffer/planning/qualityLevel";
import { imagePlan, send } from "../../../support/departures";
import { SimulatedLink, type SimulatedConditions } from "../../../support/simulatedLink";

const BEST = { quality: 80, scale: 1 };
const WORST = { quality: QUALITY_FLOOR, scale: 0.25 };
const FAST: Partial<SimulatedConditions> = { bandwidth: 100e6, roundTrip: 0.005 };

describe("adaptive quality", () => {
  it.each([73_000, 190_000])(
    "reaches the wanted rate on 20 Mbit/s and 50 ms with frames of %i bytes, and answers quickly",
    (bytes) => {
      const simulation = new SimulatedLink({ bytes });
      simulation.run(3);
      const { fps, inputToPhoton } = simulation.run(20);
      expect(fps).toBeGreaterThan(29);
      expect(inputToPhoton).toBeLessThan(0.15);
    },
  );

  it("brings three times the frames of plain JPEG with three in flight", () => {
    const conditions = { maxInFlight: 3, targetFps: 60 };
    const plain = new SimulatedLink(conditions, { adapts: false }).run(20);
    const adapted = new SimulatedLink(conditions).run(20);
    expect(adapted.fps).toBeGreaterThan(3 * plain.fps);
    expect(adapted.inputToPhoton).toBeLessThan(0.25);
    expect(adapted.inputToPhoton).toBeLessThan(plain.inputToPhoton);
  });

  it("goes up again while only small parts change, which are never scaled", () => {
    const simulation = new SimulatedLink({ bandwidth: 0.3e6 });
    simulation.run(10);
    const { adaptive, ledger } = simulation;
    expect(adaptive.current.scale).toBeLessThan(1);
    let { now } = simulation;
    for (let count = 0; count < 2000; count++) {
      const { quality } = adaptive.current;
      const plan = { ...imagePlan, form: "patches", quality, scale: 1, rects: [] } as const;
      const { index } = send(ledger, { sentAt: now, bytes: 400, encodingSeconds: 0.001, plan });
      now += 0.02;
      ledger.confirm({ index, localtime: 0 }, now);
    }
    expect(adaptive.current).toEqual(BEST);
  });

  it("lowers quality to its floor before it lowers the size", () => {
    const simulation = new SimulatedLink();
    simulation.run(10);
    for (const { quality, scale } of simulation.frames) {
      expect(quality === QUALITY_FLOOR || scale === 1).toBe(true);
    }
    expect(simulation.adaptive.current).toMatchObject({ quality: QUALITY_FLOOR });
    expect(simulation.adaptive.current.scale).toBeLessThan(1);
  });

  it("lowers no more than it must", () => {
    const { fps, last } = (() => {
      const simulation = new SimulatedLink({ maxInFlight: 3, bytes: 90_000 });
      simulation.run(5);
      return simulation.run(10);
    })();
    expect(fps).toBeGreaterThan(29);
    expect(last.scale).toBe(1);
    expect(last.quality).toBeGreaterThanOrEqual(60);
    expect(last.quality).toBeLessThan(80);
  });

  it("leaves quality alone where the link is fast", () => {
    const { changes, last } = new SimulatedLink(FAST).run(20);
    expect(changes).toBe(0);
    expect(last).toEqual(BEST);
  });

  it("goes back up when the link becomes fast", () => {
    const simulation = new SimulatedLink();
    simulation.run(15);
    Object.assign(simulation.conditions, FAST);
    expect(simulation.run(10).last).toEqual(BEST);
  });

  it("goes back up when only the bandwidth grows", () => {
    const simulation = new SimulatedLink();
    simulation.run(15);
    simulation.conditions.bandwidth = 50e6;
    const { last } = simulation.run(30);
    expect(last.scale).toBe(1);
    expect(last.quality).toBeGreaterThanOrEqual(60);
  });

  it("goes down again when the link becomes slow", () => {
    const simulation = new SimulatedLink({ ...FAST, roundTrip: 0.03 });
    simulation.run(15);
    simulation.conditions.bandwidth = 1.25e6;
    simulation.run(4);
    const { fps } = simulation.run(10);
    expect(fps).toBeGreaterThan(28);
  });

  it.each([0.05, 0.2])("does not pump while frames vary by a share of %d", (noise) => {
    const simulation = new SimulatedLink({ noise });
    simulation.run(10);
    expect(simulation.run(30).changes).toBeLessThanOrEqual(3);
  });

  it("does not pump where the wanted rate is out of reach", () => {
    const simulation = new SimulatedLink({ noise: 0.2, targetFps: 120 });
    simulation.run(10);
    expect(simulation.run(30).changes).toBeLessThanOrEqual(6);
  });

  it("brings what a slow view can show over a long way", () => {
    const view = { decode: 0.029, encode: 0.015, jitter: 0.004 };
    const link = { bandwidth: 6.25e6, roundTrip: 0.1, bytes: 150_000 };
    const simulation = new SimulatedLink({ ...view, ...link }, { plans: true, answersPings: true });
    simulation.run(10);
    const { fps, inputToPhoton, last } = simulation.run(30);
    expect(fps).toBeGreaterThanOrEqual(27);
    expect(inputToPhoton).toBeLessThan(0.25);
    expect(last).toEqual(BEST);
  });

  it("does not try a level again and again whose frames the view decodes for long", () => {
    const noise = { bytes: 585_000, scalePower: 3, decodeByte: 1e-7, decoders: 2, encode: 0.012 };
    const link = { bandwidth: 8e6, roundTrip: 0.01, jitter: 0.004 };
    const simulation = new SimulatedLink(
      { ...noise, ...link },
      { plans: true, answersPings: true },
    );
    simulation.run(10);
    const { changes, fps } = simulation.run(30);
    expect(fps).toBeGreaterThanOrEqual(28);
    expect(changes).toBeLessThanOrEqual(10);
  });

  it("takes no quality from those who draw slowly", () => {
    const { changes, last } = new SimulatedLink({ ...FAST, roundTrip: 0.03, draw: 0.06 }).run(20);
    expect(changes).toBe(0);
    expect(last).toEqual(BEST);
  });

  it("takes no quality from those who seldom draw", () => {
    const { changes, last } = new SimulatedLink({ bytes: 73_000, requestInterval: 0.1 }).run(20);
    expect(changes).toBe(0);
    expect(last).toEqual(BEST);
  });

  it("takes no quality where only the distance limits the rate", () => {
    const { fps, changes, last } = new SimulatedLink({ bandwidth: 100e6, roundTrip: 0.2 }).run(20);
    expect(fps).toBeLessThan(10);
    expect(changes).toBe(0);
    expect(last).toEqual(BEST);
  });

  it("makes frames smaller where the encoder is slow", () => {
    const simulation = new SimulatedLink({ ...FAST, encode: 0.08 });
    simulation.run(3);
    const { fps, last } = simulation.run(10);
    expect(fps).toBeGreaterThan(29);
    expect(last.scale).toBeLessThan(1);
  });

  it("reaches the lowest level on a hopeless link, and stays", () => {
    const simulation = new SimulatedLink({ bandwidth: 60e3 });
    simulation.run(30);
    const { changes, last } = simulation.run(30);
    expect(last).toEqual(WORST);
    expect(changes).toBe(0);
  });

  it.each<[string, Partial<SimulatedConditions>]>([
    ["a slow link", {}],
    ["a fast link", FAST],
  ])("is as it was after a pause of seconds on %s", (_, conditions) => {
    const simulation = new SimulatedLink(conditions);
    const before = simulation.run(15);
    simulation.pause(5);
    simulation.run(10);
    const after = simulation.run(10);
    expect(after.fps).toBeGreaterThan(before.fps * 0.9);
    expect(after.averageBytes).toBeGreaterThan(
      simulation.conditions.bytes * relativeBytes(QUALITY_FLOOR, 0.375) * 0.8,
    );
    if (conditions === FAST) expect(after.last).toEqual(BEST);
  });

  it("follows the wanted quality, and keeps below it what is below the floor", () => {
    let maxQuality = 90;
    const adaptive = new AdaptiveQuality({
      link: new LinkEstimate(),
      maxQuality: () => maxQuality,
      targetFps: () => 30,
      maxInFlight: () => 2,
    });
    expect(adaptive.current).toEqual({ quality: 90, scale: 1 });
    maxQuality = 20;
    expect(adaptive.current).toEqual({ quality: 20, scale: 1 });
  });

  it("lowers nothing where lossless frames are wanted", () => {
    const simulation = new SimulatedLink({ maxQuality: 100 });
    const { changes, last } = simulation.run(10);
    expect(changes).toBe(0);
    expect(last).toEqual({ quality: 100, scale: 1 });
  });

  it("keeps its level in range when the wanted quality falls meanwhile", () => {
    const simulation = new SimulatedLink({ bandwidth: 60e3, maxQuality: 95 });
    simulation.run(30);
    simulation.conditions.maxQuality = 25;
    expect(simulation.run(10).last).toEqual({ quality: 25, scale: 0.25 });
  });

  it("begins with the best for another view", () => {
    const simulation = new SimulatedLink();
    simulation.run(10);
    simulation.adaptive.reset();
    expect(simulation.adaptive.current).toEqual(BEST);
  });
});
