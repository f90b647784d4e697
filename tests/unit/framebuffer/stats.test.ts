import { describe, expect, it } from "vitest";
import { FrameStatistics } from "../../../src/framebuffer/stats";

const EPOCH = 1_700_000_000;

function send(statistics: FrameStatistics, index: number, began: number, imgEncoding = 0.02): void {
  statistics.frameSent({
    index,
    timestamp: EPOCH + began,
    began,
    imgEncoding,
    b64Encoding: undefined,
    bytes: 100,
    isPatch: false,
    manner: { codec: "jpeg", encoder: "fake 1.0", quality: 80, scale: 1 },
  });
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
    });
  });

  it("have no frame rate before the first receipt", () => {
    const statistics = new FrameStatistics();
    send(statistics, 1, 5);
    expect(statistics.get()).toMatchObject({ sent_frames: 1, confirmed_frames: 0, fps: 0 });
  });

  it("average times in seconds", () => {
    const statistics = new FrameStatistics();
    send(statistics, 1, 10, 0.02);
    statistics.framesConfirmed(1, EPOCH + 10.05, 10.1);
    send(statistics, 2, 10.2, 0.04);
    statistics.framesConfirmed(2, EPOCH + 10.35, 10.5);
    const stats = statistics.get();
    expect(stats).toMatchObject({ sent_frames: 2, confirmed_frames: 2, b64_encoding: 0 });
    expect(stats.roundtrip).toBeCloseTo(0.2, 9);
    expect(stats.delivery).toBeCloseTo(0.1, 5);
    expect(stats.img_encoding).toBeCloseTo(0.03, 9);
    expect(stats.fps).toBeCloseTo(2 / 0.5, 9);
  });

  it("confirm all frames up to a receipt, and measure the one it is for", () => {
    const statistics = new FrameStatistics();
    for (const index of [1, 2, 3, 4]) send(statistics, index, index);
    statistics.framesConfirmed(3, EPOCH + 3.25, 3.5);
    const stats = statistics.get();
    expect(stats.confirmed_frames).toBe(3);
    expect(stats.roundtrip).toBeCloseTo(0.5, 9);
    expect(stats.delivery).toBeCloseTo(0.25, 5);
  });

  it("take no notice of a receipt for a frame that does not count", () => {
    const statistics = new FrameStatistics();
    send(statistics, 1, 1);
    statistics.framesConfirmed(1, EPOCH + 1.1, 1.1);
    const before = statistics.get();
    // 2 was a lossless redraw: sent, but not told to the statistics.
    statistics.framesConfirmed(2, EPOCH + 9, 9);
    expect(statistics.get()).toEqual(before);
    // A receipt for a redraw confirms the frame before it, but says nothing about how long that one took.
    send(statistics, 3, 10);
    statistics.framesConfirmed(4, EPOCH + 20, 20);
    expect(statistics.get()).toMatchObject({
      confirmed_frames: 2,
      roundtrip: before.roundtrip,
      delivery: before.delivery,
    });
  });

  it("start anew with the next frame sent after a reset", () => {
    const statistics = new FrameStatistics();
    send(statistics, 1, 1);
    send(statistics, 2, 2);
    statistics.reset();
    statistics.framesConfirmed(2, EPOCH + 3, 3);
    expect(statistics.get()).toMatchObject({ sent_frames: 0, confirmed_frames: 0, fps: 0 });
    send(statistics, 3, 10);
    statistics.framesConfirmed(3, EPOCH + 10.5, 10.5);
    expect(statistics.get()).toMatchObject({ sent_frames: 1, confirmed_frames: 1, fps: 2 });
  });

  it("never confirm what went to a view that is gone", () => {
    const statistics = new FrameStatistics();
    send(statistics, 1, 1);
    statistics.forgetAwaited();
    statistics.framesConfirmed(1, EPOCH + 2, 2);
    expect(statistics.get()).toMatchObject({ sent_frames: 1, confirmed_frames: 0 });
  });

  it("do not count a frame that could not leave", () => {
    const statistics = new FrameStatistics();
    send(statistics, 1, 1);
    statistics.frameNotSent(1);
    expect(statistics.get()).toMatchObject({ sent_frames: 0, img_encoding: 0 });
  });

  it("keep finite numbers when frames are never confirmed for long", () => {
    const statistics = new FrameStatistics();
    for (let index = 1; index <= 10_000; index++) send(statistics, index, index);
    statistics.framesConfirmed(10_000, EPOCH + 10_001, 10_001);
    const stats = statistics.get();
    expect(stats.sent_frames).toBe(10_000);
    expect(stats.confirmed_frames).toBe(4096);
    const { codec, encoder, ...numbers } = stats;
    expect([codec, encoder]).toEqual(["jpeg", "fake 1.0"]);
    expect(Object.values(numbers).every(Number.isFinite)).toBe(true);
  });
});
