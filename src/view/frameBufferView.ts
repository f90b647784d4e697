/** One view: shows frames on a canvas and reports the user's input. */
import { CanvasPainter, type Painting } from "../picture/index";
import type { WireEvent } from "../protocol/events";
import { shownFit } from "../protocol/shownFit";
import type { Disposable } from "../protocol/transport";
import { Disposables } from "./disposables";
import { createViewElements, DEFAULT_LABEL, type ViewElements } from "./elements";
import { CornerDrag } from "./input/cornerDrag";
import { InputCapture } from "./input/inputCapture";
import type { MeasuredSize } from "./input/resize";
import { Mark, type MarkContent } from "./mark";
import type { PictureStatistics } from "./pictureStatistics";
import { DEFAULT_CSS_SIZE, maxSide, usableLength } from "./sizeRules";
import { toPng, type PictureHost, type Translate } from "./toolbar/pictureHost";
import { Toolbar } from "./toolbar/toolbar";
import { helpLines } from "./viewHelp";
import { DEFAULT_VIEW_PROPERTIES, type ViewProperties } from "./viewProperties";

/** Receives a view's events. */
export interface ViewListener {
  /** The user did something, or the view's size changed. Called in the order of the events. */
  onEvent(event: WireEvent): void;
  /** The view became visible or hidden. */
  onVisibilityChange(isVisible: boolean): void;
  /** The user pressed the close button. */
  onCloseRequest(): void;
  /** What is measured of the picture. */
  statistics(): Promise<PictureStatistics>;
}

/**
 * An element that shows frames. Insert {@link element} into a page, call {@link paint} for each
 * frame, and call {@link dispose} when the view is no longer needed. The user's input goes to the
 * listener.
 */
export class FrameBufferView implements Disposable {
  readonly #disposables = new Disposables();
  readonly #elements: ViewElements;
  readonly #painter: CanvasPainter;
  readonly #input: InputCapture;
  readonly #mark = new Mark(document);
  readonly #translate: Translate;
  /** The tools of the picture. */
  readonly toolbar: Toolbar;
  #properties: ViewProperties = DEFAULT_VIEW_PROPERTIES;
  #isMinimized = false;
  #size: MeasuredSize | undefined;

  /**
   * @param translate - Translates a text for the user. Default: English.
   */
  constructor(
    listener: ViewListener,
    properties: Partial<ViewProperties> = {},
    translate: Translate = (text) => text,
  ) {
    this.#translate = translate;
    this.#elements = createViewElements(document, translate);
    const { canvas, textArea, corner, panel, stage, minimizeButton, closeButton } = this.#elements;
    const own = this.#disposables;
    stage.append(this.#mark.element);
    this.#painter = own.add(new CanvasPainter(canvas));
    this.#input = own.add(
      new InputCapture(
        { picture: canvas, textArea },
        {
          onEvent: (event) => listener.onEvent(event),
          onSize: (size) => {
            const { ratio } = size;
            this.#size = size;
            this.#applyFit();
            const most = `${maxSide(ratio)}px`;
            // A notebook's output would clip a wider panel together with its resize corner.
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
    this.toolbar = own.add(new Toolbar(this.#host(listener, translate), translate));
    // Before the picture, so that Tab comes to the tools before the picture takes all keys.
    stage.before(this.toolbar.element);
    own.listen(minimizeButton, "click", () => this.#setMinimized(!this.#isMinimized));
    own.listen(closeButton, "click", () => listener.onCloseRequest());
    own.addCallback(() => this.#elements.root.remove());
    this.#applyAll();
    this.update(properties);
  }

  /** The element to insert into a page. */
  get element(): HTMLElement {
    return this.#elements.root;
  }

  /** Whether the user can see the picture. */
  get isVisible(): boolean {
    return this.#input.isVisible;
  }

  /** Whether this view receives keys and the wheel. */
  get hasFocus(): boolean {
    return this.#input.hasFocus;
  }

  /**
   * Changes properties. A size that the user set by dragging stays until `cssWidth` or `cssHeight`
   * changes.
   */
  update(properties: Partial<ViewProperties>): void {
    const before = this.#properties;
    this.#properties = { ...before, ...properties };
    this.#apply((key) => this.#properties[key] !== before[key]);
  }

  /** The canvas, which always holds the current picture. */
  get canvas(): HTMLCanvasElement {
    return this.#elements.canvas;
  }

  /**
   * Replaces the picture, or parts of it. The caller still owns the painting and closes it.
   *
   * @throws RangeError when a part lies outside the picture.
   */
  paint(painting: Painting): void {
    if (this.#disposables.isDisposed) return;
    this.#painter.paint(painting);
    if (painting.size !== undefined) this.#applyFit();
    this.#elements.root.classList.remove("jupyter-rfb-is-empty");
  }

  /** A receipt is about to be sent: events that wait go before it. */
  receiptIsDue(): void {
    this.#input.receiptIsDue();
  }

  /** Releases all buttons and keys, as the other end is about to do. */
  releaseAll(): void {
    this.#input.releaseAll();
  }

  /** Says over the picture what is wrong with it; undefined says nothing. */
  setMark(content: MarkContent | undefined): void {
    this.#mark.set(content);
  }

  /** Moves the focus to this view. In a tap's event this brings up the on-screen keyboard. */
  focus(): void {
    this.#input.focus();
  }

  /**
   * Moves the focus to the nearest focusable element around the view, such as a notebook's cell,
   * whose keyboard shortcuts then work again.
   */
  leave(): void {
    this.#input.leave();
  }

  /** Call this after inserting the view into the page, and before removing or hiding it. */
  setAttached(isAttached: boolean): void {
    this.#input.setAttached(isAttached);
  }

  /**
   * Measures the view now. For hosts that know of a new size before the browser's observers report
   * it.
   */
  measure(): void {
    this.#input.measure();
  }

  /** Removes the view from the page and releases its resources. */
  dispose(): void {
    // Done while the element is still in the page, so that the focus can move to an element around
    // it.
    this.#input.dispose();
    this.#disposables.dispose();
  }

  #applyAll(): void {
    this.#elements.root.classList.add("jupyter-rfb-is-empty");
    this.#setMinimized(false);
    this.#apply(() => true);
  }

  #apply(hasChanged: (key: keyof ViewProperties) => boolean): void {
    const { root, titleText, stage, textArea, canvas } = this.#elements;
    const now = this.#properties;
    if (hasChanged("cssWidth") || hasChanged("cssHeight")) this.#applySize();
    if (hasChanged("title")) {
      titleText.textContent = now.title;
      for (const element of [stage, textArea]) {
        element.setAttribute("aria-label", now.title.trim() || DEFAULT_LABEL);
      }
    }
    if (hasChanged("fit")) this.#applyFit();
    if (hasChanged("cursor")) canvas.style.cursor = now.cursor;
    if (hasChanged("smoothing")) canvas.style.imageRendering = now.smoothing ? "auto" : "pixelated";
    if (hasChanged("touchKeyboard")) this.#input.setTouchKeyboard(now.touchKeyboard);
    if (hasChanged("toolbar")) this.toolbar.setMode(now.toolbar);
    if (hasChanged("passedKeys")) this.#input.setPassedKeys(now.passedKeys);
    if (hasChanged("throttle")) this.#input.setThrottle(now.throttle);
    root.classList.toggle("jupyter-rfb-is-resizable", now.resizable);
    root.classList.toggle("jupyter-rfb-has-titlebar", now.hasTitlebar);
    root.classList.toggle("jupyter-rfb-is-minimizable", now.isMinimizable);
    root.classList.toggle("jupyter-rfb-is-closable", now.isClosable);
    // Restore a minimized view that has lost its button for that.
    if (!now.hasTitlebar || !now.isMinimizable) this.#setMinimized(false);
  }

  #host(listener: ViewListener, translate: Translate): PictureHost {
    const { canvas, panel, root } = this.#elements;
    const properties = (): ViewProperties => this.#properties;
    return {
      canvas,
      area: panel,
      get name() {
        return properties().title;
      },
      get help() {
        return helpLines(properties(), translate);
      },
      png: () => {
        const isEmpty = root.classList.contains("jupyter-rfb-is-empty");
        return isEmpty
          ? Promise.reject(new Error(translate("nothing is drawn yet")))
          : toPng(canvas);
      },
      statistics: () => listener.statistics(),
      showOriginalSize: () => this.#showOriginalSize(),
      focus: () => this.focus(),
    };
  }

  /**
   * Gives a frame that isn't drawn for this view its own size, one pixel to a pixel of the screen;
   * any other view the size that its properties say.
   */
  #showOriginalSize(): void {
    const { canvas, panel } = this.#elements;
    const { pwidth, pheight, ratio } = this.#size ?? { pwidth: 0, pheight: 0, ratio: 1 };
    if (canvas.width === pwidth && canvas.height === pheight) {
      this.#applySize();
    } else {
      panel.style.width = `${canvas.width / ratio}px`;
      panel.style.height = `${canvas.height / ratio}px`;
    }
  }

  #applySize(): void {
    const { root, panel } = this.#elements;
    const now = this.#properties;
    const width = usableLength(now.cssWidth, DEFAULT_CSS_SIZE.width, isCssLength);
    const height = usableLength(now.cssHeight, DEFAULT_CSS_SIZE.height, isCssLength);
    panel.style.width = width;
    panel.style.height = height;
    root.classList.toggle("jupyter-rfb-fills-width", width.includes("%"));
    root.classList.toggle("jupyter-rfb-fills-height", height.includes("%"));
  }

  #applyFit(): void {
    const { canvas } = this.#elements;
    canvas.style.objectFit = shownFit(this.#properties.fit, this.#size, canvas);
  }

  #setMinimized(isMinimized: boolean): void {
    const { root, minimizeButton } = this.#elements;
    if (isMinimized) this.leave();
    this.#isMinimized = isMinimized;
    root.classList.toggle("jupyter-rfb-is-minimized", isMinimized);
    const label = this.#translate(isMinimized ? "Restore" : "Minimize");
    minimizeButton.setAttribute("aria-label", label);
    minimizeButton.title = label;
    minimizeButton.setAttribute("aria-expanded", String(!isMinimized));
  }
}

function isCssLength(length: string): boolean {
  return CSS.supports("width", length);
}
