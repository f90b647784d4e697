import { describe, expect, it } from "vitest";
import { LOSSLESS_DELAY, LosslessRedraw } from "../../../../src/framebuffer/pacing/losslessRedraw";
import { FakeClock } from "../../../support/fakeClock";

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
