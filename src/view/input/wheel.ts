/** Listens to the wheel on the picture. */
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import type { EventThrottle } from "./eventThrottle";
import { buttonsOf, modifiersOf } from "./modifiers";
import type { LocatePointer } from "./pointer";

/** What one notch of a wheel amounts to in the event spec. */
const NOTCH = 100;
/** Lines that one notch scrolls: the default of Firefox, the browser that counts in lines, and of Windows. */
const LINES_PER_NOTCH = 3;
/** Pages that one notch scrolls, where the system is set to scroll by pages. */
const PAGES_PER_NOTCH = 1;

/**
 * A wheel's delta in the event spec's unit, in which one notch is about 100. Pixels are that already.
 *
 * @param deltaMode - WheelEvent.deltaMode: 0 pixels, 1 lines, 2 pages.
 */
export function wheelDelta(delta: number, deltaMode: number): number {
  if (deltaMode === 1) return (delta * NOTCH) / LINES_PER_NOTCH;
  if (deltaMode === 2) return (delta * NOTCH) / PAGES_PER_NOTCH;
  return delta;
}

/** What {@link WheelInput} needs of its view. */
export interface WheelInputOptions {
  readonly element: HTMLElement;
  readonly throttle: EventThrottle;
  readonly locate: LocatePointer;
  /** Whether the view has the focus; without it the wheel scrolls the page. */
  hasFocus(): boolean;
}

/** Sends wheel events while the view has the focus, and then keeps the page from scrolling unless alt is held. */
export class WheelInput implements Disposable {
  readonly #disposables = new Disposables();

  constructor(options: WheelInputOptions) {
    const onWheel = (event: WheelEvent): void => {
      if (!options.hasFocus()) return;
      if (!event.altKey) event.preventDefault();
      // Firefox counts in pixels unless deltaMode is read before the deltas.
      const mode = event.deltaMode;
      options.throttle.push("wheel", {
        type: "wheel",
        timestamp: event.timeStamp / 1000,
        ...options.locate(event),
        dx: wheelDelta(event.deltaX, mode),
        dy: wheelDelta(event.deltaY, mode),
        buttons: buttonsOf(event.buttons),
        modifiers: modifiersOf(event),
      });
    };
    this.#disposables.listen(options.element, "wheel", onWheel, { passive: false });
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
