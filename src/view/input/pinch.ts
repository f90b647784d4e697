/** Listens to pinches on a touchpad in Safari, which reports them by events of its own. */
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import { modifiersOf } from "./modifiers";
import type { WheelInputOptions } from "./wheel";

/**
 * Safari's GestureEvent, which no other browser has.
 *
 * @see https://developer.apple.com/documentation/webkitjs/gestureevent
 */
interface GestureEvent extends MouseEvent {
  /** How far apart the fingers are, compared with the beginning of the gesture. */
  readonly scale: number;
}

/** What a {@link PinchInput} depends on. */
export interface PinchInputOptions extends WheelInputOptions {
  /** Whether a pointer is down: the fingers on a touch screen, which are reported as touches. */
  isPressed(): boolean;
}

/**
 * Sends a pinch as other browsers report it, as a wheel event with Control, while the view has the
 * focus; it then doesn't zoom the page, unless Alt is held.
 */
export class PinchInput implements Disposable {
  readonly #disposables = new Disposables();
  readonly #options: PinchInputOptions;
  #scale = 1;

  constructor(options: PinchInputOptions) {
    this.#options = options;
    const { element } = options;
    const on = this.#disposables;
    on.listen(element, "gesturestart", (event: Event) => {
      this.#scale = 1;
      this.#take(event as GestureEvent);
    });
    on.listen(element, "gesturechange", (event: Event) => this.#take(event as GestureEvent));
  }

  /** Stops listening. */
  dispose(): void {
    this.#disposables.dispose();
  }

  #take(event: GestureEvent): void {
    const options = this.#options;
    if (!options.hasFocus() || options.isPressed()) return;
    if (!event.altKey) event.preventDefault();
    const dy = pinchDelta(this.#scale, event.scale);
    this.#scale = event.scale;
    if (dy === 0) return;
    options.throttle.push("wheel", {
      type: "wheel",
      timestamp: event.timeStamp / 1000,
      ...options.locate(event),
      dx: 0,
      dy,
      buttons: [],
      modifiers: modifiersOf({
        shiftKey: event.shiftKey,
        ctrlKey: true,
        altKey: event.altKey,
        metaKey: event.metaKey,
      }),
    });
  }
}

/**
 * The wheel's delta for a pinch from one scale to another. Chromium and Firefox use the same
 * function: fingers that move apart by a factor of e give -100.
 */
export function pinchDelta(before: number, now: number): number {
  const delta = -100 * Math.log(now / before);
  return Number.isFinite(delta) ? delta : 0;
}
