import { describe, expect, it } from "vitest";
import type { Receipt } from "../../../../src/framebuffer/pacing/frameLedger";
import { LinkPace } from "../../../../src/framebuffer/pacing/linkPace";
import { departure } from "../../../support/departures";

/** A link of 250 KB/s with a latency of 100 ms. */
function setUp({ bytesPerSecond = 250_000, awaited = 0, encoding = 0 } = {}) {
  const timers: { at: number; call: (() => void) | undefined }[] = [];
  const ledger = { bytesAwaited: awaited, encoding, inFlight: 1 };
  const link = {
    baseLatency: 0.1 as number | undefined,
    wayTime: (bytes: number) => bytes / bytesPerSecond,
    cautiousWayTime: (bytes: number) => bytes / bytesPerSecond,
  };
  const state = { now: 0, freed: 0 };
  const pace = new LinkPace({
    clock: {
      monotonic: () => state.now,
      delay: (seconds, call) => {
        const timer: (typeof timers)[number] = { at: state.now + seconds, call };
        timers.push(timer);
        return { dispose: () => (timer.call = undefined) };
      },
    },
    ...{ ledger, link },
    onFree: () => (state.freed += 1),
  });
  const send = (bytes: number) => pace.recordSend(departure({ bytes, sentAt: state.now }));
  return { ledger, link, pace, send, state, timers };
}

function receipt(receivedAt: number): Receipt {
  const times = { localtime: 0, held: 0, receivedAt, seen: undefined, viewTime: undefined };
  return { index: 1, ...times, confirmed: [], frame: undefined };
}

describe("the pace of a link", () => {
  it("lets another frame begin shortly before the link has carried the one before", () => {
    const { pace, send, state, timers } = setUp();
    expect(pace.isFull()).toBe(false);
    send(25_000);
    expect(pace.isFull()).toBe(true);
    expect(pace.isFull()).toBe(true);
    expect(timers).toHaveLength(1);
    state.now = timers[0]?.at ?? 0;
    expect(state.now).toBeGreaterThan(0.03);
    expect(state.now).toBeLessThan(0.1);
    timers[0]?.call?.();
    expect(state.freed).toBe(1);
    expect(pace.isFull()).toBe(false);
  });

  it("counts frames that are being encoded", () => {
    const { ledger, pace, send, state } = setUp({ encoding: 2 });
    send(7000);
    state.now = 0.1;
    expect(pace.isFull()).toBe(true);
    ledger.encoding = 1;
    expect(pace.isFull()).toBe(false);
  });

  it("waits for a receipt when a stalled link could not carry more in time", () => {
    const { ledger, pace, send, state, timers } = setUp();
    send(7000);
    state.now = 1;
    ledger.bytesAwaited = 40_000;
    expect(pace.isFull()).toBe(true);
    expect(timers).toHaveLength(0);
    ledger.bytesAwaited = 30_000;
    expect(pace.isFull()).toBe(false);
  });

  it("waits for a receipt when a link that seems fast may not carry more in time", () => {
    const { ledger, link, pace, send, state } = setUp({ bytesPerSecond: 5e6 });
    link.cautiousWayTime = (bytes) => bytes / 500_000;
    send(40_000);
    state.now = 0.05;
    ledger.bytesAwaited = 70_000;
    expect(pace.isFull()).toBe(false);
    ledger.bytesAwaited = 80_000;
    expect(pace.isFull()).toBe(true);
  });

  it("is not held up by what a receipt shows was carried sooner", () => {
    const { ledger, pace, send, state } = setUp();
    // A program that asks nobody sends 20 s of it.
    for (let frame = 0; frame < 50; frame++) send(100_000);
    state.now = 1;
    expect(pace.isFull()).toBe(true);
    ledger.bytesAwaited = 5000;
    pace.recordReceipt(receipt(state.now));
    expect(pace.isFull()).toBe(false);
    ledger.bytesAwaited = 25_000;
    send(25_000);
    pace.recordReceipt(receipt(state.now));
    expect(pace.isFull()).toBe(true);
  });

  it("is never full where the link is no limit", () => {
    const { pace, send } = setUp({ bytesPerSecond: Infinity, awaited: 1e9, encoding: 5 });
    send(1e8);
    expect(pace.isFull()).toBe(false);
  });

  it("is never full while nothing is in flight", () => {
    const { ledger, pace, send } = setUp({ awaited: 1e9 });
    send(1e6);
    ledger.inFlight = 0;
    expect(pace.isFull()).toBe(false);
  });

  it("forgets another link, and its timer when it is disposed of", () => {
    const { link, pace, send, state, timers } = setUp();
    send(1e6);
    link.baseLatency = undefined;
    send(1000);
    expect(pace.isFull()).toBe(false);
    link.baseLatency = 0.1;
    expect(pace.isFull()).toBe(false);
    send(1e6);
    expect(pace.isFull()).toBe(true);
    pace.dispose();
    expect(timers.every(({ call }) => call === undefined)).toBe(true);
    expect(state.freed).toBe(0);
  });
});
