/** One view: shows frames on a canvas, and tells what the user does there. */
import type { WireEvent } from "../protocol/events";
import type { Disposable } from "../protocol/transport";
import { CanvasPainter } from "./canvasPainter";
import { Disposables } from "./disposables";
import { createViewElements, DEFAULT_LABEL, type ViewElements } from "./elements";
import { CornerDrag } from "./input/cornerDrag";
import { DEFAULT_THROTTLE_MS, EventThrottle } from "./input/eventThrottle";
import { KeyboardInput } from "./input/keyboard";
import { PointerInput } from "./input/pointer";
import { ResizeInput, type MeasuredSize } from "./input/resize";
import { WheelInput } from "./input/wheel";
import type { Painting } from "./painting";
import { DEFAULT_CSS_SIZE, maxSide, usableLength } from "./sizeRules";
import { browserTimers, nowInSeconds } from "./timers";
import { Visibility } from "./visibility";

/** How a view looks and behaves. */
export interface ViewProperties {
  /** The picture's width, any CSS length or percentage. @defaultValue "500px" */
  readonly cssWidth: string;
  /** The picture's height, any CSS length or percentage. @defaultValue "300px" */
  readonly cssHeight: string;
  /** Whether the corner can be dragged. @defaultValue true */
  readonly resizable: boolean;
  /** A CSS cursor. @defaultValue "default" */
  readonly cursor: string;
  /** The title, which is the view's accessible name too. @defaultValue "" */
  readonly title: string;
  /** Whether the title bar shows. @defaultValue false */
  readonly hasTitlebar: boolean;
  /** Whether the title bar has a button that rolls the view up. @defaultValue false */
  readonly isMinimizable: boolean;
  /** Whether the title bar has a button that closes the view. @defaultValue false */
  readonly isClosable: boolean;
  /** The least time between two moves, wheel events or resizes, in milliseconds. 0 for none. @defaultValue 20 */
  readonly throttle: number;
  /** Whether a picture of another size than the view is smoothed. @defaultValue true */
  readonly smoothing: boolean;
}

/** The properties that a new view has. */
export const DEFAULT_VIEW_PROPERTIES: ViewProperties = {
  cssWidth: DEFAULT_CSS_SIZE.width,
  cssHeight: DEFAULT_CSS_SIZE.height,
  resizable: true,
  cursor: "default",
  title: "",
  hasTitlebar: false,
  isMinimizable: false,
  isClosable: false,
  throttle: DEFAULT_THROTTLE_MS,
  smoothing: true,
};

/** Who hears of a view. */
export interface ViewListener {
  /** The user did something, or the view changed size. In the order in which it happened. */
  onEvent(event: WireEvent): void;
  /** The view came into sight or went out of it. */
  onVisibilityChange(isVisible: boolean): void;
  /** The user pressed the close button. */
  onCloseRequest(): void;
}

/**
 * The element that shows frames. Put {@link element} into a page, give it pictures, and dispose it in the end.
 *
 * It knows neither Jupyter nor WebSocket: frames come through {@link paint}, events go to the listener.
 */
export class FrameBufferView implements Disposable {
  readonly #disposables = new Disposables();
  readonly #elements: ViewElements = createViewElements(document);
  readonly #listener: ViewListener;
  readonly #throttle: EventThrottle;
  readonly #painter: CanvasPainter;
  readonly #pointer: PointerInput;
  readonly #resize: ResizeInput;
  readonly #visibility: Visibility;
  #properties: ViewProperties = DEFAULT_VIEW_PROPERTIES;
  #size: MeasuredSize | undefined;
  #isMinimized = false;

  constructor(listener: ViewListener, properties: Partial<ViewProperties> = {}) {
    this.#listener = listener;
    const { canvas, textArea, corner, panel, minimizeButton, closeButton } = this.#elements;
    const own = this.#disposables;
    this.#throttle = own.add(new EventThrottle((event) => listener.onEvent(event), browserTimers));
    this.#painter = own.add(new CanvasPainter(canvas));
    const locate = (event: MouseEvent): { x: number; y: number } => this.#locate(event);
    // Disposed before what they send through: a pointer or key that is down goes up.
    this.#pointer = own.add(
      new PointerInput({
        element: canvas,
        throttle: this.#throttle,
        locate,
        onPress: (event) => this.#focusByPointer(event),
      }),
    );
    own.add(
      new WheelInput({
        element: canvas,
        throttle: this.#throttle,
        locate,
        hasFocus: () => this.hasFocus,
      }),
    );
    own.add(new KeyboardInput({ textArea, throttle: this.#throttle, onLeave: () => this.leave() }));
    this.#visibility = own.add(
      new Visibility(canvas, (isVisible) => this.#onVisibilityChange(isVisible)),
    );
    this.#resize = own.add(new ResizeInput(canvas, (size) => this.#onSize(size)));
    own.add(
      new CornerDrag(
        corner,
        () => this.#sizeOnScreen(),
        ({ width, height }) => {
          panel.style.width = `${width}px`;
          panel.style.height = `${height}px`;
        },
      ),
    );
    own.listen(minimizeButton, "click", () => this.#setMinimized(!this.#isMinimized));
    own.listen(closeButton, "click", () => listener.onCloseRequest());
    own.addCallback(() => this.#elements.root.remove());
    this.#applyAll();
    this.update(properties);
  }

  /** The element to put into a page. */
  get element(): HTMLElement {
    return this.#elements.root;
  }

  /** Whether a person can see the picture. */
  get isVisible(): boolean {
    return this.#visibility.isVisible;
  }

  /** Whether keys and the wheel go to this view. */
  get hasFocus(): boolean {
    return document.activeElement === this.#elements.textArea;
  }

  /** Changes properties. A size that the user gave by dragging stays until css width or height change. */
  update(properties: Partial<ViewProperties>): void {
    const before = this.#properties;
    this.#properties = { ...before, ...properties };
    this.#apply((key) => this.#properties[key] !== before[key]);
  }

  /** The canvas, which holds the picture as it is by now. */
  get canvas(): HTMLCanvasElement {
    return this.#elements.canvas;
  }

  /**
   * Shows a picture, or changes parts of it. The painting stays the caller's.
   *
   * @throws RangeError when a part lies outside the picture.
   */
  paint(painting: Painting): void {
    if (this.#disposables.isDisposed) return;
    this.#painter.paint(painting);
    this.#elements.root.classList.remove("jupyter-rfb-is-empty");
  }

  /** Takes the focus. */
  focus(): void {
    this.#elements.textArea.focus({ preventScroll: true });
  }

  /**
   * Gives the focus away: to the nearest element around the view that takes one, such as the notebook's cell, whose shortcuts
   * work again then.
   */
  leave(): void {
    if (!this.hasFocus) return;
    this.#elements.textArea.blur();
    const around = this.element.parentElement?.closest<HTMLElement>("[tabindex]");
    around?.focus({ preventScroll: true });
  }

  /** Says that the host put the view into its page, or is about to take it out or hide it. */
  setAttached(isAttached: boolean): void {
    this.#visibility.set("attached", isAttached);
    if (isAttached) this.measure();
  }

  /** Measures now. For a host that knows that the size changed before the browser's observers tell. */
  measure(): void {
    this.#resize.measure();
  }

  /** Takes the view out of the page and releases all that it holds. */
  dispose(): void {
    if (this.#disposables.isDisposed) return;
    this.#pointer.releaseAll();
    this.leave();
    this.#disposables.dispose();
  }

  #applyAll(): void {
    this.#elements.root.classList.add("jupyter-rfb-is-empty");
    this.#setMinimized(false);
    this.#apply(() => true);
  }

  #apply(hasChanged: (key: keyof ViewProperties) => boolean): void {
    const { root, panel, titleText, stage, textArea, canvas } = this.#elements;
    const now = this.#properties;
    if (hasChanged("cssWidth") || hasChanged("cssHeight")) {
      const width = usableLength(now.cssWidth, DEFAULT_CSS_SIZE.width, isCssLength);
      const height = usableLength(now.cssHeight, DEFAULT_CSS_SIZE.height, isCssLength);
      panel.style.width = width;
      panel.style.height = height;
      root.classList.toggle("jupyter-rfb-fills-width", width.includes("%"));
      root.classList.toggle("jupyter-rfb-fills-height", height.includes("%"));
    }
    if (hasChanged("title")) {
      titleText.textContent = now.title;
      for (const element of [stage, textArea]) {
        element.setAttribute("aria-label", now.title.trim() || DEFAULT_LABEL);
      }
    }
    if (hasChanged("cursor")) canvas.style.cursor = now.cursor;
    if (hasChanged("smoothing")) canvas.style.imageRendering = now.smoothing ? "auto" : "pixelated";
    if (hasChanged("throttle")) this.#throttle.setInterval(now.throttle);
    root.classList.toggle("jupyter-rfb-is-resizable", now.resizable);
    root.classList.toggle("jupyter-rfb-has-titlebar", now.hasTitlebar);
    root.classList.toggle("jupyter-rfb-is-minimizable", now.isMinimizable);
    root.classList.toggle("jupyter-rfb-is-closable", now.isClosable);
    // What was rolled up must not stay so without the button that unrolls it.
    if (!now.hasTitlebar || !now.isMinimizable) this.#setMinimized(false);
  }

  #setMinimized(isMinimized: boolean): void {
    const { root, minimizeButton } = this.#elements;
    if (isMinimized) this.leave();
    this.#isMinimized = isMinimized;
    root.classList.toggle("jupyter-rfb-is-minimized", isMinimized);
    const label = isMinimized ? "Restore" : "Minimize";
    minimizeButton.setAttribute("aria-label", label);
    minimizeButton.title = label;
    minimizeButton.setAttribute("aria-expanded", String(!isMinimized));
  }

  #onSize(size: MeasuredSize): void {
    const isVisible = size.pwidth > 0 && size.pheight > 0;
    if (isVisible) {
      const { panel } = this.#elements;
      const most = `${maxSide(size.ratio)}px`;
      // A panel wider than its surroundings would be cut off by a notebook's output, and its resize corner with it.
      panel.style.maxWidth = `min(100%, ${most})`;
      panel.style.maxHeight = most;
      this.#size = size;
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

  /** Right under scrolling, zoom and CSS scaling, and also outside the picture while the pointer is captured. */
  #locate(event: MouseEvent): { x: number; y: number } {
    const rect = this.#elements.canvas.getBoundingClientRect();
    const { width, height } = this.#size ?? rect;
    return {
      x: ((event.clientX - rect.left) * width) / (rect.width || 1),
      y: ((event.clientY - rect.top) * height) / (rect.height || 1),
    };
  }

  #sizeOnScreen(): { width: number; height: number; scale: number } {
    const rect = this.#elements.canvas.getBoundingClientRect();
    const { width, height } = this.#size ?? rect;
    return { width, height, scale: rect.width / (width || 1) || 1 };
  }
}

function isCssLength(length: string): boolean {
  return CSS.supports("width", length);
}
