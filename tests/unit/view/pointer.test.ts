// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import type { WireEvent } from "../../../src/protocol/events";
import { PointerInput } from "../../../src/view/input/pointer";
import { unthrottled } from "./unthrottled";

function setUp() {
  const element = document.createElement("canvas");
  document.body.append(element);
  vi.spyOn(document, "elementFromPoint").mockReturnValue(element);
  const sent: WireEvent[] = [];
  const pointer = new PointerInput({
    element,
    throttle: unthrottled(sent),
    locate: ({ clientX, clientY }) => ({ x: clientX, y: clientY }),
    onPress: () => undefined,
  });
  const dispatch = (type: string, timeStamp: number, clientX: number, pointerId = 1): void => {
    const event = new PointerEvent(type, { clientX, pointerId, pointerType: "mouse" });
    Object.defineProperty(event, "timeStamp", { value: timeStamp });
    element.dispatchEvent(event);
  };
  const moves = (): number[] =>
    sent.flatMap((event) => (event.type === "pointer_move" ? [event.x] : []));
  return { dispatch, moves, pointer, sent };
}

it("sends a move once: when it happens, and not again with the animation frame", () => {
  const { dispatch, moves } = setUp();
  dispatch("pointerenter", 1, 3);
  dispatch("pointerrawupdate", 5, 10);
  expect(moves()).toEqual([10]);
  dispatch("pointerrawupdate", 9, 12);
  dispatch("pointermove", 9, 12);
  expect(moves()).toEqual([10, 12]);
  dispatch("pointermove", 20, 30);
  expect(moves()).toEqual([10, 12, 30]);
});

it("tells the moves of two pointers apart", () => {
  const { dispatch, moves } = setUp();
  for (const pointerId of [1, 2]) dispatch("pointerenter", 1, 3, pointerId);
  dispatch("pointerrawupdate", 9, 12, 1);
  dispatch("pointermove", 8, 50, 2);
  expect(moves()).toEqual([12, 50]);
});

it("lets a pointer enter before it moves", () => {
  const { dispatch, sent } = setUp();
  dispatch("pointerrawupdate", 5, 10);
  dispatch("pointerenter", 5, 10);
  dispatch("pointermove", 5, 10);
  dispatch("pointerleave", 8, 99);
  dispatch("pointerrawupdate", 9, 99);
  expect(sent.map(({ type }) => type)).toEqual(["pointer_enter", "pointer_move", "pointer_leave"]);
});

it("sends nothing once it is disposed", () => {
  const { dispatch, pointer, sent } = setUp();
  dispatch("pointerenter", 1, 3);
  pointer.dispose();
  dispatch("pointerrawupdate", 5, 10);
  dispatch("pointermove", 9, 12);
  expect(sent).toHaveLength(1);
});

describe("the pointerleave that ends a capture while the mouse stays over the picture", () => {
  /** A click, after which WebKit fires `pointerleave`. Returns what is sent from then on. */
  function clicked() {
    const { dispatch, pointer, sent } = setUp();
    const fire = (...types: readonly string[]): void => {
      for (const type of types) dispatch(type, 5, 10);
    };
    fire("pointerenter", "pointerdown", "pointerup", "lostpointercapture", "pointerleave");
    expect(sent.map(({ type }) => type)).toEqual(["pointer_enter", "pointer_down", "pointer_up"]);
    sent.length = 0;
    return { fire, pointer, types: () => sent.map(({ type }) => type) };
  }

  it("is ignored, and so is the pointerenter that follows", () => {
    const { fire, types } = clicked();
    fire("pointerenter", "mouseup");
    expect(types()).toEqual([]);
    fire("pointerleave", "pointerenter");
    expect(types()).toEqual(["pointer_leave", "pointer_enter"]);
  });

  it("hides no later pointerenter when the mouse moves first", () => {
    const { fire, types } = clicked();
    fire("pointermove", "pointerleave", "pointerenter");
    expect(types()).toEqual(["pointer_move", "pointer_leave", "pointer_enter"]);
  });

  it("hides no later pointerenter when a button goes down first", () => {
    const { fire, types } = clicked();
    fire("pointerdown", "pointerup", "pointerleave", "pointerenter");
    expect(types()).toEqual(["pointer_down", "pointer_up", "pointer_leave", "pointer_enter"]);
  });

  it("hides no later pointerenter when the window loses the focus first", () => {
    const { fire, pointer, types } = clicked();
    pointer.leaveAll();
    fire("pointerenter");
    expect(types()).toEqual(["pointer_leave", "pointer_enter"]);
  });
});
