/**
 * The DOM elements of a view. Scripts set their styles one property at a time, which every content
 * security policy allows.
 */
import type { ShownFit } from "../protocol/shownFit";
import { describeValue } from "../protocol/errors";
import type { Disposable } from "../protocol/transport";
import { DEFAULT_LABEL, Disposables, KEY_ATTRIBUTES, Mark, type MarkContent } from "../view/index";
import { pinCanvasSize } from "./pinCanvasSize";
import type { FitMode } from "./shared/types";

/** The CSS outline of a focused picture, in the system's highlight colour. */
const FOCUS_RING = "2px solid Highlight";
/** The CSS filter of a picture that is not live. */
const STALE_FILTER = "grayscale(1) opacity(0.6)";

/** The appearance of a picture. */
export interface PictureStyle {
  readonly fit: FitMode;
  /** A CSS background. */
  readonly background: string;
  readonly label: string | undefined;
}

/** A canvas, and the text area that receives its keyboard events. */
export class PictureElements implements Disposable {
  readonly canvas: HTMLCanvasElement;
  readonly textArea: HTMLTextAreaElement;
  readonly #disposables = new Disposables();
  readonly #mark: Mark;
  #notice: Mark | undefined;
  /** Contains a canvas that is not the user's. */
  #stage: HTMLElement | undefined;
  #cover: HTMLElement | undefined;
  /** The canvas's own filter, while that of a stale picture replaces it. */
  #filter: string | undefined;

  /**
   * @param target - A canvas to show the picture, or an element to fill with a new canvas.
   * @throws TypeError when `target` is not an HTML element.
   */
  constructor(target: HTMLElement, pictureStyle: PictureStyle) {
    if (!isHtmlElement(target)) {
      throw new TypeError(
        `element: expected a canvas or another HTML element, got ${describeValue(target)}; is it in the page by now?`,
      );
    }
    const page = target.ownerDocument;
    const label = pictureStyle.label?.trim() || DEFAULT_LABEL;
    this.textArea = makeTextArea(page, label);
    this.#mark = new Mark(page);
    if (isCanvas(target)) {
      this.canvas = target;
      pinCanvasSize(target);
      if (!target.hasAttribute("role")) this.#setAttribute("role", "img");
      if (!target.hasAttribute("aria-label")) this.#setAttribute("aria-label", label);
      this.attach();
    } else {
      this.canvas = page.createElement("canvas");
      this.#fill(target, label);
    }
    this.#disposables.addCallback(() => this.textArea.remove());
    this.#disposables.addCallback(() => this.#mark.element.remove());
    this.#disposables.addCallback(() => this.#notice?.element.remove());
    const { style } = this.canvas;
    const changed = {
      objectFit: pictureStyle.fit,
      background: pictureStyle.background,
      touchAction: "none",
      userSelect: "none",
      webkitUserSelect: "none",
      outlineOffset: "-2px",
    };
    const before = Object.fromEntries(
      Object.keys(changed).map((name) => [name, style[name as keyof typeof changed]]),
    );
    Object.assign(style, changed);
    this.#disposables.addCallback(() => Object.assign(style, before));
    this.#disposables.addCallback(() => this.setStale(false));
    this.#showFocus();
  }

  /**
   * Inserts the text area next to a canvas that was not in a page yet when this object was created.
   */
  attach(): void {
    if (this.textArea.parentNode === null && !this.#disposables.isDisposed) {
      const { canvas, textArea } = this;
      canvas.after(textArea, this.#mark.element);
    }
  }

  /**
   * Gives the canvas away, to a worker.
   *
   * @throws Error when the canvas is in use, or the browser is too old; everything that was added
   *   to the page is removed then.
   */
  transferCanvas(): OffscreenCanvas {
    try {
      if (!("transferControlToOffscreen" in this.canvas)) {
        throw new Error("Cannot show frames: this browser has no OffscreenCanvas");
      }
      return this.canvas.transferControlToOffscreen();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Changes how the frame fits the element. */
  setFit(fit: ShownFit): void {
    this.canvas.style.objectFit = fit;
  }

  /** Changes the background around the frame. */
  setBackground(background: string): void {
    this.canvas.style.background = background;
  }

  /** Shows whether the picture is stale: the last one of a connection that is lost. */
  setStale(isStale: boolean): void {
    const { style } = this.canvas;
    if (isStale === (this.#filter !== undefined)) return;
    if (isStale) {
      this.#filter = style.filter;
      style.filter = STALE_FILTER;
      this.canvas.setAttribute("aria-busy", "true");
    } else {
      style.filter = this.#filter ?? "";
      this.#filter = undefined;
      this.canvas.removeAttribute("aria-busy");
    }
  }

  /** What fills the screen in full screen: the canvas, with what lies over it where possible. */
  get area(): HTMLElement {
    return this.#stage ?? this.canvas;
  }

  /** Lays an element over the picture, before it in the order of Tab. */
  cover(element: HTMLElement): void {
    this.textArea.before(element);
    this.#cover = element;
    this.layOut();
    this.#disposables.addCallback(() => element.remove());
  }

  /** Call this when the picture has a new size or place in the page. */
  layOut(): void {
    this.#placeMark();
    if (this.#cover === undefined || this.#stage !== undefined) return;
    // Of a canvas of the user's, what is around it may be positioned in any way.
    const { offsetLeft, offsetTop, clientWidth, clientHeight } = this.canvas;
    Object.assign(this.#cover.style, {
      left: `${offsetLeft}px`,
      top: `${offsetTop}px`,
      width: `${clientWidth}px`,
      height: `${clientHeight}px`,
    });
  }

  /** Says over the picture what is wrong with it; undefined says nothing. */
  setMark(content: MarkContent | undefined): void {
    this.#placeMark();
    this.#mark.set(content);
  }

  #placeMark(): void {
    const { element } = this.#mark;
    // Of a canvas of the user's, what is around it may be positioned in any way.
    const { offsetLeft, offsetTop, clientWidth, clientHeight } = this.canvas;
    Object.assign(element.style, {
      bottom: "auto",
      left: `${offsetLeft + 8}px`,
      top: `${offsetTop + clientHeight - 8}px`,
      transform: "translateY(-100%)",
      maxWidth: `${Math.max(0, clientWidth - 16)}px`,
      maxHeight: `${Math.max(0, clientHeight - 16)}px`,
    });
  }

  /** Says where a picture without a size would be what is wrong; undefined says nothing. */
  setNotice(text: string | undefined): void {
    this.#notice?.element.remove();
    this.#notice = undefined;
    if (this.#stage !== undefined) this.#stage.style.overflow = text ? "visible" : "hidden";
    if (text === undefined || this.#disposables.isDisposed) return;
    this.#notice = new Mark(this.canvas.ownerDocument);
    const { element } = this.#notice;
    const { offsetLeft, offsetTop } = this.canvas;
    // Out of the layout's flow, which it must not change.
    Object.assign(element.style, {
      bottom: "auto",
      left: `${offsetLeft}px`,
      top: `${offsetTop}px`,
      maxHeight: "none",
      maxWidth: "none",
      width: "24em",
    });
    this.textArea.before(element);
    this.#notice.set({ kind: "error", text });
  }

  /**
   * Removes everything that was added to the page. A canvas of the user's stays and keeps its size.
   */
  dispose(): void {
    this.#disposables.dispose();
  }

  /**
   * Fills the element with a canvas that is out of the layout's flow, so that a frame's size never
   * changes the layout.
   */
  #fill(element: HTMLElement, label: string): void {
    const stage = element.ownerDocument.createElement("div");
    // Screen readers pass keys on to an "application" instead of using them to read the page.
    stage.setAttribute("role", "application");
    stage.setAttribute("aria-roledescription", "remote frame buffer");
    stage.setAttribute("aria-label", label);
    // The aspect ratio sets the height if the element has none, in which case 100 % has no effect.
    Object.assign(stage.style, {
      position: "relative",
      width: "100%",
      height: "100%",
      aspectRatio: "16 / 9",
      overflow: "hidden",
    });
    this.canvas.setAttribute("role", "presentation");
    Object.assign(this.canvas.style, {
      position: "absolute",
      inset: "0",
      width: "100%",
      height: "100%",
      display: "block",
    });
    stage.append(this.canvas, this.textArea, this.#mark.element);
    this.#stage = stage;
    element.append(stage);
    this.#disposables.addCallback(() => stage.remove());
  }

  #setAttribute(name: string, value: string): void {
    this.canvas.setAttribute(name, value);
    this.#disposables.addCallback(() => this.canvas.removeAttribute(name));
  }

  #showFocus(): void {
    const { style } = this.canvas;
    let before: string | undefined;
    const show = (): void => {
      before ??= style.outline;
      style.outline = FOCUS_RING;
    };
    const hide = (): void => {
      if (before !== undefined) style.outline = before;
      before = undefined;
    };
    this.#disposables.listen(this.textArea, "focus", show);
    this.#disposables.listen(this.textArea, "blur", hide);
    this.#disposables.addCallback(hide);
  }
}

/** Whether a value is an HTML element, of any document: that of an iframe has its own classes. */
function isHtmlElement(value: unknown): value is HTMLElement {
  return (value as Partial<Element> | null)?.namespaceURI === "http://www.w3.org/1999/xhtml";
}

function isCanvas(element: HTMLElement): element is HTMLCanvasElement {
  return element.localName === "canvas";
}

function makeTextArea(page: Document, label: string): HTMLTextAreaElement {
  const textArea = page.createElement("textarea");
  for (const [name, value] of Object.entries({
    "aria-label": label,
    ...KEY_ATTRIBUTES,
  })) {
    textArea.setAttribute(name, value);
  }
  // Not hidden, because a hidden element cannot have the focus.
  Object.assign(textArea.style, {
    position: "absolute",
    bottom: "0",
    width: "1px",
    height: "1em",
    margin: "0",
    padding: "0",
    border: "0",
    opacity: "0",
    outline: "none",
    overflow: "hidden",
    resize: "none",
    whiteSpace: "nowrap",
    pointerEvents: "none",
  });
  return textArea;
}
