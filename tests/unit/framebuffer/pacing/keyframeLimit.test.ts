import { describe, expect, it } from "vitest";
import {
  KeyframeLimit,
  MIN_KEYFRAME_INTERVAL,
} from "../../../../src/framebuffer/pacing/keyframeLimit";
import { FakeClock } from "../../../support/fakeClock";

function setUp() {
  const clock = new FakeClock();
  const sent: number[] = [];
  const state = { hasFrame: true };
  const limit = new KeyframeLimit({
    clock,
    send: () => {
      if (state.hasFrame) sent.push(clock.monotonic());
      return state.hasFrame;
    },
  });
  return { clock, limit, sent, state };
}

describe("the limit of requested keyframes", () => {
  it.each([0, 1e6])("sends the first one at once, also when the clock shows %i", (time) => {
    const { clock, limit, sent } = setUp();
    clock.advance(time);
    limit.request();
    expect(sent).toEqual([time]);
  });

  it("sends the next one when its interval is over, once for all requests until then", () => {
    const { clock, limit, sent } = setUp();
    limit.request();
    clock.advance(0.125);
    limit.request();
    limit.request();
    expect(sent).toEqual([0]);
    clock.advance(MIN_KEYFRAME_INTERVAL - 0.125);
    expect(sent).toEqual([0, MIN_KEYFRAME_INTERVAL]);
    expect(clock.pending).toBe(0);
  });

  it("sends nothing later when a whole frame went out meanwhile", () => {
    const { clock, limit, sent } = setUp();
    limit.request();
    limit.request();
    limit.wholeFrameSent();
    clock.advance(10);
    expect(sent).toEqual([0]);
  });

  it("keeps its interval under a storm of requests", () => {
    const { clock, limit, sent } = setUp();
    for (let tick = 0; tick < 1024; tick++) {
      limit.request();
      clock.advance(1 / 256);
    }
    const expected = Array.from({ length: sent.length }, (_, turn) => turn * MIN_KEYFRAME_INTERVAL);
    expect(sent).toEqual(expected);
    expect(sent.length).toBeGreaterThanOrEqual(16);
  });

  it("does not count a request for which there was no frame, and leaves no timer behind", () => {
    const { clock, limit, sent, state } = setUp();
    state.hasFrame = false;
    limit.request();
    state.hasFrame = true;
    limit.request();
    expect(sent).toEqual([0]);
    limit.request();
    expect(clock.pending).toBe(1);
    limit.dispose();
    expect(clock.pending).toBe(0);
  });
});
