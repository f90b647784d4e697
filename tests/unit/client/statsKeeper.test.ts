import { describe, expect, it } from "vitest";
import type { Stats } from "../../../src/client/shared/stats";
import { StatsKeeper } from "../../../src/client/worker/statsKeeper";
import { fakeTimers } from "../picture/frames";

function start() {
  const { clock, timers } = fakeTimers();
  const reported: Stats[] = [];
  const now = () => clock.monotonic() * 1000;
  const keeper = new StatsKeeper({ timers, now, onStats: (stats) => reported.push(stats) });
  return { clock, reported, keeper };
}

describe("statistics", () => {
  it("are reported immediately, and then at most ten times a second", () => {
    const { clock, reported, keeper } = start();
    for (let seq = 0; seq < 60; seq++) {
      keeper.frameDone(seq, true, 0);
      clock.advance(1 / 60);
    }
    expect(reported[0]).toMatchObject({ framesDisplayed: 1, lastDisplayedSeq: 0 });
    expect(reported.length).toBeGreaterThanOrEqual(9);
    expect(reported.length).toBeLessThanOrEqual(11);
    clock.advance(0.1);
    expect(reported.at(-1)).toMatchObject({ framesDisplayed: 60, lastDisplayedSeq: 59 });
    expect(Math.max(...reported.map(({ fps }) => fps))).toBeGreaterThan(50);
  });

  it("count dropped frames without changing the last shown number", () => {
    const { keeper } = start();
    keeper.frameDone(4, true, 2);
    keeper.frameDone(5, false, 1);
    expect(keeper.current).toMatchObject({
      ...{ framesDisplayed: 1, framesDropped: 1, lastDisplayedSeq: 4, decodeQueueSize: 1 },
    });
  });

  it("report when frames stop arriving, and then nothing more", () => {
    const { clock, reported, keeper } = start();
    keeper.frameDone(0, true, 0);
    clock.advance(5);
    expect(reported.at(-1)).toMatchObject({ fps: 0, framesDisplayed: 1 });
    const count = reported.length;
    clock.advance(60);
    expect(reported).toHaveLength(count);
    expect(clock.pending).toBe(0);
  });

  it("include the server's measurements and targets", () => {
    const { keeper } = start();
    keeper.serverMeasured({ type: "stats", rtt_ms: 5, fps_sent: 30, target_bitrate: 1e6 });
    keeper.serverAims({ type: "set_quality", fps: 20 });
    keeper.serverMeasured({ type: "stats", bitrate_bps: 8e5, encode_ms: 3, dropped: 7 });
    expect(keeper.current).toMatchObject({
      ...{ serverRttMs: 5, serverFpsSent: 30, targetBitrate: 1e6, targetFps: 20 },
      ...{ serverBitrateBps: 8e5, serverEncodeMs: 3, serverDropped: 7 },
    });
  });

  it("are not reported once disposed", () => {
    const { clock, reported, keeper } = start();
    keeper.change({ reconnects: 1 });
    keeper.change({ reconnects: 2 });
    keeper.dispose();
    keeper.change({ reconnects: 3 });
    clock.advance(10);
    expect(reported).toHaveLength(1);
  });
});
