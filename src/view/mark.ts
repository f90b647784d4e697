/** A quiet mark over a picture that says what is wrong with it. */

/** What a mark says. */
export interface MarkContent {
  /** "error" for a fault, "wait" for what may pass, "empty" where there is no picture yet. */
  readonly kind: "error" | "wait" | "empty";
  readonly text: string;
}

/** The colours of the dot before the text: JupyterLab's, or those of its light theme. */
const DOTS: Readonly<Record<MarkContent["kind"], string>> = {
  error: "var(--jp-error-color1, #d32f2f)",
  wait: "var(--jp-warn-color1, #ef6c00)",
  empty: "var(--jp-info-color1, #0288d1)",
};

const STYLE = {
  alignItems: "baseline",
  background: "var(--jp-layout-color1, Canvas)",
  border: "1px solid var(--jp-border-color1, GrayText)",
  borderRadius: "4px",
  boxSizing: "border-box",
  color: "var(--jp-ui-font-color1, CanvasText)",
  font: "12px/1.4 var(--jp-ui-font-family, system-ui, sans-serif)",
  gap: "6px",
  bottom: "8px",
  left: "8px",
  maxHeight: "calc(100% - 16px)",
  maxWidth: "calc(100% - 16px)",
  overflow: "hidden",
  overflowWrap: "anywhere",
  padding: "3px 8px",
  // Clicks go to the picture.
  pointerEvents: "none",
  position: "absolute",
  textAlign: "left",
  userSelect: "none",
  whiteSpace: "normal",
  zIndex: "1",
} as const;

const DOT_STYLE = {
  borderRadius: "50%",
  flex: "none",
  forcedColorAdjust: "none",
  height: "8px",
  width: "8px",
} as const;

/** Scripts set its styles one property at a time, which every content security policy allows. */
export class Mark {
  /** Lies over the picture, whose parent is positioned. Screen readers announce a new text. */
  readonly element: HTMLElement;
  readonly #dot: HTMLElement;
  readonly #text: HTMLElement;

  constructor(page: Document) {
    this.element = page.createElement("div");
    this.element.className = "jupyter-rfb-mark";
    this.element.setAttribute("role", "status");
    this.#dot = page.createElement("span");
    this.#text = page.createElement("span");
    Object.assign(this.element.style, STYLE, { display: "none" });
    Object.assign(this.#dot.style, DOT_STYLE);
    this.element.append(this.#dot, this.#text);
  }

  /** Shows what is wrong; undefined shows nothing. */
  set(content: MarkContent | undefined): void {
    this.element.style.display = content === undefined ? "none" : "flex";
    this.#text.textContent = content?.text ?? "";
    if (content === undefined) return;
    this.element.dataset["kind"] = content.kind;
    this.#dot.style.background = DOTS[content.kind];
  }
}
