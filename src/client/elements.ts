/** The DOM of a view. Its look is set by script, property by property, which no content security policy forbids. */
import { describeValue } from "../protocol/errors";
import type { Disposable } from "../protocol/transport";
import { Disposables } from "../view/disposables";
import { DEFAULT_LABEL, KEY_ATTRIBUTES } from "../view/elements";
import { pinCanvasSize } from "./pinCanvasSize";
import type { FitMode } from "./types";

/** The focus ring, in the system's colour. */
const FOCUS_RING = "2px solid Highlight";

/** What a picture looks like. */
export interface PictureLook {
  readonly fit: FitMode;
  /** A CSS background. */
  readonly background: string;
  readonly label: string | undefined;
}

/** A canvas, and the text area that gets its keys. */
export class PictureElements implements Disposable {
  readonly canvas: HTMLCanvasElement;
  readonly textArea: HTMLTextAreaElement;
  readonly #disposables = new Disposables();

  /**
   * @param target - A canvas to be used, or an element that a new one is to fill.
   * @throws TypeError when it is neither.
   */
  constructor(target: HTMLElement, look: PictureLook) {
    if (!(target instanceof HTMLElement)) {
      throw new TypeError(
        `element: expected a canvas or another HTML element, got ${describeValue(target)}; is it in the page by now?`,
      );
    }
    const page = target.ownerDocument;
    const label = look.label?.trim() || DEFAULT_LABEL;
    this.textArea = makeTextArea(page, label);
    if (target instanceof HTMLCanvasElement) {
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
    const { style } = this.canvas;
    const changed = {
      objectFit: look.fit,
      background: look.background,
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
    this.#showFocus();
  }

  /** Puts the text area beside a canvas that came into its page only after this was made. */
  attach(): void {
    if (this.textArea.parentNode === null && !this.#disposables.isDisposed) {
      this.canvas.parentNode?.insertBefore(this.textArea, this.canvas.nextSibling);
    }
  }

  /** Changes how the frame fits, and what is seen beside it. */
  setFit(fit: FitMode, background: string | undefined): void {
    this.canvas.style.objectFit = fit;
    if (background !== undefined) this.canvas.style.background = background;
  }

  /** Takes away what was added to the page. A canvas of the user's stays, of the size that it has. */
  dispose(): void {
    this.#disposables.dispose();
  }

  /** Fills the element with a canvas that takes no part in the layout, so that a frame's size never changes it. */
  #fill(element: HTMLElement, label: string): void {
    const stage = element.ownerDocument.createElement("div");
    // An application: a screen reader passes the keys on instead of reading with them.
    stage.setAttribute("role", "application");
    stage.setAttribute("aria-roledescription", "remote frame buffer");
    stage.setAttribute("aria-label", label);
    // The shape is for an element without a height, where 100 % of it means nothing.
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
    stage.append(this.canvas, this.textArea);
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

function makeTextArea(page: Document, label: string): HTMLTextAreaElement {
  const textArea = page.createElement("textarea");
  for (const [name, value] of Object.entries({
    "aria-label": label,
    ...KEY_ATTRIBUTES,
  })) {
    textArea.setAttribute(name, value);
  }
  // Not hidden: what is hidden gets no focus.
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
