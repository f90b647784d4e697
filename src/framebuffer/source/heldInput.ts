import { withBothNames, type KeyEvent, type PointerEvent } from "../../protocol/events";
import type { StreamRfbEvent } from "../../protocol/parseClientMessage";

/** Keys, or buttons, that are remembered. Nobody holds more; the oldest are forgotten. */
const MAX_HELD = 64;

/** What a viewer holds down, according to its events. */
export class HeldInput {
  /** The key_down of each key that is down. */
  readonly #keys = new Map<string, KeyEvent>();
  /** The buttons that are down. Each finger is a button of its own. */
  #buttons: number[] = [];
  /** The newest event of a pointer. */
  #pointer: PointerEvent | undefined;
  #isInside = false;
  /** When the viewer's newest event happened, by its own clock. */
  #timestamp = 0;

  /** Whether nothing is held down. */
  get isEmpty(): boolean {
    return this.#keys.size === 0 && this.#buttons.length === 0;
  }

  /** Takes an event of the viewer. */
  record(event: StreamRfbEvent): void {
    this.#timestamp = event.timestamp;
    if ("touches" in event) this.#recordPointer(event);
    else if (event.event_type === "key_up") this.#keys.delete(idOf(event));
    else if (event.event_type === "key_down") {
      this.#keys.set(idOf(event), event);
      const [oldest] = this.#keys.keys();
      if (this.#keys.size > MAX_HELD && oldest !== undefined) this.#keys.delete(oldest);
    }
  }

  /** Releases everything: the events that the viewer would have sent for it. */
  release(): StreamRfbEvent[] {
    const ups = this.#buttons.map((button, at) =>
      this.#pointerEvent("pointer_up", button, this.#buttons.slice(at + 1)),
    );
    const leaves = this.#isInside ? [this.#pointerEvent("pointer_leave", 0, [])] : [];
    const keyUps = [...this.#keys.values()].map(({ key, code }) =>
      withBothNames({
        type: "key_up",
        timestamp: this.#timestamp,
        key,
        ...(code === undefined ? {} : { code }),
        modifiers: [],
      }),
    );
    this.#buttons = [];
    this.#isInside = false;
    this.#keys.clear();
    return [...ups, ...leaves, ...keyUps].filter((event) => event !== undefined);
  }

  #recordPointer(event: PointerEvent): void {
    this.#pointer = event;
    const { button, buttons, event_type, ntouches } = event;
    if (event_type === "pointer_enter") this.#isInside = true;
    else if (event_type === "pointer_leave") this.#isInside = false;
    else if (event_type === "pointer_down") {
      this.#buttons = [...this.#buttons, button].slice(-MAX_HELD);
    } else if (event_type === "pointer_up") {
      // One event can release all buttons of a mouse.
      const isAll = buttons.length === 0 && ntouches === 0;
      const at = this.#buttons.indexOf(button);
      this.#buttons = isAll ? [] : this.#buttons.filter((_, index) => index !== at);
    }
  }

  #pointerEvent(
    type: "pointer_up" | "pointer_leave",
    button: number,
    buttons: readonly number[],
  ): StreamRfbEvent | undefined {
    return (
      this.#pointer && {
        ...this.#pointer,
        event_type: type,
        type,
        time_stamp: this.#timestamp,
        timestamp: this.#timestamp,
        button,
        buttons,
        modifiers: [],
        ntouches: 0,
        touches: {},
      }
    );
  }
}

/** With Shift a key has another name, but the same code. Not every viewer knows codes. */
function idOf({ code, key }: KeyEvent): string {
  return code === undefined || code === "" ? key : code;
}
