import { describe, expect, it } from "vitest";
import {
  FrameLedger,
  MAX_AWAITED_FRAMES,
  type Departure,
} from "../../../src/framebuffer/pacing/frameLedger";
import { FrameStatistics } from "../../../src/framebuffer/stats";
import { send } from "../../support/departures";

const EPOCH = 1_700_000_000;

/** Statistics that observe a ledger. */
function setUp() {
  const statistics = new FrameStatistics();
  const ledger = new FrameLedger({ maxInFlight: () => Infinity, onChange: () => undefined });
  ledger.observe(statistics);
  return {
    statistics,
    ledger,
    /** Sends a frame that was handed to the encoder at a time. */
    sendAt: (queuedAt: number, parts: Partial<Departure> = {}): Departure =>
      send(ledger, { queuedAt, timestamp: EPOCH + queuedAt, encodingSeconds: 0.02, ...parts }),
  };
}

describe("statistics", () => {
  it("are all 0 before the first frame", () => {
    expect(new FrameStatistics().get()).toEqual({
      sent_frames: 0,
      confirmed_frames: 0,
      roundtrip: 0,
      delivery: 0,
      img_encoding: 0,
      b64_encoding: 0,
      fps: 0,
      drawn_frames: 0,
      unchanged_frames: 0,
      replaced_frames: 0,
      patch_frames: 0,
      b64_frames: 0,
      sent_bytes: 0,
      codec: "",
      encoder: "",
      quality: 0,
      scale: 1,
      unknown_names: 0,
    });
  });

  it("count the names of a newer view that were ignored", () => {
    const statistics = new FrameStatistics();
    statistics.namesIgnored(0);
    statistics.namesIgnored(2);
    expect(statistics.get().unknown_names).toBe(2);
    statistics.reset();
    expect(statistics.get().unknown_names).toBe(0);
  });

  it("have no frame rate before the first receipt", () => {
    const { sendAt, statistics } = setUp();
    sendAt(5);
    expect(statistics.get()).toMatchObject({ sent_frames: 1, confirmed_frames: 0, fps: 0 });
  });

  it("average times in seconds", () => {
    const { ledger, sendAt, statistics } = setUp();
    sendAt(10, { encodingSeconds: 0.02 });
    ledger.confirm({ index: 1, localtime: EPOCH + 10.05 }, 10.1);
    sendAt(10.2, { encodingSeconds: 0.04 });
    ledger.confirm({ index: 2, localtime: EPOCH + 10.35 }, 10.5);
    const stats = statistics.get();
    expect(stats).toMatchObject({ sent_frames: 2, confirmed_frames: 2, b64_encoding: 0 });
    expect(stats.roundtrip).toBeCloseTo(0.2, 9);
    expect(stats.delivery).toBeCloseTo(0.1, 5);
    expect(stats.img_encoding).toBeCloseTo(0.03, 9);
    expect(stats.fps).toBeCloseTo(2 / 0.5, 9);
  });

  it("confirm all frames up to a receipt, and measure the one it is for", () => {
    const { ledger, sendAt, statistics } = setUp();
    for (const time of [1, 2, 3, 4]) sendAt(time);
    ledger.confirm({ index: 3, localtime: EPOCH + 3.25 }, 3.5);
    const stats = statistics.get();
    expect(stats.confirmed_frames).toBe(3);
    expect(stats.roundtrip).toBeCloseTo(0.5, 9);
    expect(stats.delivery).toBeCloseTo(0.25, 5);
  });

  it("take no notice of a receipt for a frame that does not count", () => {
    const { ledger, sendAt, statistics } = setUp();
    sendAt(1);
    ledger.confirm({ index: 1, localtime: EPOCH + 1.1 }, 1.1);
    const before = statistics.get();
    sendAt(5, { purpose: "lossless redraw" });
    ledger.confirm({ index: 2, localtime: EPOCH + 9 }, 9);
    expect(statistics.get()).toEqual(before);
    // A receipt for a redraw confirms the frame before it, but says nothing about how long that one took.
    sendAt(10);
    sendAt(11, { purpose: "lossless redraw" });
    ledger.confirm({ index: 4, localtime: EPOCH + 20 }, 20);
    expect(statistics.get()).toMatchObject({
      confirmed_frames: 2,
      roundtrip: before.roundtrip,
      delivery: before.delivery,
    });
  });

  it("start anew with the next frame sent after a reset", () => {
    const { ledger, sendAt, statistics } = setUp();
    sendAt(1);
    sendAt(2);
    statistics.reset();
    ledger.confirm({ index: 2, localtime: EPOCH + 3 }, 3);
    expect(statistics.get()).toMatchObject({ sent_frames: 0, confirmed_frames: 0, fps: 0 });
    sendAt(10);
    ledger.confirm({ index: 3, localtime: EPOCH + 10.5 }, 10.5);
    expect(statistics.get()).toMatchObject({ sent_frames: 1, confirmed_frames: 1, fps: 2 });
  });

  it("never confirm what went to a view that is gone", () => {
    const { ledger, sendAt, statistics } = setUp();
    sendAt(1);
    ledger.forget();
    ledger.confirm({ index: 1, localtime: EPOCH + 2 }, 2);
    expect(statistics.get()).toMatchObject({ sent_frames: 1, confirmed_frames: 0 });
  });

  it("do not count a frame that could not leave", () => {
    const { ledger, sendAt, statistics } = setUp();
    ledger.takeBack(sendAt(1));
    expect(statistics.get()).toMatchObject({ sent_frames: 0, img_encoding: 0 });
  });

  it("keep finite numbers when frames are never confirmed for long", () => {
    const { ledger, sendAt, statistics } = setUp();
    for (let time = 1; time <= 10_000; time++) sendAt(time);
    ledger.confirm({ index: 10_000, localtime: EPOCH + 10_001 }, 10_001);
    const stats = statistics.get();
    expect(stats.sent_frames).toBe(10_000);
    expect(stats.confirmed_frames).toBe(MAX_AWAITED_FRAMES);
    const { codec, encoder, ...numbers } = stats;
    expect([codec, encoder]).toEqual(["jpeg", "fake 1.0"]);
    expect(Object.values(numbers).every(Number.isFinite)).toBe(true);
  });
});
