/**
 * Listens to a user's input on a picture (pointers, wheel, keys and focus), and to its size and
 * visibility.
 */
import { browserFrames, browserTimers, nowInSeconds } from "../../picture/index";
import type { WireEvent } from "../../protocol/events";
import type { Disposable } from "../../protocol/transport";
import { withAncestors } from "../ancestors";
import { Disposables } from "../disposables";
import { Visibility } from "../visibility";
import { windowOf } from "../windowOf";
import { EventThrottle } from "./eventThrottle";
import { KeyboardInput } from "./keyboard";
import { isMac, passedKeys } from "./passedKeys";
import { locatePointer } from "./locate";
import { PinchInput } from "./pinch";
import { PointerInput } from "./pointer";
import { ResizeInput, type MeasuredSize } from "./resize";
import { WheelInput } from "./wheel";

/** The elements to which an {@link InputCapture} listens. */
export interface InputElements {
  /** Shows the picture. Positions are measured from the top-left corner of its content. */
  readonly picture: HTMLElement;
  /** Receives keyboard events: it has the focus while the picture has it. Shows nothing. */
  readonly textArea: HTMLTextAreaElement;
}

/** Receives the events of an {@link InputCapture}. */
export interface InputListener {
  /**
   * Called in the order of the events. Frequent events are throttled. Positions are in logical
   * pixels.
   */
  onEvent(event: WireEvent): void;
  /**
   * The picture has a new size that is not empty. Not throttled; called before the resize event.
   */
  onSize?(size: MeasuredSize): void;
  /** The picture became visible or hidden. */
  onVisibilityChange(isVisible: boolean): void;
}

/** The events that show which modifier keys are down. */
const RECONCILING = [
  ...["pointerenter", "pointerdown", "pointerrawupdate", "pointermove", "pointerup"],
  "wheel",
];

/** Owns all listeners of one picture. */
export class InputCapture implements Disposable {
  readonly #disposables = new Disposables();
  readonly #elements: InputElements;
  readonly #listener: InputListener;
  readonly #keyboard: KeyboardInput;
  readonly #throttle: EventThrottle;
  readonly #pointer: PointerInput;
  readonly #resize: ResizeInput;
  readonly #visibility: Visibility;
  #size: MeasuredSize | undefined;
  #hasTouchKeyboard = false;

  constructor(elements: InputElements, listener: InputListener) {
    this.#elements = elements;
    this.#listener = listener;
    const { picture, textArea } = elements;
    const own = this.#disposables;
    const throttle = new EventThrottle({
      send: (event) => listener.onEvent(event),
      timers: browserTimers,
      frames: browserFrames,
    });
    this.#throttle = own.add(throttle);
    const locate = (event: MouseEvent): { x: number; y: number } => this.#locate(event);
    // Added after the throttle, so that they are disposed first: they send the release of held
    // buttons and keys through it.
    this.#pointer = own.add(
      new PointerInput({
        element: picture,
        throttle,
        locate,
        onPress: (event) => this.#focusByPointer(event),
      }),
    );
    const wheel = { element: picture, throttle, locate, hasFocus: () => this.hasFocus };
    own.add(new WheelInput(wheel));
    own.add(new PinchInput({ ...wheel, isPressed: () => this.#pointer.isPressed }));
    this.#keyboard = own.add(
      new KeyboardInput({ textArea, throttle, onLeave: () => this.leave() }),
    );
    // In the capture phase, so that the release of a key comes before the event that revealed it.
    for (const type of RECONCILING) {
      const reconcile = (event: Event): void => this.#keyboard.reconcile(event as MouseEvent);
      own.listen(picture, type, reconcile, { capture: true, passive: true });
    }
    own.listen(picture, "click", () => this.#onClick());
    this.#visibility = own.add(
      new Visibility(picture, (isVisible) => this.#onVisibilityChange(isVisible)),
    );
    this.#resize = own.add(new ResizeInput(picture, (size) => this.#onSize(size)));
  }

  /** Whether the user can see the picture. */
  get isVisible(): boolean {
    return this.#visibility.isVisible;
  }

  /** Whether this picture receives keys and the wheel. */
  get hasFocus(): boolean {
    const { textArea } = this.#elements;
    return (textArea.getRootNode() as Partial<DocumentOrShadowRoot>).activeElement === textArea;
  }

  /**
   * The picture's size in logical pixels, the window pixels per logical pixel (`scale`), which is
   * not 1 under a CSS transform or CSS zoom, and the device pixels per logical pixel (`ratio`).
   */
  sizeOnScreen(): { width: number; height: number; scale: number; ratio: number } {
    const rect = this.#elements.picture.getBoundingClientRect();
    const { width, height } = this.#size ?? rect;
    const ratio = this.#size?.ratio ?? windowOf(this.#elements.picture).devicePixelRatio;
    return { width, height, scale: rect.width / (width || 1) || 1, ratio };
  }

  /**
   * Sets the shortest time between two frequent events, in milliseconds; 0 for no limit, null for
   * once for each frame of the screen.
   */
  setThrottle(milliseconds: number | null): void {
    this.#throttle.setInterval(milliseconds);
  }

  /** A receipt is about to be sent: events that wait go before it. */
  receiptIsDue(): void {
    this.#throttle.receiptIsDue();
  }

  /** Sets which keys are left to the page: shortcuts in JupyterLab's notation. */
  setPassedKeys(shortcuts: readonly string[]): void {
    this.#keyboard.setPassedKeys(passedKeys(shortcuts, isMac()));
  }

  /** Sets whether a tap on the picture brings up the on-screen keyboard. */
  setTouchKeyboard(isWanted: boolean): void {
    this.#hasTouchKeyboard = isWanted;
  }

  /**
   * Moves the focus to this picture. On a device without a keyboard this brings up the on-screen
   * keyboard, if it is called while the browser handles a tap or a key.
   */
  focus(): void {
    const { textArea } = this.#elements;
    // Browsers bring up the keyboard only when an element gets the focus.
    if (this.hasFocus && textArea.inputMode === "none") textArea.blur();
    textArea.inputMode = "text";
    textArea.focus({ preventScroll: true });
  }

  /**
   * Moves the focus to the nearest focusable element around the picture, such as a notebook's cell,
   * whose keyboard shortcuts then work again.
   */
  leave(): void {
    if (!this.hasFocus) return;
    const { textArea } = this.#elements;
    textArea.blur();
    const around = [...withAncestors(textArea)].find((one) => one.matches("[tabindex]"));
    (around as HTMLElement | undefined)?.focus({ preventScroll: true });
  }

  /**
   * Releases all buttons and keys. Call it where the other end does so too: what the user lets go
   * of later is not reported a second time.
   */
  releaseAll(): void {
    this.#pointer.leaveAll();
    this.#keyboard.releaseAll();
  }

  /** Call this after inserting the picture into the page, and before removing or hiding it. */
  setAttached(isAttached: boolean): void {
    this.#visibility.set("attached", isAttached);
    if (isAttached) this.measure();
  }

  /** Measures the picture now, before the browser's observers report a new size. */
  measure(): void {
    this.#resize.measure();
  }

  /** Stops listening, releases held buttons and keys, and moves the focus away. */
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
    // A user must see where typed text goes. In a background tab the picture keeps the focus until
    // the tab is visible again.
    if (!isVisible && !this.#visibility.isInPage) {
      this.#pointer.releaseAll();
      this.leave();
    }
    this.#throttle.flush();
    this.#listener.onVisibilityChange(isVisible);
  }

  #focusByPointer(event: PointerEvent): void {
    const { textArea } = this.#elements;
    const isTouch = event.pointerType === "touch";
    // The tap that may follow brings up the keyboard: browsers do not allow it for a press.
    if (isTouch && this.#hasTouchKeyboard) return;
    // A touch must not open the on-screen keyboard over the picture.
    textArea.inputMode = isTouch ? "none" : "text";
    textArea.focus({ preventScroll: true });
  }

  /**
   * A press became a tap or a click. A tap brings up the keyboard, also if the view has the focus:
   * the user may have put the keyboard away.
   */
  #onClick(): void {
    if (this.#hasTouchKeyboard) this.focus();
  }

  /**
   * Correct with scrolling, zoom and CSS transforms, and outside the picture while the pointer is
   * captured.
   */
  #locate(event: MouseEvent): { x: number; y: number } {
    const { picture } = this.#elements;
    return locatePointer(picture, this.#size ?? picture.getBoundingClientRect(), event);
  }
}
