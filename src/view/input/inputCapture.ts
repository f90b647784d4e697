/** Listens to all that a person does with a picture: pointers, wheel, keys, focus, its size, and whether it is in sight. */
import type { WireEvent } from "../../protocol/events";
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import { browserTimers, nowInSeconds } from "../../picture/timers";
import { Visibility } from "../visibility";
import { EventThrottle } from "./eventThrottle";
import { KeyboardInput } from "./keyboard";
import { locatePointer } from "./locate";
import { PointerInput } from "./pointer";
import { ResizeInput, type MeasuredSize } from "./resize";
import { WheelInput } from "./wheel";

/** What an {@link InputCapture} listens to. */
export interface InputElements {
  /** Shows the picture. Positions are measured from its top-left corner. */
  readonly picture: HTMLElement;
  /** Has the focus, and so gets the keys, while the picture has it. It shows nothing. */
  readonly textArea: HTMLTextAreaElement;
}

/** Who hears of what a person does. */
export interface InputListener {
  /** In the order in which it happened. Frequent events are throttled. Positions are in logical pixels. */
  onEvent(event: WireEvent): void;
  /** The picture was measured and has a size. Not throttled; the resize event follows. */
  onSize?(size: MeasuredSize): void;
  /** The picture came into sight or went out of it. */
  onVisibilityChange(isVisible: boolean): void;
}

/** Owns the listeners of one picture. */
export class InputCapture implements Disposable {
  readonly #disposables = new Disposables();
  readonly #elements: InputElements;
  readonly #listener: InputListener;
  readonly #throttle: EventThrottle;
  readonly #pointer: PointerInput;
  readonly #resize: ResizeInput;
  readonly #visibility: Visibility;
  #size: MeasuredSize | undefined;

  constructor(elements: InputElements, listener: InputListener) {
    this.#elements = elements;
    this.#listener = listener;
    const { picture, textArea } = elements;
    const own = this.#disposables;
    const throttle = new EventThrottle((event) => listener.onEvent(event), browserTimers);
    this.#throttle = own.add(throttle);
    const locate = (event: MouseEvent): { x: number; y: number } => this.#locate(event);
    // Disposed before what they send through: a pointer or key that is down goes up.
    this.#pointer = own.add(
      new PointerInput({
        element: picture,
        throttle,
        locate,
        onPress: (event) => this.#focusByPointer(event),
      }),
    );
    own.add(new WheelInput({ element: picture, throttle, locate, hasFocus: () => this.hasFocus }));
    own.add(new KeyboardInput({ textArea, throttle, onLeave: () => this.leave() }));
    this.#visibility = own.add(
      new Visibility(picture, (isVisible) => this.#onVisibilityChange(isVisible)),
    );
    this.#resize = own.add(new ResizeInput(picture, (size) => this.#onSize(size)));
  }

  /** Whether a person can see the picture. */
  get isVisible(): boolean {
    return this.#visibility.isVisible;
  }

  /** Whether keys and the wheel go to this picture. */
  get hasFocus(): boolean {
    const { textArea } = this.#elements;
    return (textArea.getRootNode() as Partial<DocumentOrShadowRoot>).activeElement === textArea;
  }

  /** The picture's place: as it is on the screen, and how many window pixels a logical one takes there (not 1 when scaled). */
  sizeOnScreen(): { width: number; height: number; scale: number } {
    const rect = this.#elements.picture.getBoundingClientRect();
    const { width, height } = this.#size ?? rect;
    return { width, height, scale: rect.width / (width || 1) || 1 };
  }

  /** Sets the least time between two frequent events in milliseconds, 0 for none. */
  setThrottle(milliseconds: number): void {
    this.#throttle.setInterval(milliseconds);
  }

  /** Takes the focus. */
  focus(): void {
    this.#elements.textArea.focus({ preventScroll: true });
  }

  /**
   * Gives the focus away: to the nearest element around the picture that takes one, such as a notebook's cell, whose shortcuts
   * work again then.
   */
  leave(): void {
    if (!this.hasFocus) return;
    const { textArea } = this.#elements;
    textArea.blur();
    const around = textArea.parentElement?.closest<HTMLElement>("[tabindex]");
    around?.focus({ preventScroll: true });
  }

  /** Says that the host put the picture into its page, or is about to take it out or hide it. */
  setAttached(isAttached: boolean): void {
    this.#visibility.set("attached", isAttached);
    if (isAttached) this.measure();
  }

  /** Measures now, where the browser's observers would tell later. */
  measure(): void {
    this.#resize.measure();
  }

  /** Gives the focus away and stops listening. What is down goes up. */
  dispose(): void {
    if (this.#disposables.isDisposed) return;
    this.#pointer.releaseAll();
    this.leave();
    this.#disposables.dispose();
  }

  #onSize(size: MeasuredSize): void {
    const isVisible = size.pwidth > 0 && size.pheight > 0;
    if (isVisible) {
      this.#size = size;
      this.#listener.onSize?.(size);
      this.#throttle.push("resize", { type: "resize", timestamp: nowInSeconds(), ...size });
    }
    this.#visibility.set("sized", isVisible);
  }

  #onVisibilityChange(isVisible: boolean): void {
    // Whoever types must see where. A tab in the background keeps its focus for when it comes back.
    if (!isVisible && !this.#visibility.isInPage) {
      this.#pointer.releaseAll();
      this.leave();
    }
    this.#throttle.flush();
    this.#listener.onVisibilityChange(isVisible);
  }

  #focusByPointer(event: PointerEvent): void {
    // A finger's press must not bring up the screen's keyboard over the picture.
    this.#elements.textArea.inputMode = event.pointerType === "touch" ? "none" : "text";
    this.focus();
  }

  /** Right under scrolling, zoom and CSS transforms, and also outside the picture while the pointer is captured. */
  #locate(event: MouseEvent): { x: number; y: number } {
    const { picture } = this.#elements;
    return locatePointer(picture, this.#size ?? picture.getBoundingClientRect(), event);
  }
}
