/** Listens to keys and typed text while the view has the focus. */
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import { nowInSeconds } from "../../picture/timers";
import type { EventThrottle } from "./eventThrottle";
import { isDefaultPrevented, isModifierKey, keyName, LeaveGesture } from "./keyNames";
import { modifiersOf } from "./modifiers";

/** A char event holds at most so many UTF-16 units, half of what the protocol takes: a long paste is sent in pieces. */
const MAX_TEXT_LENGTH = 2048;

/** What {@link KeyboardInput} needs of its view. */
export interface KeyboardInputOptions {
  /**
   * A text area without visible text that has the focus while the view has it. A text area, because only something that can
   * be typed into gets text from an input method, and because pages leave its keys alone.
   */
  readonly textArea: HTMLTextAreaElement;
  readonly throttle: EventThrottle;
  /** Escape was pressed twice. */
  onLeave(): void;
}

/** Sends key_down, key_up (no repeats, each key up under the name that it went down with), char, focus_in and focus_out. */
export class KeyboardInput implements Disposable {
  readonly #disposables = new Disposables();
  readonly #options: KeyboardInputOptions;
  readonly #leave = new LeaveGesture();
  /** The keys that are down: the physical key to the name that was sent. */
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

  /** Stops listening. Keys that are down go up. */
  dispose(): void {
    if (this.#disposables.isDisposed) return;
    this.#releaseAll();
    this.#disposables.dispose();
  }

  #onKeyDown(event: KeyboardEvent): void {
    // The page's own handlers, such as a notebook's cell, would scroll or act on it.
    event.stopPropagation();
    // These keys belong to the input method; what they make comes as text.
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
    // macOS reports no key as released while Meta is held.
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
    // Some browsers report a composition's result again; compositionend has said it.
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

/** The beginning of a text, cut between two characters. */
function firstPiece(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  const unit = text.charCodeAt(MAX_TEXT_LENGTH - 1);
  const splitsPair = unit >= 0xd800 && unit <= 0xdbff;
  return text.slice(0, splitsPair ? MAX_TEXT_LENGTH - 1 : MAX_TEXT_LENGTH);
}
