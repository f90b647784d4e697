/** Listens to keys and typed text while the view has the focus. */
import { nowInSeconds } from "../../picture/index";
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import type { EventThrottle } from "./eventThrottle";
import { isDefaultPrevented, isModifierKey, keyName, LeaveGesture } from "./keyNames";
import { modifiersOf } from "./modifiers";

/**
 * The longest text of a char event in UTF-16 code units: half the protocol's limit. A longer paste
 * is sent in pieces.
 */
const MAX_TEXT_LENGTH = 2048;

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
 * Sends key_down, key_up, char, focus_in and focus_out events. Sends no repeats, and each key_up
 * has the name of its key_down.
 */
export class KeyboardInput implements Disposable {
  readonly #disposables = new Disposables();
  readonly #options: KeyboardInputOptions;
  readonly #leave = new LeaveGesture();
  /** The held keys: from the physical key to the name that was sent. */
  readonly #down = new Map<string, string>();

  constructor(options: KeyboardInputOptions) {
    this.#options = options;
    const { textArea, throttle } = options;
    const on = this.#disposables;
    on.listen(textArea, "keydown", (event) => this.#onKeyDown(event));
    on.listen(textArea, "keyup", (event) => this.#onKeyUp(event));
    on.listen(textArea, "input", (event) => this.#onInput(event as InputEvent));
    on.listen(textArea, "compositionend", (event) => {
      this.#sendText(event.data, false, "insertFromComposition", event);
      textArea.value = "";
    });
    on.listen(textArea, "focus", (event) => {
      throttle.send({ type: "focus_in", timestamp: event.timeStamp / 1000 });
    });
    on.listen(textArea, "blur", (event) => {
      this.#releaseAll();
      textArea.value = "";
      throttle.send({ type: "focus_out", timestamp: event.timeStamp / 1000 });
    });
  }

  /** Stops listening and releases held keys. */
  dispose(): void {
    if (this.#disposables.isDisposed) return;
    this.#releaseAll();
    this.#disposables.dispose();
  }

  #onKeyDown(event: KeyboardEvent): void {
    // Otherwise the page, for example a notebook's cell, would react to the key.
    event.stopPropagation();
    // The input method handles these keys; their result arrives as text.
    if (event.isComposing || event.key === "Process" || event.key === "") return;
    const key = keyName(event.key);
    if (isDefaultPrevented(key, event)) event.preventDefault();
    if (event.repeat) return;
    this.#down.set(event.code || key, key);
    this.#options.throttle.send({
      type: "key_down",
      timestamp: event.timeStamp / 1000,
      key,
      modifiers: modifiersOf(event),
    });
    if (this.#leave.press(key, event.timeStamp / 1000)) this.#options.onLeave();
  }

  #onKeyUp(event: KeyboardEvent): void {
    event.stopPropagation();
    const id = event.code || keyName(event.key);
    const key = this.#down.get(id);
    if (key === undefined) return;
    this.#down.delete(id);
    this.#options.throttle.send({
      type: "key_up",
      timestamp: event.timeStamp / 1000,
      key,
      modifiers: modifiersOf(event),
    });
    // macOS does not report the release of keys while Meta is held.
    if (key === "Meta") this.#releaseAll((name) => !isModifierKey(name));
  }

  #releaseAll(which: (key: string) => boolean = () => true): void {
    for (const [id, key] of [...this.#down]) {
      if (!which(key)) continue;
      this.#down.delete(id);
      this.#options.throttle.send({
        type: "key_up",
        timestamp: nowInSeconds(),
        key,
        modifiers: [],
      });
    }
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
      });
    } while (rest !== "");
  }
}

/** The beginning of a text, cut between two characters, not inside a surrogate pair. */
function firstPiece(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  const unit = text.charCodeAt(MAX_TEXT_LENGTH - 1);
  const splitsPair = unit >= 0xd800 && unit <= 0xdbff;
  return text.slice(0, splitsPair ? MAX_TEXT_LENGTH - 1 : MAX_TEXT_LENGTH);
}
