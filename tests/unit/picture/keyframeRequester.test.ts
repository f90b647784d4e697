import { describe, expect, it, vi } from "vitest";
import { KeyframeRequester } from "../../../src/picture/keyframeRequester";
import { fakeTimers } from "./frames";

function setUp() {
  const { clock, timers } = fakeTimers();
  const send = vi.fn();
  return { clock, send, wish: new KeyframeRequester({ timers, send }) };
}

describe("KeyframeRequester", () => {
  it("asks once, however many frames suffer", () => {
    const { wish, send, clock } = setUp();
    for (let frame = 0; frame < 100; frame++) {
      wish.need(`frame ${frame}`);
      clock.advance(0.019);
    }
    expect(send).toHaveBeenCalledExactlyOnceWith("frame 0");
  });

  it("asks again when none comes for 2 s, then ever more rarely", () => {
    const { wish, send, clock } = setUp();
    wish.need("broken");
    const times: number[] = [];
    send.mockImplementation(() => times.push(clock.monotonic()));
    for (let second = 0; second < 200; second++) clock.advance(1);
    expect(times).toEqual([2, 6, 14, 30, 62]);
    expect(clock.pending).toBe(0);
  });

  it("asks again for the next frame that suffers when it had given up", () => {
    const { wish, send, clock } = setUp();
    wish.need("broken");
    clock.advance(200);
    send.mockClear();
    wish.need("still broken");
    expect(send).toHaveBeenCalledExactlyOnceWith("still broken");
  });

  it("is content with a keyframe, and then asks at once for the next", () => {
    const { wish, send, clock } = setUp();
    wish.need("one");
    wish.fulfil();
    clock.advance(100);
    wish.need("two");
    expect(send.mock.calls).toEqual([["one"], ["two"]]);
  });

  it("leaves a hello its time, and asks afterwards only if a frame suffered", () => {
    const { wish, send, clock } = setUp();
    wish.asked();
    clock.advance(10);
    expect(send).not.toHaveBeenCalled();
    wish.asked();
    wish.need("patches over nothing");
    clock.advance(1.9);
    expect(send).not.toHaveBeenCalled();
    clock.advance(0.2);
    expect(send).toHaveBeenCalledExactlyOnceWith("patches over nothing");
  });

  it("keeps no timer and says nothing once it is disposed", () => {
    const { wish, send, clock } = setUp();
    wish.need("one");
    wish.dispose();
    wish.dispose();
    wish.need("two");
    wish.asked();
    clock.advance(100);
    expect(send).toHaveBeenCalledOnce();
    expect(clock.pending).toBe(0);
  });
});
