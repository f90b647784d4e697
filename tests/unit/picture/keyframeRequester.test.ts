import { describe, expect, it, vi } from "vitest";
import { KeyframeRequester } from "../../../src/picture/keyframeRequester";
import { fakeTimers } from "./frames";

function setUp() {
  const { clock, timers } = fakeTimers();
  const send = vi.fn();
  return { clock, send, requester: new KeyframeRequester({ timers, send }) };
}

describe("KeyframeRequester", () => {
  it("sends one request, however many frames cannot be shown", () => {
    const { requester, send, clock } = setUp();
    for (let frame = 0; frame < 100; frame++) {
      requester.request(`frame ${frame}`);
      clock.advance(0.019);
    }
    expect(send).toHaveBeenCalledExactlyOnceWith("frame 0");
  });

  it("repeats the request when no keyframe arrives within 2 s, then less and less often", () => {
    const { requester, send, clock } = setUp();
    requester.request("broken");
    const times: number[] = [];
    send.mockImplementation(() => times.push(clock.monotonic()));
    for (let second = 0; second < 200; second++) clock.advance(1);
    expect(times).toEqual([2, 6, 14, 30, 62]);
    expect(clock.pending).toBe(0);
  });

  it("resumes after giving up when another frame cannot be shown", () => {
    const { requester, send, clock } = setUp();
    requester.request("broken");
    clock.advance(200);
    send.mockClear();
    requester.request("still broken");
    expect(send).toHaveBeenCalledExactlyOnceWith("still broken");
  });

  it("stops when a keyframe was painted, and then sends the next request immediately", () => {
    const { requester, send, clock } = setUp();
    requester.request("one");
    requester.fulfil();
    clock.advance(100);
    requester.request("two");
    expect(send.mock.calls).toEqual([["one"], ["two"]]);
  });

  it("waits for the answer to a hello, and sends a request later only if a frame could not be shown", () => {
    const { requester, send, clock } = setUp();
    requester.expect();
    clock.advance(10);
    expect(send).not.toHaveBeenCalled();
    requester.expect();
    requester.request("patches over nothing");
    clock.advance(1.9);
    expect(send).not.toHaveBeenCalled();
    clock.advance(0.2);
    expect(send).toHaveBeenCalledExactlyOnceWith("patches over nothing");
  });

  it("keeps no timer and sends nothing once it is disposed", () => {
    const { requester, send, clock } = setUp();
    requester.request("one");
    requester.dispose();
    requester.dispose();
    requester.request("two");
    requester.expect();
    clock.advance(100);
    expect(send).toHaveBeenCalledOnce();
    expect(clock.pending).toBe(0);
  });
});
