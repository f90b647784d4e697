// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import type { WireEvent } from "../../../src/protocol/events";
import { PinchInput, pinchDelta } from "../../../src/view/input/pinch";
import { unthrottled } from "./unthrottled";

function setUp() {
  const element = document.createElement("canvas");
  const sent: WireEvent[] = [];
  const state = { hasFocus: true, isPressed: false };
  const pinch = new PinchInput({
    element,
    throttle: unthrottled(sent),
    locate: ({ clientX, clientY }) => ({ x: clientX, y: clientY }),
    hasFocus: () => state.hasFocus,
    isPressed: () => state.isPressed,
  });
  /** Dispatches an event as Safari does, and returns whether its default was prevented. */
  const gesture = (type: string, scale: number, init: MouseEventInit = {}): boolean => {
    const event = new MouseEvent(type, { cancelable: true, clientX: 7, clientY: 9, ...init });
    Object.defineProperty(event, "scale", { value: scale });
    element.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { pinch, sent, state, gesture };
}

describe("a pinch in Safari", () => {
  it("is a wheel event with Control, as in other browsers, and does not zoom the page", () => {
    const { sent, gesture } = setUp();
    expect(gesture("gesturestart", 1)).toBe(true);
    expect(gesture("gesturechange", 2, { shiftKey: true })).toBe(true);
    expect(gesture("gesturechange", 1)).toBe(true);
    gesture("gestureend", 1);
    const delta = 100 * Math.log(2);
    expect(sent).toMatchObject([
      { type: "wheel", x: 7, y: 9, dx: 0, dy: -delta, modifiers: ["Shift", "Control"] },
      { type: "wheel", dy: delta, buttons: [], modifiers: ["Control"] },
    ]);
  });

  it("begins anew with each gesture", () => {
    const { sent, gesture } = setUp();
    gesture("gesturestart", 1);
    gesture("gesturechange", 3);
    gesture("gesturestart", 1);
    gesture("gesturechange", 3);
    expect(sent.map((event) => (event.type === "wheel" ? event.dy : 0))).toEqual([
      ...[-100 * Math.log(3), -100 * Math.log(3)],
    ]);
  });

  it("belongs to the page without the focus, and to the touches of fingers on the screen", () => {
    const { sent, state, gesture } = setUp();
    state.hasFocus = false;
    expect(gesture("gesturechange", 2)).toBe(false);
    state.hasFocus = true;
    state.isPressed = true;
    expect(gesture("gesturechange", 2)).toBe(false);
    state.isPressed = false;
    expect(gesture("gesturechange", 2, { altKey: true })).toBe(false);
    expect(sent).toHaveLength(1);
  });

  it("is no longer heard once disposed", () => {
    const { pinch, sent, gesture } = setUp();
    pinch.dispose();
    gesture("gesturechange", 2);
    expect(sent).toEqual([]);
  });

  it("has no delta where the scale is nonsense", () => {
    for (const scale of [0, -1, Number.NaN, Infinity]) expect(pinchDelta(1, scale)).toBe(0);
  });
});
