/** Listens to mice, pens and fingers on the picture. */
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import type { EventThrottle } from "./eventThrottle";
import { buttonOf, buttonsOf, modifiersOf } from "./modifiers";
import { PointerState, type PointerSample, type PointerWireEvent } from "./pointerState";

/** Where an event happened, in logical pixels of the picture. */
export type LocatePointer = (event: MouseEvent) => { readonly x: number; readonly y: number };

/** What {@link PointerInput} needs of its view. */
export interface PointerInputOptions {
  /** The element that shows the picture. */
  readonly element: HTMLElement;
  readonly throttle: EventThrottle;
  readonly locate: LocatePointer;
  /** A pointer went down, so that the view shall take the focus. */
  onPress(event: PointerEvent): void;
}

/** The right button, as the DOM counts. */
const DOM_RIGHT_BUTTON = 2;
/** The button for "back", as the DOM counts; "forward" is the next. */
const DOM_BACK_BUTTON = 3;

/**
 * Sends the pointer events and double clicks, captures the pointer while it is down, and keeps what a press would do
 * otherwise (selecting text, the notebook's cell selection, the page's context menu, going back) from happening.
 *
 * Alt lets those defaults through. Shift with the right button belongs to the browser's own menu, and sends nothing.
 */
export class PointerInput implements Disposable {
  readonly #disposables = new Disposables();
  readonly #options: PointerInputOptions;
  readonly #state = new PointerState();
  #last: PointerSample | undefined;

  constructor(options: PointerInputOptions) {
    this.#options = options;
    const { element } = options;
    const on = this.#disposables;
    on.listen(element, "pointerdown", (event) => this.#onDown(event));
    on.listen(element, "pointermove", (event) => this.#emit(this.#state.move(this.#sample(event))));
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      on.listen(element, type, (event) => this.#emit(this.#state.up(this.#sample(event))));
    }
    on.listen(element, "pointerenter", (event) => {
      this.#emit(this.#state.cross("pointer_enter", this.#sample(event)));
    });
    on.listen(element, "pointerleave", (event) => {
      this.#emit(this.#state.cross("pointer_leave", this.#sample(event)));
    });
    on.listen(element, "dblclick", (event) => this.#onDoubleClick(event));
    // The page must not take these presses; listeners in the capture phase, such as a menu that closes, still see them.
    on.listen(element, "mousedown", keepFromPage);
    // A browser goes back or forward when the button is released.
    on.listen(element, "mouseup", (event) => {
      if (event.button >= DOM_BACK_BUTTON && !event.altKey) event.preventDefault();
    });
    on.listen(element, "contextmenu", (event) => {
      if (!event.shiftKey) keepFromPage(event);
    });
    on.listen(element, "dragstart", (event) => event.preventDefault());
  }

  /** Stops listening. Pointers that are down go up. */
  dispose(): void {
    if (this.#disposables.isDisposed) return;
    this.releaseAll();
    this.#disposables.dispose();
  }

  /** Reports pointers that are down as up: what they do next happens out of sight. */
  releaseAll(): void {
    for (const id of this.#state.downIds) {
      if (this.#last === undefined) return;
      this.#emit(this.#state.up({ ...this.#last, id, button: 0, buttons: [] }));
    }
  }

  #onDown(event: PointerEvent): void {
    if (event.shiftKey && event.button === DOM_RIGHT_BUTTON) return;
    this.#options.onPress(event);
    try {
      this.#options.element.setPointerCapture(event.pointerId);
    } catch {
      // A pointer that a script made up, or that is up already, cannot be captured; it works without.
    }
    this.#emit(this.#state.down(this.#sample(event)));
  }

  #onDoubleClick(event: MouseEvent): void {
    keepFromPage(event);
    this.#options.throttle.send({
      type: "double_click",
      timestamp: event.timeStamp / 1000,
      ...this.#options.locate(event),
      button: buttonOf(event.button),
      buttons: buttonsOf(event.buttons),
      modifiers: modifiersOf(event),
    });
  }

  #emit(events: readonly PointerWireEvent[]): void {
    const { throttle } = this.#options;
    for (const event of events) {
      const { type } = event;
      if (type === "pointer_move") throttle.push(`move ${this.#last?.id ?? 0}`, { ...event, type });
      else throttle.send(event);
    }
  }

  #sample(event: PointerEvent): PointerSample {
    this.#last = {
      id: event.pointerId,
      timestamp: event.timeStamp / 1000,
      ...this.#options.locate(event),
      pressure: event.pressure,
      button: buttonOf(event.button),
      buttons: buttonsOf(event.buttons),
      modifiers: modifiersOf(event),
    };
    return this.#last;
  }
}

function keepFromPage(event: MouseEvent): void {
  if (event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
}
