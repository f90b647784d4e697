import { describe, expect, it } from "vitest";
import { FrameScheduler } from "../../../../src/framebuffer/pacing/frameScheduler";
import { LOSSLESS_DELAY, LosslessRedraw } from "../../../../src/framebuffer/pacing/losslessRedraw";
import { MAX_RESENDS, RECEIPT_TIMEOUT } from "../../../../src/framebuffer/pacing/receiptWatch";
import { FakeClock } from "../../../support/fakeClock";

/** A scheduler whose draws each send a frame at once, as a fast encoder would. */
function setUp(maxInFlight: number, { visible = true } = {}) {
  const clock = new FakeClock();
  let draws = 0;
  let idles = 0;
  let givenUp = 0;
  let resends = 0;
  let sends = true;
  const scheduler: FrameScheduler = new FrameScheduler({
    maxInFlight: () => maxInFlight,
    defer: clock.defer,
    delay: clock.delay,
    monotonic: clock.monotonic,
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
    onGivenUp: () => givenUp++,
    resend: () => {
      resends++;
      scheduler.frameQueued();
      scheduler.frameSent({ copy: true });
    },
  });
  scheduler.setVisible(visible);
  clock.turn();
  return {
    clock,
    scheduler,
    draws: () => draws,
    idles: () => idles,
    givenUp: () => givenUp,
    resends: () => resends,
    sendNothing: () => (sends = false),
    /** Lets time pass, and what becomes due then happen. */
    pass: (seconds: number) => {
      clock.advance(seconds);
      for (let turn = 0; turn < 3; turn++) clock.turn();
    },
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

describe("an overdue receipt", () => {
  it("lets a draw that only the frames in flight hold up go out, 10 s after the last frame", () => {
    const { scheduler, draws, givenUp, pass, request } = setUp(2);
    request();
    pass(4);
    request();
    request();
    pass(RECEIPT_TIMEOUT - 0.001);
    expect([draws(), givenUp()]).toEqual([2, 0]);
    pass(0.001);
    expect([draws(), givenUp()]).toEqual([3, 1]);
    expect(scheduler.inFlight).toBe(1);
  });

  it("is not overdue within 10 s of another receipt, even an old one", () => {
    const { scheduler, draws, pass, request } = setUp(2);
    request();
    request();
    pass(9);
    scheduler.acknowledge(1);
    request();
    request();
    expect(draws()).toBe(3);
    pass(9);
    scheduler.acknowledge(1);
    pass(9.999);
    expect(draws()).toBe(3);
    pass(0.001);
    expect(draws()).toBe(4);
  });

  it("has an eager source try with one frame per 10 s, however many may be in flight, until a receipt comes", () => {
    const { scheduler, draws, pass, request } = setUp(3);
    for (let time = 0; time < 4; time++) request();
    expect(draws()).toBe(3);
    for (let more = 1; more <= 5; more++) {
      pass(RECEIPT_TIMEOUT);
      for (let time = 0; time < 4; time++) request();
      expect(draws()).toBe(3 + more);
    }
    scheduler.acknowledge(8);
    for (let time = 0; time < 4; time++) request();
    expect(scheduler.inFlight).toBe(3);
  });

  it("is found at once when a draw comes to be wanted later", () => {
    const { draws, pass, request, scheduler, clock } = setUp(1);
    request();
    scheduler.setVisible(false);
    pass(500);
    request();
    expect([draws(), clock.pending]).toEqual([1, 0]);
    scheduler.setVisible(true);
    pass(0);
    expect(draws()).toBe(2);
  });

  it("holds up a draw for a snapshot no longer either", () => {
    const { draws, pass, request, scheduler } = setUp(1, { visible: false });
    scheduler.setSnapshotWaits(true);
    request();
    request();
    pass(RECEIPT_TIMEOUT);
    expect(draws()).toBe(2);
  });

  it("does no harm when it comes after all", () => {
    const { scheduler, draws, pass, request } = setUp(1);
    request();
    request();
    pass(RECEIPT_TIMEOUT);
    expect(draws()).toBe(2);
    expect(scheduler.acknowledge(1)).toBe(true);
    expect(scheduler.inFlight).toBe(1);
    expect(scheduler.acknowledge(3)).toBe(false);
    scheduler.acknowledge(2);
    request();
    expect([draws(), scheduler.inFlight]).toEqual([3, 1]);
  });

  it("was not lost if a busy kernel has only not read it yet", () => {
    const { scheduler, clock, draws, givenUp, request, resends } = setUp(1);
    request();
    request();
    clock.advance(60);
    scheduler.acknowledge(1);
    clock.turn();
    expect([draws(), givenUp(), resends()]).toEqual([2, 0, 0]);
  });

  it("does not matter to a new view, which may have all frames in flight at once", () => {
    const { pass, request, scheduler } = setUp(3);
    request();
    pass(RECEIPT_TIMEOUT);
    scheduler.reset();
    for (let time = 0; time < 4; time++) request();
    expect(scheduler.inFlight).toBe(3);
  });

  it("is put off when the next frame is under way in the very moment", () => {
    const { clock, givenUp, request, scheduler } = setUp(1);
    request();
    clock.turn();
    clock.advance(RECEIPT_TIMEOUT);
    scheduler.frameQueued();
    clock.turn();
    expect(givenUp()).toBe(0);
  });

  it("has a picture at rest sent again, three times at most", () => {
    const { clock, draws, pass, request, resends, scheduler } = setUp(2);
    request();
    for (let time = 1; time <= MAX_RESENDS; time++) {
      pass(RECEIPT_TIMEOUT - 0.001);
      expect(resends()).toBe(time - 1);
      pass(0.001);
      expect(resends()).toBe(time);
    }
    expect(MAX_RESENDS).toBe(3);
    expect([clock.pending, draws(), scheduler.inFlight]).toEqual([0, 1, 1]);
    pass(1000);
    expect(resends()).toBe(MAX_RESENDS);
  });

  it.each(["a receipt for an older one", "a new view", "a draw"])(
    "has a picture at rest sent again once more after %s",
    (what) => {
      const { clock, pass, request, resends, scheduler } = setUp(2);
      request();
      request();
      for (let time = 0; time < MAX_RESENDS; time++) pass(RECEIPT_TIMEOUT);
      expect([resends(), clock.pending]).toEqual([MAX_RESENDS, 0]);
      if (what === "a draw") {
        request();
        pass(0);
        // The copies take up the room; they are given up, and the draw goes out.
        pass(RECEIPT_TIMEOUT);
      } else if (what === "a new view") {
        scheduler.reset();
        scheduler.frameQueued();
        scheduler.frameSent({ copy: true });
      } else {
        scheduler.acknowledge(1);
      }
      pass(RECEIPT_TIMEOUT);
      expect(resends()).toBeGreaterThan(MAX_RESENDS);
    },
  );

  it("no longer matters to a picture at rest once any of its copies has arrived", () => {
    const { clock, pass, request, resends, scheduler } = setUp(1);
    request();
    pass(RECEIPT_TIMEOUT);
    pass(RECEIPT_TIMEOUT);
    expect([resends(), scheduler.inFlight]).toEqual([2, 1]);
    scheduler.acknowledge(1);
    expect(scheduler.inFlight).toBe(0);
    pass(0);
    expect(clock.pending).toBe(0);
    pass(1000);
    expect(resends()).toBe(2);
  });

  it("has the picture at rest sent again when the draw that was held up gives nothing", () => {
    const { draws, pass, request, resends, sendNothing } = setUp(1);
    request();
    request();
    sendNothing();
    pass(RECEIPT_TIMEOUT);
    expect([draws(), resends()]).toEqual([2, 0]);
    pass(RECEIPT_TIMEOUT);
    expect(resends()).toBe(1);
  });

  it("has nothing sent again while no view can be seen or a frame is under way", () => {
    const { pass, request, resends, scheduler, clock } = setUp(2);
    request();
    scheduler.setVisible(false);
    clock.turn();
    expect(clock.pending).toBe(0);
    pass(1000);
    scheduler.frameQueued();
    scheduler.setVisible(true);
    pass(1000);
    expect(resends()).toBe(0);
    scheduler.frameLost();
    pass(0);
    expect(resends()).toBe(1);
  });

  it("is waited for as before when a later frame could not leave", () => {
    const { pass, request, resends, scheduler } = setUp(2);
    request();
    scheduler.frameQueued();
    scheduler.frameNotSent(scheduler.frameSent());
    pass(RECEIPT_TIMEOUT);
    expect(resends()).toBe(1);
  });

  it("is waited for by a timer only while something depends on it", () => {
    const { clock, request, scheduler } = setUp(1);
    expect(clock.pending).toBe(0);
    request();
    request();
    expect(clock.pending).toBe(1);
    scheduler.acknowledge(1);
    clock.turn();
    expect(clock.pending).toBe(1);
    scheduler.acknowledge(2);
    clock.turn();
    expect(clock.pending).toBe(0);
    request();
    scheduler.dispose();
    expect(clock.pending).toBe(0);
    scheduler.frameQueued();
    scheduler.frameSent();
    expect(clock.pending).toBe(0);
  });
});

describe("the lossless redraw", () => {
  function redraw() {
    const clock = new FakeClock();
    const sent: number[] = [];
    const state = { maySend: true };
    const lossless = new LosslessRedraw({
      delay: clock.delay,
      maySend: () => state.maySend,
      send: () => sent.push(clock.monotonic()),
    });
    return { clock, sent, state, lossless };
  }

  it("comes once, after 0.3 s of quiet", () => {
    const { clock, sent, lossless } = redraw();
    lossless.frameSent(false);
    clock.advance(LOSSLESS_DELAY - 0.001);
    expect(sent).toEqual([]);
    clock.advance(0.001);
    expect(sent).toEqual([LOSSLESS_DELAY]);
    clock.advance(10);
    expect(sent).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it("is put off by a request, and by a newer frame", () => {
    const { clock, sent, lossless } = redraw();
    lossless.frameSent(false);
    clock.advance(0.2);
    lossless.postpone();
    clock.advance(0.2);
    expect(sent).toEqual([]);
    lossless.frameSent(false);
    clock.advance(0.29);
    expect(sent).toEqual([]);
    clock.advance(0.01);
    expect(sent).toHaveLength(1);
  });

  it("is not needed after a lossless frame", () => {
    const { clock, sent, lossless } = redraw();
    lossless.frameSent(false);
    lossless.frameSent(true);
    lossless.postpone();
    clock.advance(5);
    expect(sent).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("waits until a frame may be sent", () => {
    const { clock, sent, state, lossless } = redraw();
    state.maySend = false;
    lossless.frameSent(false);
    clock.advance(2);
    lossless.retry();
    expect(sent).toEqual([]);
    state.maySend = true;
    lossless.retry();
    lossless.retry();
    expect(sent).toHaveLength(1);
  });

  it("is not hurried by a retry before its time", () => {
    const { sent, lossless } = redraw();
    lossless.frameSent(false);
    lossless.retry();
    expect(sent).toEqual([]);
  });

  it("leaves no timer behind", () => {
    const { clock, sent, lossless } = redraw();
    lossless.frameSent(false);
    lossless.dispose();
    lossless.dispose();
    expect(clock.pending).toBe(0);
    clock.advance(1);
    expect(sent).toEqual([]);
  });
});
