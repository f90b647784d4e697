import { describe, expect, it } from "vitest";
import {
  isDefaultPrevented,
  keyName,
  LEAVE_WITHIN_SECONDS,
  LeaveGesture,
} from "../../../src/view/input/keyNames";
import { buttonOf, buttonsOf, modifiersOf } from "../../../src/view/input/modifiers";
import { PointerState, type PointerSample } from "../../../src/view/input/pointerState";
import { wheelDelta } from "../../../src/view/input/wheel";

const sample = (id: number, overrides: Partial<PointerSample> = {}): PointerSample => ({
  ...{ id, timestamp: 1, x: id * 10, y: id, pressure: 0.5, button: 0, buttons: [], modifiers: [] },
  ...overrides,
});
const pressed = (id: number, button = 1): PointerSample =>
  sample(id, { button, buttons: [button] });

describe("buttons and modifiers", () => {
  it("number buttons as the spec does: left, right, middle, then the others", () => {
    expect([-1, 0, 1, 2, 3, 4].map(buttonOf)).toEqual([0, 1, 3, 2, 4, 5]);
    expect(buttonsOf(0)).toEqual([]);
    expect(buttonsOf(0b11111)).toEqual([1, 2, 3, 4, 5]);
    expect(buttonsOf(0b00110)).toEqual([2, 3]);
  });

  it("list modifiers in the order of the protocol", () => {
    const all = { metaKey: true, altKey: true, shiftKey: true, ctrlKey: true };
    expect(modifiersOf(all)).toEqual(["Shift", "Control", "Alt", "Meta"]);
  });
});

describe("PointerState", () => {
  it("lists the pointers that are down", () => {
    const state = new PointerState();
    state.down(pressed(4));
    const [second] = state.down(pressed(9));
    expect(second).toMatchObject({
      ntouches: 2,
      touches: { 4: { x: 40, y: 4, pressure: 0.5 }, 9: { x: 90, y: 9, pressure: 0.5 } },
    });
    const [up] = state.up(sample(4));
    expect(up).toMatchObject({ type: "pointer_up", button: 1, buttons: [], ntouches: 1 });
    expect(Object.keys(up?.touches ?? {})).toEqual(["9"]);
  });

  it("names the button that started a drag in its moves", () => {
    const state = new PointerState();
    state.down(pressed(1, 3));
    const [move] = state.move(sample(1, { buttons: [3], x: 77 }));
    expect(move).toMatchObject({ type: "pointer_move", button: 3, buttons: [3], x: 77 });
    expect(move?.touches[1]?.x).toBe(77);
  });

  it("sends nothing for hovering pointers while another is down", () => {
    const state = new PointerState();
    expect(state.move(sample(2))).toHaveLength(1);
    state.down(pressed(1));
    expect(state.move(sample(2))).toEqual([]);
    expect(state.cross("pointer_enter", sample(2))).toEqual([]);
    expect(state.cross("pointer_leave", sample(1))).toHaveLength(1);
  });

  it("reports a pointer that was released without an event as up, once", () => {
    const state = new PointerState();
    state.down(pressed(1));
    expect(state.move(sample(1)).map(({ type }) => type)).toEqual(["pointer_up"]);
    expect(state.up(sample(1))).toEqual([]);
  });

  it("lets the pointers leave that are on the picture, and enter again with their next event", () => {
    const types = (events: readonly { readonly type: string }[]): string[] =>
      events.map(({ type }) => type);
    const state = new PointerState();
    state.cross("pointer_enter", sample(1));
    state.cross("pointer_enter", sample(2));
    state.cross("pointer_leave", sample(2));
    const left = state.leaveAll(5);
    expect(left).toMatchObject([{ type: "pointer_leave", button: 0, buttons: [] }]);
    expect(state.leaveAll(6)).toEqual([]);
    expect(types(state.move(sample(1)))).toEqual(["pointer_enter", "pointer_move"]);
    expect(types(state.move(sample(1)))).toEqual(["pointer_move"]);
    state.leaveAll(7);
    expect(types(state.down(pressed(1)))).toEqual(["pointer_enter", "pointer_down"]);
    state.up(sample(1));
    state.leaveAll(7);
    expect(state.cross("pointer_leave", sample(1))).toEqual([]);
    expect(types(state.cross("pointer_enter", sample(1)))).toEqual(["pointer_enter"]);
  });

  it("lets each pointer go up and leave where it was last, at the given time", () => {
    const state = new PointerState();
    for (const id of [1, 2, 3]) state.cross("pointer_enter", sample(id));
    state.move(sample(3, { x: 31 }));
    state.down(pressed(1));
    state.down(pressed(2));
    state.move({ ...pressed(2), x: 77 });
    expect(state.releaseAll(5)).toMatchObject([
      { type: "pointer_up", timestamp: 5, x: 10, button: 1, buttons: [], ntouches: 1 },
      { type: "pointer_up", timestamp: 5, x: 77, button: 1, buttons: [], ntouches: 0 },
    ]);
    expect(state.releaseAll(6)).toEqual([]);
    expect(state.leaveAll(7)).toMatchObject([
      { type: "pointer_leave", timestamp: 7, x: 10 },
      { type: "pointer_leave", timestamp: 7, x: 77 },
      { type: "pointer_leave", timestamp: 7, x: 31 },
    ]);
  });

  it("keeps the pressure within 0 and 1", () => {
    const state = new PointerState();
    const [event] = state.down({ ...pressed(1), pressure: 1.5 });
    expect(event?.touches[1]?.pressure).toBe(1);
  });
});

describe("wheelDelta", () => {
  it("is about 100 for one notch, in every unit that browsers use", () => {
    expect(wheelDelta(100, 0)).toBe(100);
    expect(wheelDelta(3, 1)).toBe(100);
    expect(wheelDelta(-1, 2)).toBe(-100);
  });
});

describe("keys", () => {
  const none = { altKey: false, ctrlKey: false, metaKey: false };

  it("have the specification's names", () => {
    expect(["Ctrl", "Del", "Esc", "a", "F1"].map(keyName)).toEqual([
      ...["Control", "Delete", "Escape", "a", "F1"],
    ]);
  });

  it("do not move the page, but type and reload, and keep every default with Alt", () => {
    for (const key of ["PageDown", "ArrowUp", "Home", "Tab"]) {
      expect(isDefaultPrevented(key, none)).toBe(true);
      expect(isDefaultPrevented(key, { ...none, altKey: true })).toBe(false);
    }
    for (const key of ["a", " ", "F5", "Backspace"])
      expect(isDefaultPrevented(key, none)).toBe(false);
    expect(isDefaultPrevented("s", { ...none, ctrlKey: true })).toBe(true);
    expect(isDefaultPrevented("r", { ...none, ctrlKey: true })).toBe(false);
    expect(isDefaultPrevented("c", { ...none, metaKey: true })).toBe(false);
  });

  it("leave the view with two quick presses of Escape and no other key in between", () => {
    const gesture = new LeaveGesture();
    expect(gesture.press("Escape", 1)).toBe(false);
    expect(gesture.press("a", 1.1)).toBe(false);
    expect(gesture.press("Escape", 1.2)).toBe(false);
    expect(gesture.press("Escape", 1.3 + LEAVE_WITHIN_SECONDS)).toBe(false);
    expect(gesture.press("Escape", 1.4 + LEAVE_WITHIN_SECONDS)).toBe(true);
    expect(gesture.press("Escape", 1.5 + LEAVE_WITHIN_SECONDS)).toBe(false);
  });
});
