import { describe, expect, it } from "vitest";
import { FrameScheduler } from "../../../src/framebuffer/frameScheduler";
import { LOSSLESS_DELAY, LosslessRedraw } from "../../../src/framebuffer/losslessRedraw";
import type { RawFrame } from "../../../src/framebuffer/frame";
import { FakeClock } from "../../support/fakeClock";

/** A scheduler whose draws each send a frame at once, as a fast encoder would. */
function setUp(maxInFlight: number, { visible = true } = {}) {
  const clock = new FakeClock();
  let draws = 0;
  let idles = 0;
  let sends = true;
  const scheduler: FrameScheduler = new FrameScheduler({
    maxInFlight: () => maxInFlight,
    defer: clock.defer,
    draw: () => {
      draws++;
      scheduler.beginDraw();
      if (sends) {
        scheduler.frameQueued();
        scheduler.frameSent();
      }
      scheduler.endDraw();
    },
    onIdle: () => idles++,
  });
  scheduler.setVisible(visible);
  clock.turn();
  return {
    clock,
    scheduler,
    draws: () => draws,
    idles: () => idles,
    sendNothing: () => (sends = false),
    /** Requests and lets a turn go by. */
    request: () => {
      scheduler.request();
      clock.turn();
    },
  };
}

describe("scheduling", () => {
  it("draws in a fresh turn, once for many requests", () => {
    const { scheduler, clock, draws } = setUp(3);
    for (let time = 0; time < 50; time++) scheduler.request();
    expect(draws()).toBe(0);
    clock.turn();
    expect(draws()).toBe(1);
    clock.turn();
    expect(draws()).toBe(1);
  });

  it.each([1, 3])("holds back with %i in flight, and goes on with a receipt", (most) => {
    const { scheduler, clock, draws, request } = setUp(most);
    for (let time = 0; time < 6; time++) request();
    expect(draws()).toBe(most);
    expect(scheduler.inFlight).toBe(most);
    expect(scheduler.acknowledge(1)).toBe(true);
    clock.turn();
    expect(draws()).toBe(most + 1);
    expect(scheduler.inFlight).toBe(most);
  });

  it("counts a receipt for all frames up to it", () => {
    const { scheduler, request } = setUp(3);
    for (let time = 0; time < 3; time++) request();
    scheduler.acknowledge(3);
    expect(scheduler.inFlight).toBe(0);
  });

  it("refuses a receipt for a frame that was never sent, and takes no notice of an old one", () => {
    const { scheduler, request } = setUp(2);
    request();
    expect(scheduler.acknowledge(2)).toBe(false);
    expect(scheduler.inFlight).toBe(1);
    scheduler.acknowledge(1);
    expect(scheduler.acknowledge(0)).toBe(true);
    expect(scheduler.inFlight).toBe(0);
  });

  it("waits while no view can be seen, and draws once one can", () => {
    const { scheduler, clock, draws, request } = setUp(2, { visible: false });
    request();
    request();
    expect(draws()).toBe(0);
    scheduler.setVisible(true);
    clock.turn();
    expect(draws()).toBe(1);
  });

  it("draws for a snapshot though no view can be seen", () => {
    const { scheduler, clock, draws, request } = setUp(2, { visible: false });
    scheduler.setSnapshotWaits(true);
    request();
    expect(draws()).toBe(1);
    scheduler.setSnapshotWaits(false);
    request();
    clock.turn();
    expect(draws()).toBe(1);
  });

  it("looks again before it draws: a view hidden in between gets nothing", () => {
    const { scheduler, clock, draws } = setUp(2);
    scheduler.request();
    scheduler.setVisible(false);
    clock.turn();
    expect(draws()).toBe(0);
  });

  it("begins no draw while one is under way, but remembers the request", () => {
    const { scheduler, clock, draws, request } = setUp(3);
    scheduler.beginDraw();
    request();
    expect(draws()).toBe(0);
    scheduler.endDraw();
    clock.turn();
    expect(draws()).toBe(1);
  });

  it("counts a frame that is being encoded as in flight", () => {
    const { scheduler, clock, draws, request } = setUp(1);
    scheduler.frameQueued();
    request();
    expect(draws()).toBe(0);
    scheduler.frameLost();
    clock.turn();
    expect(draws()).toBe(1);
  });

  it("does not draw again by itself after a draw that gave nothing", () => {
    const { clock, draws, request, sendNothing, scheduler } = setUp(1);
    sendNothing();
    request();
    clock.turn();
    expect(draws()).toBe(1);
    expect(scheduler.inFlight).toBe(0);
    request();
    expect(draws()).toBe(2);
  });

  it("forgets what a former view did not acknowledge, and numbers on", () => {
    const { scheduler, clock, draws, request } = setUp(1);
    request();
    request();
    expect(draws()).toBe(1);
    scheduler.reset();
    clock.turn();
    expect(draws()).toBe(2);
    scheduler.frameQueued();
    expect(scheduler.frameSent()).toBe(3);
  });

  it("gives the index of a frame that could not leave to the next", () => {
    const { scheduler } = setUp(1);
    scheduler.frameQueued();
    scheduler.frameNotSent(scheduler.frameSent());
    expect(scheduler.inFlight).toBe(0);
    scheduler.frameQueued();
    expect(scheduler.frameSent()).toBe(1);
  });

  it("leaves no timer behind", () => {
    const { scheduler, clock, draws } = setUp(1);
    scheduler.request();
    scheduler.dispose();
    scheduler.dispose();
    scheduler.request();
    expect(clock.pending).toBe(0);
    clock.turn();
    expect(draws()).toBe(0);
  });
});

describe("the lossless redraw", () => {
  const frame = (value: number): RawFrame => ({
    data: Uint8Array.of(value),
    width: 1,
    height: 1,
    channels: 1,
  });

  function redraw() {
    const clock = new FakeClock();
    const sent: RawFrame[] = [];
    const state = { maySend: true };
    const lossless = new LosslessRedraw({
      delay: clock.delay,
      maySend: () => state.maySend,
      send: (one) => sent.push(one),
    });
    return { clock, sent, state, lossless };
  }

  it("comes once, after 0.3 s of quiet", () => {
    const { clock, sent, lossless } = redraw();
    lossless.frameSent(frame(1), false);
    clock.advance(LOSSLESS_DELAY - 0.001);
    expect(sent).toEqual([]);
    clock.advance(0.001);
    expect(sent).toEqual([frame(1)]);
    clock.advance(10);
    expect(sent).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it("is put off by a request, and by a newer frame which it then shows", () => {
    const { clock, sent, lossless } = redraw();
    lossless.frameSent(frame(1), false);
    clock.advance(0.2);
    lossless.postpone();
    clock.advance(0.2);
    expect(sent).toEqual([]);
    lossless.frameSent(frame(2), false);
    clock.advance(0.29);
    expect(sent).toEqual([]);
    clock.advance(0.01);
    expect(sent).toEqual([frame(2)]);
  });

  it("is not needed after a lossless frame", () => {
    const { clock, sent, lossless } = redraw();
    lossless.frameSent(frame(1), false);
    lossless.frameSent(frame(2), true);
    lossless.postpone();
    clock.advance(5);
    expect(sent).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("waits until a frame may be sent", () => {
    const { clock, sent, state, lossless } = redraw();
    state.maySend = false;
    lossless.frameSent(frame(1), false);
    clock.advance(2);
    lossless.retry();
    expect(sent).toEqual([]);
    state.maySend = true;
    lossless.retry();
    lossless.retry();
    expect(sent).toEqual([frame(1)]);
  });

  it("is not hurried by a retry before its time", () => {
    const { sent, lossless } = redraw();
    lossless.frameSent(frame(1), false);
    lossless.retry();
    expect(sent).toEqual([]);
  });

  it("leaves no timer behind", () => {
    const { clock, sent, lossless } = redraw();
    lossless.frameSent(frame(1), false);
    lossless.dispose();
    lossless.dispose();
    expect(clock.pending).toBe(0);
    clock.advance(1);
    expect(sent).toEqual([]);
  });
});
