/** Listens to keys and typed text while the view has the focus. */
import { nowInSeconds } from "../../picture/index";
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import { SUPPRESS_SHORTCUTS } from "../elements";
import { windowOf } from "../windowOf";
import type { EventThrottle } from "./eventThrottle";
import { HeldKeys, type HeldKey } from "./heldKeys";
import { isDefaultPrevented, isModifierKey, keyName, LeaveGesture } from "./keyNames";
import type { KeyPress } from "./passedKeys";
import { modifiersOf, type ModifierState } from "./modifiers";

/**
 * The longest text of a char event in UTF-16 code units: half the protocol's limit. A longer paste
 * is sent in pieces.
 */
const MAX_TEXT_LENGTH = 2048;

/**
 * The `keyCode` of a key that an input method handles. In Safari it is the only sign of the Enter
 * that ends a composition, which comes after compositionend.
 *
 * @see https://www.w3.org/TR/uievents/#determine-keydown-keyup-keyCode
 */
const INPUT_METHOD_KEY_CODE = 229;

/** macOS reports the release of this key when it is pressed the next time, so it is never held. */
const LOCK_KEY = "CapsLock";

/**
 * What keys do to a text besides inserting characters, as an `input_type` and a text. The empty
 * text area gets no input event for them.
 */
const EDITING_KEYS: Readonly<Record<string, readonly [inputType: string, text: string]>> = {
  Backspace: ["deleteContentBackward", ""],
  Enter: ["insertLineBreak", "\n"],
};

/** The modifier keys that an event states, and its time in milliseconds. */
export type KeyState = ModifierState & Pick<Event, "timeStamp">;

/** What a {@link KeyboardInput} depends on. */
export interface KeyboardInputOptions {
  /**
   * A text area without visible text that has the focus while the view has it. Only an editable
   * element receives text from an input method, and pages ignore keys that belong to one.
   */
  readonly textArea: HTMLTextAreaElement;
  readonly throttle: EventThrottle;
  /** Escape was pressed twice. */
  onLeave(): void;
}

/**
 * Sends key_down, key_up, char, focus_in and focus_out events. Keys do not repeat, but text does.
 * Each key_up has the name of its key_down.
 */
export class KeyboardInput implements Disposable {
  readonly #disposables = new Disposables();
  readonly #options: KeyboardInputOptions;
  readonly #leave = new LeaveGesture();
  readonly #held = new HeldKeys();
  /** Whether the key that went down last is held until it repeats. */
  #isRepeating = false;
  #isPassed: (press: KeyPress) => boolean = () => false;

  constructor(options: KeyboardInputOptions) {
    this.#options = options;
    const { textArea, throttle } = options;
    const on = this.#disposables;
    // Before the page's own listeners.
    on.listen(windowOf(textArea), "keydown", (event) => this.#pass(event), { capture: true });
    on.listen(textArea, "keydown", (event) => this.#onKeyDown(event));
    on.listen(textArea, "keyup", (event) => this.#onKeyUp(event));
    on.listen(textArea, "input", (event) => this.#onInput(event as InputEvent));
    // The ContextMenu key: otherwise the page's menu would open and take the focus. No pointer
    // reaches the text area.
    on.listen(textArea, "contextmenu", (event) => {
      event.preventDefault();
      event.stopPropagation();
    });
    on.listen(textArea, "compositionend", (event) => {
      this.#sendText(event.data, false, "insertFromComposition", event);
      textArea.value = "";
    });
    on.listen(textArea, "focus", (event) => {
      throttle.send({ type: "focus_in", timestamp: event.timeStamp / 1000 });
    });
    on.listen(textArea, "blur", (event) => {
      this.releaseAll();
      this.#isRepeating = false;
      textArea.value = "";
      throttle.send({ type: "focus_out", timestamp: event.timeStamp / 1000 });
    });
  }

  /** Sets which keys are left to the page. */
  setPassedKeys(isPassed: (press: KeyPress) => boolean): void {
    this.#isPassed = isPassed;
  }

  /**
   * Sends the key_up of modifier keys that are not held any more by an event of any kind, though
   * their release never came. Call it before the event itself is sent.
   */
  reconcile(event: KeyState): void {
    for (const lost of this.#held.reconcile(event)) {
      this.#send("key_up", lost, event);
      if (lost.key === "Meta") this.#releaseWithMeta(event);
    }
  }

  /** Reports the held keys as up, all or some of them by their names. */
  releaseAll(which?: (key: string) => boolean): void {
    for (const held of this.#held.releaseAll(which)) this.#send("key_up", held);
  }

  /** Stops listening and releases held keys. */
  dispose(): void {
    if (this.#disposables.isDisposed) return;
    this.releaseAll();
    this.#disposables.dispose();
  }

  /** Lets JupyterLab take a key that is left to it: for the rest of the event's dispatch. */
  #pass(event: KeyboardEvent): void {
    const { textArea } = this.#options;
    if (event.target !== textArea || !this.#isPassed(event)) return;
    textArea.removeAttribute(SUPPRESS_SHORTCUTS);
    setTimeout(() => textArea.setAttribute(SUPPRESS_SHORTCUTS, "true"), 0);
  }

  #onKeyDown(event: KeyboardEvent): void {
    if (this.#isPassed(event)) return;
    // Otherwise the page, for example a notebook's cell, would react to the key.
    event.stopPropagation();
    // The input method handles these keys; their result arrives as text.
    if (event.isComposing || event.key === "Process" || event.key === "") return;
    if (keyCodeOf(event) === INPUT_METHOD_KEY_CODE) return;
    const key = keyName(event.key);
    const timestamp = event.timeStamp / 1000;
    const editing = isPlain(event) ? EDITING_KEYS[key] : undefined;
    if (editing !== undefined || isDefaultPrevented(key, event)) event.preventDefault();
    this.#isRepeating = event.repeat;
    if (!event.repeat) {
      this.reconcile(event);
      const held = { key, code: event.code };
      const lost = this.#held.press(held, event);
      if (lost !== undefined) this.#send("key_up", lost, event);
      this.#send("key_down", held, event);
      if (key === LOCK_KEY) this.releaseAll((name) => name === LOCK_KEY);
    }
    if (editing !== undefined) this.#sendText(editing[1], false, editing[0], event);
    if (!event.repeat && this.#leave.press(key, timestamp)) this.#options.onLeave();
  }

  #onKeyUp(event: KeyboardEvent): void {
    event.stopPropagation();
    this.#isRepeating = false;
    const key = keyName(event.key);
    const released = this.#held.release({ key, code: event.code });
    if (released !== undefined) this.#send("key_up", released, event);
    // Also if Meta was held before the view had the focus.
    if (key === "Meta") this.#releaseWithMeta(event);
    this.reconcile(event);
  }

  /** Meta went up. macOS does not report the release of other keys while it is held. */
  #releaseWithMeta(event: KeyState): void {
    const released = this.#held.releaseAll((name) => !isModifierKey(name));
    for (const held of released) this.#send("key_up", held, event);
  }

  #send(type: "key_down" | "key_up", { key, code }: HeldKey, event?: KeyState): void {
    this.#options.throttle.send({
      type,
      timestamp: event === undefined ? nowInSeconds() : event.timeStamp / 1000,
      key,
      ...(code === "" ? {} : { code }),
      modifiers: event === undefined ? [] : modifiersOf(event),
    });
  }

  #onInput(event: InputEvent): void {
    const type = event.inputType;
    if (event.isComposing) {
      this.#sendText(event.data ?? "", true, type, event);
      return;
    }
    this.#options.textArea.value = "";
    // Some browsers report a composition's result again after compositionend.
    if (type.includes("Composition")) return;
    this.#sendText(event.data ?? "", false, type, event);
  }

  #sendText(text: string, isComposing: boolean, inputType: string, event: Event): void {
    let rest = text;
    do {
      const piece = firstPiece(rest);
      rest = rest.slice(piece.length);
      this.#options.throttle.send({
        type: "char",
        timestamp: event.timeStamp / 1000,
        data: piece,
        is_composing: isComposing,
        input_type: inputType,
        repeat: this.#isRepeating,
      });
    } while (rest !== "");
  }
}

/** Whether no key is held that makes a command of another one. */
function isPlain({ altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return !altKey && !ctrlKey && !metaKey;
}

/** Deprecated, and yet the only field that says that an input method handles the key. */
function keyCodeOf(event: { readonly keyCode?: number }): number | undefined {
  return event.keyCode;
}

/** The beginning of a text, cut between two characters, not inside a surrogate pair. */
function firstPiece(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  const unit = text.charCodeAt(MAX_TEXT_LENGTH - 1);
  const splitsPair = unit >= 0xd800 && unit <= 0xdbff;
  return text.slice(0, splitsPair ? MAX_TEXT_LENGTH - 1 : MAX_TEXT_LENGTH);
}
