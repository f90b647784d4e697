import { describe, expect, it } from "vitest";
import { FrameLedger, MAX_AWAITED_FRAMES } from "../../../../src/framebuffer/pacing/frameLedger";
import { LinkEstimate } from "../../../../src/framebuffer/planning/linkEstimate";
import { ProcessorEstimate } from "../../../../src/framebuffer/planning/processorEstimate";
import { departure, send } from "../../../support/departures";

/** Bytes per second of 20 Mbit/s. */
const BANDWIDTH = 2.5e6;

interface Wire {
  readonly ledger: FrameLedger;
  readonly link: LinkEstimate;
  bandwidth: number;
  latency: number;
}

/** An estimate that observes a ledger. */
function observed(): Pick<Wire, "ledger" | "link"> {
  const link = new LinkEstimate();
  const ledger = new FrameLedger({ maxInFlight: () => Infinity, onChange: () => undefined });
  ledger.observe(link);
  return { ledger, link };
}

/** Sends frames at the given times over a first-in first-out link, and takes all receipts in their order. */
function carry(wire: Wire, frames: readonly { sentAt: number; bytes: number }[]): void {
  const from = wire.ledger.lastIndex + 1;
  let free = -Infinity;
  const steps = frames.flatMap(({ sentAt, bytes }, at) => {
    free = Math.max(free, sentAt) + bytes / wire.bandwidth;
    const receivedAt = free + wire.latency;
    return [
      { time: sentAt, step: () => void send(wire.ledger, { sentAt, bytes }) },
      {
        time: receivedAt,
        step: () => void wire.ledger.confirm({ index: from + at, localtime: 0 }, receivedAt),
      },
    ];
  });
  steps.sort((one, other) => one.time - other.time);
  for (const { step } of steps) step();
}

function wire(options: Partial<Wire> = {}): Wire {
  return { ...observed(), bandwidth: BANDWIDTH, latency: 0.05, ...options };
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

  it("says what bytes may take on a link whose transfers are too short to be measured", () => {
    const { ledger, link } = observed();
    expect(link.cautiousWayTime(40_000)).toBe(0);
    for (let frame = 0; frame < 12; frame++) {
      const sentAt = frame / 30;
      const { index } = send(ledger, { sentAt, bytes: 200 });
      const times = { localtime: 0, view_time: 0.01, seen: frame };
      ledger.confirm({ index, ...times }, sentAt + 0.1 + 200 / 250_000 + times.view_time);
      link.recordPing(0.1, sentAt + 0.1);
    }
    expect(link.wayTime(40_000)).toBe(0);
    const slowest = 40_000 / 250_000;
    expect(link.cautiousWayTime(40_000)).toBeGreaterThan(slowest / 3);
    expect(link.cautiousWayTime(40_000)).toBeLessThan(slowest);
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
    carry(one, varied(20, 0.25, 100_000, 10));
    expect((one.link.throughput ?? 0) / (BANDWIDTH / 4)).toBeCloseTo(1, 1);
    one.bandwidth = BANDWIDTH * 2;
    carry(one, varied(90, 0.05, 100_000, 20));
    expect((one.link.throughput ?? 0) / (BANDWIDTH * 2)).toBeCloseTo(1, 0);
  });

  it("follows a latency that grows, and does not take it for a slow link", () => {
    const one = wire({ bandwidth: 20e6 });
    carry(one, varied(40, 0.05, 40_000));
    one.latency = 0.15;
    carry(one, varied(60, 0.2, 40_000, 3));
    expect(one.link.baseLatency).toBeGreaterThan(0.14);
    expect(one.link.transferTime(40_000)).toBeLessThan(0.01);
    one.latency = 0.03;
    carry(one, varied(60, 0.2, 40_000, 30));
    expect(one.link.baseLatency).toBeCloseTo(0.03, 2);
  });

  it("tells latency and throughput apart by pings, though all frames have the same size", () => {
    const estimate = (isAnswered: boolean): LinkEstimate => {
      const one = wire({ bandwidth: 250_000, latency: 0.1 });
      for (let frame = 0; frame < 60; frame += 1) {
        const sentAt = frame * 0.15;
        if (isAnswered && frame % 4 === 0) one.link.recordPing(0.1, sentAt);
        carry(one, [{ sentAt, bytes: 5000 }]);
      }
      return one.link;
    };
    const { baseLatency, throughput = 0 } = estimate(true);
    expect(baseLatency).toBeCloseTo(0.1, 2);
    expect(throughput / 250_000).toBeCloseTo(1, 0);
    // Without them all of it looks like latency.
    expect(estimate(false).throughput).toBeUndefined();
  });

  it("follows a latency that grows within five seconds of pings", () => {
    const one = wire({ bandwidth: 20e6 });
    for (let ping = 0; ping < 40; ping += 1) {
      const at = ping * 0.5;
      if (ping === 20) one.latency = 0.15;
      one.link.recordPing(one.latency, at);
      carry(one, [{ sentAt: at, bytes: 40_000 }]);
      if (ping === 19) expect(one.link.baseLatency).toBeCloseTo(0.05, 2);
    }
    expect(one.link.baseLatency).toBeCloseTo(0.15, 2);
    expect(one.link.transferTime(40_000)).toBeLessThan(0.01);
  });

  it("doesn't mistake small frames that wait for each other for a longer latency", () => {
    const one = wire({ bandwidth: 20_000 });
    carry(one, varied(20, 0.5, 5000));
    carry(one, varied(40, 0.05, 2000, 20));
    expect(one.link.baseLatency).toBeLessThan(0.07);
  });

  it("is not misled by a pause", () => {
    const one = wire();
    carry(one, varied(60, 0.05, 100_000));
    const before = one.link.throughput ?? 0;
    const { index } = send(one.ledger, { sentAt: 4, bytes: 100_000 });
    one.ledger.confirm({ index, localtime: 0 }, 9);
    expect(one.link.roundTrip).toBe(5);
    expect(one.link.throughput).toBeGreaterThan(before * 0.8);
    expect(one.link.baseLatency).toBeLessThan(0.06);
  });

  it("takes one receipt for several frames as the transfer of all", () => {
    const { ledger, link } = observed();
    send(ledger, { sentAt: 0, bytes: 50_000 });
    ledger.confirm({ index: 1, localtime: 0 }, 0.07);
    for (let frame = 2; frame <= 5; frame++) send(ledger, { sentAt: 1, bytes: 50_000 });
    ledger.confirm({ index: 5, localtime: 0 }, 1.13);
    expect(link.throughput).toBeGreaterThan(BANDWIDTH * 0.9);
    expect(link.roundTrip).toBeCloseTo(0.13, 9);
  });

  it("ignores receipts for nothing and for what was forgotten", () => {
    const { ledger, link } = observed();
    ledger.confirm({ index: 0, localtime: 0 }, 1);
    expect(link.roundTrip).toBeUndefined();
    for (let frame = 0; frame < 2 * MAX_AWAITED_FRAMES; frame++) send(ledger, { bytes: 10_000 });
    ledger.confirm({ index: MAX_AWAITED_FRAMES, localtime: 0 }, 1);
    expect(link.roundTrip).toBeUndefined();
    ledger.confirm({ index: 2 * MAX_AWAITED_FRAMES, localtime: 0 }, 2);
    expect(link.roundTrip).toBe(2);
    ledger.confirm({ index: 2 * MAX_AWAITED_FRAMES, localtime: 0 }, 3);
    expect(link.roundTrip).toBe(2);
  });

  it("counts a frame once whose index was given again", () => {
    const { ledger, link } = observed();
    ledger.takeBack(send(ledger, { sentAt: 0, bytes: 10_000 }));
    send(ledger, { sentAt: 1, bytes: 20_000 });
    ledger.confirm({ index: 1, localtime: 0 }, 1.5);
    expect(link.roundTrip).toBe(0.5);
  });

  it("bounds the transfer time by what was measured, once anything was", () => {
    const { ledger, link } = observed();
    expect(link.longestTransfer(1e6)).toBeUndefined();
    send(ledger, { bytes: 50_000 });
    ledger.confirm({ index: 1, localtime: 0 }, 0.02);
    expect(link.transferTime(1e6)).toBe(0);
    expect(link.longestTransfer(1e6)).toBeCloseTo(0.02, 9);
    const one = wire();
    carry(one, varied(40, 0.1, 100_000));
    expect(one.link.longestTransfer(BANDWIDTH)).toBeCloseTo(1, 1);
  });

  it("forgets everything on reset", () => {
    const one = wire();
    carry(one, varied(20, 0.05, 100_000));
    one.link.reset();
    expect(one.link.throughput).toBeUndefined();
    expect(one.link.baseLatency).toBeUndefined();
    expect(one.link.roundTrip).toBeUndefined();
    expect(one.link.queueing).toBe(0);
  });
});

/** An estimate that gets its receipts one by one, from a view that took 10 ms for each frame. */
function byHand() {
  const processor = new ProcessorEstimate();
  const link = new LinkEstimate(processor);
  const receive = (receivedAt: number, roundTrip: number, bytes: number): void => {
    const sentAt = receivedAt - roundTrip;
    const frame = departure({ bytes, sentAt, queuedAt: sentAt });
    const rest = { index: frame.index, localtime: 0, held: 0, seen: undefined };
    link.recordReceipt({ ...rest, frame, confirmed: [frame], receivedAt, viewTime: 0.01 });
  };
  return { link, processor, receive };
}

describe("a link that becomes slow at the start", () => {
  it("is known when small frames follow large ones that waited for each other", () => {
    const { link, processor, receive } = byHand();
    // It was fast at first. Then 101 KB take 0.4 s.
    receive(1.918, 0.17, 101_623);
    processor.wasShortFor = () => true;
    receive(2.6347, 0.5301, 101_527);
    processor.wasShortFor = () => false;
    receive(3.0443, 0.9323, 101_541);
    receive(3.4469, 0.7892, 101_651);
    receive(3.8499, 1.1865, 101_619);
    receive(4.4536, 0.1371, 4282);
    for (let at = 4.5977; at < 5.5; at += 0.14) receive(at, 0.1266, 4270);
    expect(link.baseLatency).toBeCloseTo(0.1, 2);
    expect((link.throughput ?? Infinity) / 250_000).toBeCloseTo(1, 0.5);
  });
});

describe("a stall while frames are too small to be measured", () => {
  it("isn't mistaken for a longer latency when larger frames follow", () => {
    const { link, receive } = byHand();
    // Only these were measured: a stall held them back.
    receive(1.2, 0.195, 6000);
    receive(1.205, 0.195, 6000);
    receive(1.21, 0.195, 6000);
    for (let at = 1.4; at < 2; at += 0.03) receive(at, 0.122, 3000);
    for (const [index, roundTrip] of [0.138, 0.163, 0.19, 0.207].entries()) {
      receive(2.138 + index * 0.026, roundTrip, 6500);
    }
    expect(link.baseLatency).toBeLessThan(0.122);
    expect(link.transferTime(6500)).toBeGreaterThan(0.01);
  });
});

describe("what a link carries at least", () => {
  /** One frame of 100 KB that takes 60 ms, of which the view says that it took so much. */
  function afterOneFrame(viewTime: number | undefined, link = new LinkEstimate()): LinkEstimate {
    const frame = departure({ bytes: 100_000, sentAt: 1, queuedAt: 1 });
    const rest = { index: frame.index, localtime: 0, held: 0, seen: undefined, frame };
    link.recordReceipt({ ...rest, confirmed: [frame], receivedAt: 1.06, viewTime });
    return link;
  }

  it("is measured without the time that the view took", () => {
    expect(afterOneFrame(0.05).carried).toBeCloseTo(10_000_000);
    expect(afterOneFrame(0).carried).toBeCloseTo(100_000 / 0.06);
  });

  it("is unknown where the view doesn't say it, and for another link", () => {
    expect(afterOneFrame(undefined).carried).toBe(0);
    const link = afterOneFrame(0.05);
    link.reset();
    expect(link.carried).toBe(0);
  });

  it("bounds the time of the way: a page that decodes slowly isn't a slow link", () => {
    const link = new LinkEstimate();
    expect(link.wayThroughput).toBe(Infinity);
    const receive = (index: number, viewTime: number | undefined): void => {
      const frame = departure({ bytes: 100_000 * index, sentAt: index, queuedAt: index });
      const rest = { index, localtime: 0, held: 0, seen: undefined, frame };
      const receivedAt = index + 0.01 + 0.05 * index;
      link.recordReceipt({ ...rest, confirmed: [frame], receivedAt, viewTime });
    };
    for (let index = 1; index <= 6; index++) receive(index, undefined);
    expect(link.throughput).toBeCloseTo(2_000_000, -6);
    expect(link.wayTime(100_000)).toBe(link.transferTime(100_000));
    receive(7, 0.35);
    expect(link.wayTime(100_000)).toBeLessThan(link.transferTime(100_000) / 10);
  });

  it("is forgotten after some frames that took longer", () => {
    const link = afterOneFrame(0.05);
    for (let frame = 0; frame < 8; frame++) afterOneFrame(0, link);
    expect(link.carried).toBeCloseTo(100_000 / 0.06);
  });
});
