/** Listens to mice, pens and touches on the picture. */
import { nowInSeconds } from "../../picture/index";
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import { windowOf } from "../windowOf";
import type { EventThrottle } from "./eventThrottle";
import { buttonOf, buttonsOf, modifiersOf } from "./modifiers";
import { PointerState, type PointerSample, type PointerWireEvent } from "./pointerState";

/** Returns the position of an event in logical pixels of the picture. */
export type LocatePointer = (event: MouseEvent) => { readonly x: number; readonly y: number };

/** What a {@link PointerInput} depends on. */
export interface PointerInputOptions {
  /** The element that shows the picture. */
  readonly element: HTMLElement;
  readonly throttle: EventThrottle;
  readonly locate: LocatePointer;
  /** A pointer went down, so the view should take the focus. */
  onPress(event: PointerEvent): void;
}

/** The DOM's number of the right button. */
const DOM_RIGHT_BUTTON = 2;
/** The DOM's number of the "back" button. The next number is the "forward" button. */
const DOM_BACK_BUTTON = 3;

/**
 * Sends pointer events and double clicks, captures the pointer while it is down, and prevents the
 * default actions of a press: selecting text or notebook cells, opening the page's context menu,
 * going back.
 *
 * With Alt the default actions happen. Shift with the right button opens the browser's menu and
 * sends nothing.
 */
export class PointerInput implements Disposable {
  readonly #disposables = new Disposables();
  readonly #options: PointerInputOptions;
  readonly #state = new PointerState();
  /** The pointers over the picture. */
  readonly #inside = new Set<number>();
  /** The pointer that was released, while other events of its release may follow. */
  #released: number | undefined;
  /** Pointers whose `pointerleave` was ignored: their next `pointerenter` is ignored too. */
  readonly #stayed = new Set<number>();
  /** The newest move that was reported before its animation frame. */
  #rawMove: Pick<PointerEvent, "pointerId" | "timeStamp"> | undefined;

  constructor(options: PointerInputOptions) {
    this.#options = options;
    const { element } = options;
    const on = this.#disposables;
    on.listen(element, "pointerdown", (event) => this.#onDown(event));
    // Browsers that have it report a move by this at once, and by pointermove with the next
    // animation frame.
    on.listen(element, "pointerrawupdate", (event) => this.#onMove(event as PointerEvent));
    on.listen(element, "pointermove", (event) => this.#onMove(event));
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      on.listen(element, type, (event) => {
        if (type === "lostpointercapture") this.#released = event.pointerId;
        this.#emit(this.#state.up(this.#sample(event)));
      });
    }
    on.listen(element, "pointerenter", (event) => {
      if (this.#stayed.delete(event.pointerId)) return;
      this.#inside.add(event.pointerId);
      this.#emit(this.#state.cross("pointer_enter", this.#sample(event)));
    });
    on.listen(element, "pointerleave", (event) => {
      if (this.#hasStayed(event)) {
        this.#stayed.add(event.pointerId);
        return;
      }
      this.#inside.delete(event.pointerId);
      this.#emit(this.#state.cross("pointer_leave", this.#sample(event)));
    });
    on.listen(element, "dblclick", (event) => this.#onDoubleClick(event));
    // Hides the press from the page. Listeners in the capture phase, such as those that close a
    // menu, still see it.
    on.listen(element, "mousedown", hideFromPage);
    // Browsers go back or forward when the button is released.
    on.listen(element, "mouseup", (event) => {
      this.#released = undefined;
      if (event.button >= DOM_BACK_BUTTON && !event.altKey) event.preventDefault();
    });
    // With Shift the browser's own menu opens, with Alt the page's.
    on.listen(element, "contextmenu", (event) => {
      if (!event.shiftKey && !event.altKey) hideFromPage(event);
    });
    on.listen(element, "dragstart", (event) => event.preventDefault());
    // A release in another window is not reported here, and the specification has no pointer on the
    // picture while the application has no focus.
    on.listen(windowOf(element), "blur", () => this.leaveAll());
  }

  /** Whether any pointer is down. */
  get isPressed(): boolean {
    return this.#state.isAnyDown;
  }

  /** Stops listening and releases held buttons. */
  dispose(): void {
    if (this.#disposables.isDisposed) return;
    this.releaseAll();
    this.#disposables.dispose();
  }

  /** Reports all pointers that are down as up, because their next events may not arrive. */
  releaseAll(): void {
    this.#emit(this.#state.releaseAll(nowInSeconds()));
  }

  /** Reports all pointers as up and off the picture, until their next events. */
  leaveAll(): void {
    this.releaseAll();
    this.#stayed.clear();
    this.#emit(this.#state.leaveAll(nowInSeconds()));
  }

  /**
   * Whether a mouse is still over the picture despite its `pointerleave`. When WebKit ends a
   * mouse's capture, it fires `pointerleave` for everything under the mouse, and `pointerenter`
   * after the release.
   */
  #hasStayed({ pointerId, pointerType, relatedTarget, clientX, clientY }: PointerEvent): boolean {
    if (this.#released !== pointerId || pointerType !== "mouse" || relatedTarget !== null) {
      return false;
    }
    const { element } = this.#options;
    const root = element.getRootNode() as Partial<DocumentOrShadowRoot>;
    return element.contains(root.elementFromPoint?.(clientX, clientY) ?? null);
  }

  #onMove(event: PointerEvent): void {
    const { pointerId, timeStamp } = event;
    this.#released = undefined;
    this.#stayed.delete(pointerId);
    if (event.type === "pointerrawupdate") {
      // The first one comes before the event that the pointer enters.
      if (!this.#inside.has(pointerId)) return;
      this.#rawMove = { pointerId, timeStamp };
    } else if (this.#rawMove?.pointerId === pointerId && timeStamp <= this.#rawMove.timeStamp) {
      return;
    }
    this.#emit(this.#state.move(this.#sample(event)), pointerId);
  }

  #onDown(event: PointerEvent): void {
    this.#released = undefined;
    this.#stayed.delete(event.pointerId);
    if (event.shiftKey && event.button === DOM_RIGHT_BUTTON) return;
    this.#options.onPress(event);
    try {
      this.#options.element.setPointerCapture(event.pointerId);
    } catch {
      // A synthetic pointer, or one that is up already, cannot be captured. Its events arrive
      // without that.
    }
    this.#emit(this.#state.down(this.#sample(event)));
  }

  #onDoubleClick(event: MouseEvent): void {
    hideFromPage(event);
    this.#options.throttle.send({
      type: "double_click",
      timestamp: event.timeStamp / 1000,
      ...this.#options.locate(event),
      button: buttonOf(event.button),
      buttons: buttonsOf(event.buttons),
      modifiers: modifiersOf(event),
    });
  }

  /** @param pointerId - The pointer that moved; its moves may be merged. */
  #emit(events: readonly PointerWireEvent[], pointerId = 0): void {
    const { throttle } = this.#options;
    for (const event of events) {
      const { type } = event;
      if (type === "pointer_move") throttle.push(`move ${pointerId}`, { ...event, type });
      else throttle.send(event);
    }
  }

  #sample(event: PointerEvent): PointerSample {
    return {
      id: event.pointerId,
      timestamp: event.timeStamp / 1000,
      ...this.#options.locate(event),
      pressure: event.pressure,
      button: buttonOf(event.button),
      buttons: buttonsOf(event.buttons),
      modifiers: modifiersOf(event),
    };
  }
}

function hideFromPage(event: MouseEvent): void {
  if (event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
}
