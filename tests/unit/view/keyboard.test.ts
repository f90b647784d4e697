// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WireEvent } from "../../../src/protocol/events";
import { KeyboardInput } from "../../../src/view/input/keyboard";
import { unthrottled } from "./unthrottled";

let textArea: HTMLTextAreaElement;
let sent: WireEvent[];
let keyboard: KeyboardInput;

beforeEach(() => {
  textArea = document.createElement("textarea");
  document.body.append(textArea);
  sent = [];
  const throttle = unthrottled(sent);
  keyboard = new KeyboardInput({ textArea, throttle, onLeave: () => undefined });
});
afterEach(() => {
  keyboard.dispose();
  textArea.remove();
});

/** Dispatches a key event, and returns whether its default action was prevented. */
function key(type: "keydown" | "keyup", init: KeyboardEventInit & { keyCode?: number }): boolean {
  const { keyCode = 0 } = init;
  const event = new KeyboardEvent(type, { bubbles: true, cancelable: true, ...init });
  Object.defineProperty(event, "keyCode", { value: keyCode });
  textArea.dispatchEvent(event);
  return event.defaultPrevented;
}

function input(init: InputEventInit): void {
  textArea.dispatchEvent(new InputEvent("input", init));
}

/** The sent events, with one field each. */
const story = (): string[] =>
  sent.map((event) => {
    const what = "key" in event ? event.key : "data" in event ? event.data : "";
    return `${event.type} ${what}`;
  });

describe("keys", () => {
  it("have the physical key's code, down and up", () => {
    key("keydown", { key: "z", code: "KeyY" });
    key("keyup", { key: "z", code: "KeyY" });
    key("keydown", { key: "AudioVolumeUp" });
    expect(sent).toMatchObject([
      { type: "key_down", key: "z", code: "KeyY" },
      { type: "key_up", key: "z", code: "KeyY" },
      { type: "key_down", key: "AudioVolumeUp" },
    ]);
    expect(sent[2]).not.toHaveProperty("code");
  });

  it("without a code go up also if Shift has changed their letter", () => {
    key("keydown", { key: "a" });
    key("keyup", { key: "A" });
    expect(story()).toEqual(["key_down a", "key_up a"]);
  });

  it("that an input method handles are not sent: in Safari the Enter that ends a composition", () => {
    key("keydown", { key: "Enter", code: "Enter", keyCode: 229 });
    key("keyup", { key: "Enter", code: "Enter", keyCode: 13 });
    expect(sent).toEqual([]);
    key("keydown", { key: "Enter", code: "Enter", keyCode: 13 });
    expect(story()).toEqual(["key_down Enter", "char \n"]);
  });

  it("do not open the page's menu", () => {
    const seen: string[] = [];
    const note = (event: Event): void => void seen.push(event.type);
    document.body.addEventListener("contextmenu", note);
    const event = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
    textArea.dispatchEvent(event);
    document.body.removeEventListener("contextmenu", note);
    expect(event.defaultPrevented).toBe(true);
    expect(seen).toEqual([]);
  });
});

describe("text", () => {
  it("tells Backspace and Enter, and leaves their commands alone", () => {
    expect(key("keydown", { key: "Backspace", code: "Backspace" })).toBe(true);
    expect(key("keydown", { key: "Enter", code: "Enter" })).toBe(true);
    key("keydown", { key: "Backspace", code: "Backspace", repeat: true });
    key("keydown", { key: "Enter", code: "NumpadEnter", ctrlKey: true });
    expect(sent).toMatchObject([
      { type: "key_down", key: "Backspace" },
      { type: "char", data: "", input_type: "deleteContentBackward", repeat: false },
      { type: "key_down", key: "Enter" },
      { type: "char", data: "\n", input_type: "insertLineBreak", repeat: false },
      { type: "char", data: "", input_type: "deleteContentBackward", repeat: true },
      { type: "key_down", key: "Enter" },
    ]);
  });

  it("says whether a held key repeats it", () => {
    key("keydown", { key: "x", code: "KeyX" });
    input({ data: "x", inputType: "insertText" });
    key("keydown", { key: "x", code: "KeyX", repeat: true });
    input({ data: "x", inputType: "insertText" });
    key("keyup", { key: "x", code: "KeyX" });
    input({ data: "pasted", inputType: "insertFromPaste" });
    const repeats = sent.flatMap((event) => (event.type === "char" ? [event.repeat] : []));
    expect(repeats).toEqual([false, true, false]);
  });

  it("is not repeated by a key that was held when the view lost the focus", () => {
    key("keydown", { key: "x", code: "KeyX" });
    key("keydown", { key: "x", code: "KeyX", repeat: true });
    textArea.dispatchEvent(new FocusEvent("blur"));
    textArea.dispatchEvent(new FocusEvent("focus"));
    input({ data: "pasted", inputType: "insertFromPaste" });
    expect(sent.at(-1)).toMatchObject({ type: "char", data: "pasted", repeat: false });
  });
});

describe("a release that never came", () => {
  const pointer = (init: MouseEventInit = {}): void => {
    keyboard.reconcile(new MouseEvent("pointermove", init));
  };

  it("is made up for with the next event that shows the key as up: both Shift keys at once", () => {
    key("keydown", { key: "Shift", code: "ShiftLeft", shiftKey: true });
    key("keydown", { key: "Shift", code: "ShiftRight", shiftKey: true });
    key("keyup", { key: "Shift", code: "ShiftRight" });
    expect(sent.map((event) => [event.type, "code" in event ? event.code : ""])).toEqual([
      ["key_down", "ShiftLeft"],
      ["key_down", "ShiftRight"],
      ["key_up", "ShiftRight"],
      ["key_up", "ShiftLeft"],
    ]);
  });

  it("is made up for with a pointer's event, or the next key", () => {
    key("keydown", { key: "Control", code: "ControlLeft", ctrlKey: true });
    pointer({ ctrlKey: true });
    expect(story()).toEqual(["key_down Control"]);
    pointer();
    pointer();
    key("keydown", { key: "Alt", code: "AltLeft", altKey: true });
    key("keydown", { key: "x", code: "KeyX" });
    expect(story()).toEqual([
      ...["key_down Control", "key_up Control", "key_down Alt", "key_up Alt", "key_down x"],
    ]);
  });

  it("is made up for when the key goes down again", () => {
    key("keydown", { key: "F13", code: "F13" });
    key("keydown", { key: "F13", code: "F13" });
    expect(story()).toEqual(["key_down F13", "key_up F13", "key_down F13"]);
  });

  it("of Meta is made up for, and releases the keys that macOS does not report", () => {
    key("keydown", { key: "Meta", code: "MetaLeft", metaKey: true });
    key("keydown", { key: "c", code: "KeyC", metaKey: true });
    pointer();
    expect(story()).toEqual(["key_down Meta", "key_down c", "key_up Meta", "key_up c"]);
  });

  it("is made up for when Meta goes up that was held before the view had the focus", () => {
    key("keydown", { key: "c", code: "KeyC", metaKey: true });
    key("keydown", { key: "Shift", code: "ShiftLeft", metaKey: true, shiftKey: true });
    key("keyup", { key: "Meta", code: "MetaLeft", shiftKey: true });
    expect(story()).toEqual(["key_down c", "key_down Shift", "key_up c"]);
  });

  it("is not waited for after CapsLock, which macOS releases when it is pressed again", () => {
    key("keydown", { key: "CapsLock", code: "CapsLock" });
    expect(story()).toEqual(["key_down CapsLock", "key_up CapsLock"]);
    key("keyup", { key: "CapsLock", code: "CapsLock" });
    expect(sent).toHaveLength(2);
  });

  it("is not made up for where the browser never shows the key", () => {
    key("keydown", { key: "Meta", code: "MetaLeft" });
    key("keydown", { key: "AltGraph", code: "AltRight" });
    key("keydown", { key: "a", code: "KeyA" });
    pointer();
    expect(story()).toEqual(["key_down Meta", "key_down AltGraph", "key_down a"]);
  });
});
