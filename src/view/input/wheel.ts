/** Listens to the wheel on the picture. */
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import type { EventThrottle } from "./eventThrottle";
import { buttonsOf, modifiersOf } from "./modifiers";
import type { LocatePointer } from "./pointer";

/** The delta of one wheel notch in the event specification. */
const NOTCH = 100;
/** Lines per notch: the default of Windows, and of Firefox, which reports lines. */
const LINES_PER_NOTCH = 3;
/** Pages per notch, if the system is set to scroll by pages. */
const PAGES_PER_NOTCH = 1;

/**
 * Converts a wheel's delta to the event specification's unit, in which one notch is about 100. A
 * delta in pixels has that unit.
 *
 * @param deltaMode - WheelEvent.deltaMode: 0 pixels, 1 lines, 2 pages.
 */
export function wheelDelta(delta: number, deltaMode: number): number {
  if (deltaMode === 1) return (delta * NOTCH) / LINES_PER_NOTCH;
  if (deltaMode === 2) return (delta * NOTCH) / PAGES_PER_NOTCH;
  return delta;
}

/** What a {@link WheelInput} depends on. */
export interface WheelInputOptions {
  readonly element: HTMLElement;
  readonly throttle: EventThrottle;
  readonly locate: LocatePointer;
  /** Whether the view has the focus; otherwise the wheel scrolls the page. */
  hasFocus(): boolean;
}

/**
 * Sends wheel events while the view has the focus, and prevents the page from scrolling unless Alt
 * is held.
 */
export class WheelInput implements Disposable {
  readonly #disposables = new Disposables();

  constructor(options: WheelInputOptions) {
    const onWheel = (event: WheelEvent): void => {
      if (!options.hasFocus()) return;
      if (!event.altKey) event.preventDefault();
      // Firefox reports pixels unless deltaMode is read before the deltas.
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
