/** Telling a busy processor from a slow link, and what is done about it. */
import { describe, expect, it } from "vitest";
import { CodecPolicy } from "../../../../src/framebuffer/planning/codecPolicy";
import type { LinkEstimate } from "../../../../src/framebuffer/planning/linkEstimate";
import { SAMPLE_SECONDS } from "../../../../src/framebuffer/planning/loopDelay";
import { ProcessorEstimate } from "../../../../src/framebuffer/planning/processorEstimate";
import { departure, imagePlan } from "../../../support/departures";
import { FakeClock } from "../../../support/fakeClock";
import { SimulatedLink, type SimulatedConditions } from "../../../support/simulatedLink";

/** As measured with jpeg-turbo: pictures of 720p, and what encoding them takes in seconds. */
const PICTURES = [
  { bytes: 41_000, encodingSeconds: 0.0018 },
  { bytes: 69_500, encodingSeconds: 0.0019 },
  { bytes: 577_000, encodingSeconds: 0.0042 },
];
const SCENE = { bytes: 69_500, encodingSeconds: 0.0019 };
const HD = { width: 1280, height: 720 };

/** Encodes so many pictures, each in `slowdown` times its usual time. */
function encode(
  processor: ProcessorEstimate,
  count: number,
  slowdown: number,
  pictures: readonly { bytes: number; encodingSeconds: number }[] = [SCENE],
): void {
  for (let frame = 0; frame < count; frame++) {
    const picture = pictures[frame % pictures.length] ?? SCENE;
    const encodingSeconds = picture.encodingSeconds * slowdown;
    processor.recordSend(departure({ ...HD, bytes: picture.bytes, encodingSeconds }));
  }
}

describe("the estimate of the processor", () => {
  it("finds it short within four frames of slow encoding, and not for long afterwards", () => {
    const processor = new ProcessorEstimate();
    encode(processor, 20, 1);
    expect(processor.isShort).toBe(false);
    encode(processor, 4, 15);
    expect(processor.isShort).toBe(true);
    encode(processor, 8, 1);
    expect(processor.isShort).toBe(false);
  });

  it.each([1, 2])(
    "does not find it short where only pictures vary, in %d x their time",
    (times) => {
      const processor = new ProcessorEstimate();
      for (let turn = 0; turn < 30; turn++) {
        encode(processor, 3, 1, PICTURES);
        encode(processor, 3, times, PICTURES);
        expect(processor.isShort).toBe(false);
      }
    },
  );

  it("knows each encoder, and patches, apart", () => {
    const processor = new ProcessorEstimate();
    encode(processor, 20, 1);
    const rects = Array.from({ length: 4 }, () => ({ x: 0, y: 0, width: 16, height: 16 }));
    const patches = { ...imagePlan, form: "patches", scale: 1, rects } as const;
    for (let frame = 0; frame < 20; frame++) {
      processor.recordSend(
        departure({ ...HD, bytes: 2000, plan: patches, encodingSeconds: 0.004 }),
      );
      processor.recordSend(departure({ ...HD, encoder: "slow 1.0", encodingSeconds: 0.1 }));
    }
    expect(processor.isShort).toBe(false);
  });

  it("is not misled by one slow frame, or by a picture that is sent again", () => {
    const processor = new ProcessorEstimate();
    encode(processor, 20, 1);
    encode(processor, 1, 100);
    expect(processor.isShort).toBe(false);
    encode(processor, 10, 1);
    for (let frame = 0; frame < 10; frame++) {
      processor.recordSend(departure({ ...HD, purpose: "repeat", encodingSeconds: 1 }));
    }
    expect(processor.isShort).toBe(false);
  });

  it("takes no draw that holds the event loop up for a busy processor", () => {
    const processor = new ProcessorEstimate();
    for (let frame = 0; frame < 100; frame++) processor.frameDrawn(0.04);
    encode(processor, 20, 1);
    for (let frame = 0; frame < 20; frame++) {
      processor.frameDrawn(0.04);
      encode(processor, 1, 0.03 / SCENE.encodingSeconds);
    }
    expect(processor.isShort).toBe(false);
  });

  it("gets used to a processor that became slower for good", () => {
    const processor = new ProcessorEstimate();
    let sentAt = 0;
    const slow = (times: number, seconds: number): void => {
      for (const end = sentAt + seconds; sentAt < end; sentAt += 1) {
        const encodingSeconds = times * SCENE.encodingSeconds;
        processor.recordSend(departure({ ...HD, bytes: SCENE.bytes, encodingSeconds, sentAt }));
      }
    };
    slow(1, 10);
    slow(4, 60);
    expect(processor.isShort).toBe(true);
    slow(4, 1200);
    expect(processor.isShort).toBe(false);
  });

  it("finds it short from the start where the event loop is late", () => {
    const clock = new FakeClock();
    const processor = new ProcessorEstimate(lateClock(clock, 0.012));
    for (let frame = 0; frame < 20; frame++) {
      encode(processor, 1, 15);
      clock.advance(0.1);
    }
    expect(processor.isShort).toBe(true);
  });

  it.each([
    ["it is as late as on a free processor", 0.0005, 0],
    ["it is late because of draws", 0.02, 0.025],
  ])("does not find it short where %s", (_, late, drawing) => {
    const clock = new FakeClock();
    const processor = new ProcessorEstimate(lateClock(clock, late));
    for (let frame = 0; frame < 100; frame++) processor.frameDrawn(drawing);
    for (let frame = 0; frame < 50; frame++) {
      processor.frameDrawn(drawing);
      encode(processor, 1, 1);
      clock.advance(0.1);
      expect(processor.isShort).toBe(false);
    }
  });

  it("runs a timer seldom, only while frames are sent, and none once disposed", () => {
    const clock = new FakeClock();
    let timers = 0;
    const delay = (seconds: number, callback: () => void) => {
      timers += 1;
      return clock.delay(seconds, callback);
    };
    const processor = new ProcessorEstimate({ ...clock, delay });
    for (let frame = 0; frame < 60; frame++) {
      encode(processor, 1, 1);
      clock.advance(1 / 60);
    }
    expect(timers).toBeLessThanOrEqual(5);
    clock.advance(SAMPLE_SECONDS);
    expect(clock.pending).toBe(0);
    clock.advance(10);
    expect(timers).toBeLessThanOrEqual(5);
    encode(processor, 1, 1);
    expect(clock.pending).toBe(1);
    processor.dispose();
    encode(processor, 1, 1);
    expect(clock.pending).toBe(0);
  });
});

/** A clock whose timers come late. */
function lateClock(clock: FakeClock, late: number): FakeClock {
  const delay = (seconds: number, callback: () => void) => clock.delay(seconds + late, callback);
  return Object.assign(Object.create(clock) as FakeClock, { delay });
}

/** A page on the same machine: nothing takes long but the processor. */
const LOOPBACK: Partial<SimulatedConditions> = {
  bandwidth: 500e6,
  roundTrip: 0.004,
  bytes: 128_000,
  noise: 0.1,
  encode: 0.005,
  decode: 0.008,
};

/** Chooses for so many frames that change everywhere, and returns the last choice. */
function policyWith(link: LinkEstimate): (frames: number) => "image" | "video" {
  const policy = new CodecPolicy({ quality: () => 80, targetFps: () => 30 });
  policy.imageSent({ ...HD, bytes: 128_000, quality: 80, scale: 1 });
  const input = { ...HD, changedEverywhere: true, link, hasVideo: () => true };
  return (frames) => {
    for (let frame = 1; frame < frames; frame++) policy.choose(input);
    return policy.choose(input);
  };
}

/** How often, of a hundred frames after what a link was taught, video would be chosen. */
function videos(link: LinkEstimate): number {
  const policy = new CodecPolicy({ quality: () => 80, targetFps: () => 30 });
  policy.imageSent({ ...HD, bytes: 128_000, quality: 80, scale: 1 });
  const choices = Array.from({ length: 100 }, () =>
    policy.choose({ ...HD, changedEverywhere: true, link, hasVideo: () => true }),
  );
  return choices.filter((one) => one === "video").length;
}

describe("a busy processor", () => {
  it.each([6, 12, 20])("is no slow link at %d times the usual time: images go on", (load) => {
    const simulation = new SimulatedLink(LOOPBACK, { adapts: false });
    simulation.run(3);
    const { throughput } = simulation.link;
    simulation.conditions.load = load;
    simulation.run(20);
    expect(simulation.link.processor.isShort).toBe(true);
    expect(videos(simulation.link)).toBe(0);
    expect(simulation.link.throughput ?? Infinity).toBeGreaterThan((throughput ?? 0) / 2);
    simulation.conditions.load = 1;
    simulation.run(5);
    expect(simulation.link.processor.isShort).toBe(false);
    expect(videos(simulation.link)).toBe(0);
  });

  it.each([
    [0.7, "video", "image"],
    [1.5, "video", "video"],
  ])(
    "starts no video at a load of %d, and keeps it only where images would be too slow",
    (load, free, busy) => {
      const { link } = new SimulatedLink();
      Object.assign(link, { transferTime: () => load / 30 });
      const stage = policyWith(link);
      encode(link.processor, 20, 1);
      encode(link.processor, 10, 15);
      expect(stage(200)).toBe("image");
      encode(link.processor, 20, 1);
      Object.assign(link, { transferTime: () => 1.5 / 30 });
      stage(200);
      Object.assign(link, { transferTime: () => load / 30 });
      expect(stage(200)).toBe(free);
      encode(link.processor, 10, 15);
      expect(stage(200)).toBe(busy);
    },
  );

  it("does not hide a slow link from a free processor", () => {
    const simulation = new SimulatedLink(LOOPBACK, { adapts: false });
    simulation.run(3);
    simulation.conditions.load = 12;
    simulation.run(10);
    Object.assign(simulation.conditions, { load: 1, bandwidth: 1e6, roundTrip: 0.05 });
    simulation.run(10);
    expect(videos(simulation.link)).toBeGreaterThan(80);
  });

  it("is answered with smaller and fewer frames of the full quality, as long as it lasts", () => {
    const simulation = new SimulatedLink(LOOPBACK);
    expect(simulation.run(3).last).toEqual({ quality: 80, scale: 1 });
    simulation.conditions.load = 12;
    simulation.run(5);
    const { fps, last, changes } = simulation.run(20);
    expect(last.quality).toBe(80);
    expect(last.scale).toBeLessThan(1);
    expect(fps).toBeGreaterThan(15);
    expect(changes).toBeLessThanOrEqual(4);
    simulation.conditions.load = 1;
    simulation.run(6);
    expect(simulation.run(5).last).toEqual({ quality: 80, scale: 1 });
  });

  it("takes no size from those who seldom draw", () => {
    const simulation = new SimulatedLink({ ...LOOPBACK, requestInterval: 0.5 });
    simulation.run(10);
    simulation.conditions.load = 12;
    expect(simulation.run(20).last).toEqual({ quality: 80, scale: 1 });
  });
});
