/** One view: shows frames on a canvas, and tells what the user does there. */
import type { WireEvent } from "../protocol/events";
import type { Disposable } from "../protocol/transport";
import { CanvasPainter } from "../picture/canvasPainter";
import { Disposables } from "./disposables";
import { createViewElements, DEFAULT_LABEL, type ViewElements } from "./elements";
import { CornerDrag } from "./input/cornerDrag";
import { DEFAULT_THROTTLE_MS } from "./input/eventThrottle";
import { InputCapture } from "./input/inputCapture";
import type { Painting } from "../picture/painting";
import { DEFAULT_CSS_SIZE, maxSide, usableLength } from "./sizeRules";

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
  readonly #painter: CanvasPainter;
  readonly #input: InputCapture;
  #properties: ViewProperties = DEFAULT_VIEW_PROPERTIES;
  #isMinimized = false;

  constructor(listener: ViewListener, properties: Partial<ViewProperties> = {}) {
    const { canvas, textArea, corner, panel, minimizeButton, closeButton } = this.#elements;
    const own = this.#disposables;
    this.#painter = own.add(new CanvasPainter(canvas));
    this.#input = own.add(
      new InputCapture(
        { picture: canvas, textArea },
        {
          onEvent: (event) => listener.onEvent(event),
          onSize: ({ ratio }) => {
            const most = `${maxSide(ratio)}px`;
            // A panel wider than its surroundings would be cut off by a notebook's output, and its resize corner with it.
            panel.style.maxWidth = `min(100%, ${most})`;
            panel.style.maxHeight = most;
          },
          onVisibilityChange: (isVisible) => listener.onVisibilityChange(isVisible),
        },
      ),
    );
    own.add(
      new CornerDrag(
        corner,
        () => this.#input.sizeOnScreen(),
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
    return this.#input.isVisible;
  }

  /** Whether keys and the wheel go to this view. */
  get hasFocus(): boolean {
    return this.#input.hasFocus;
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
    this.#input.focus();
  }

  /**
   * Gives the focus away: to the nearest element around the view that takes one, such as the notebook's cell, whose shortcuts
   * work again then.
   */
  leave(): void {
    this.#input.leave();
  }

  /** Says that the host put the view into its page, or is about to take it out or hide it. */
  setAttached(isAttached: boolean): void {
    this.#input.setAttached(isAttached);
  }

  /** Measures now. For a host that knows that the size changed before the browser's observers tell. */
  measure(): void {
    this.#input.measure();
  }

  /** Takes the view out of the page and releases all that it holds. */
  dispose(): void {
    // While the element is in the page: the focus goes to what is around it.
    this.#input.dispose();
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
    if (hasChanged("throttle")) this.#input.setThrottle(now.throttle);
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
}

function isCssLength(length: string): boolean {
  return CSS.supports("width", length);
}
