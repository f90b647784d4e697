/** The DOM of a view. What it looks like is in style/index.css. */

/** Spoken by a screen reader when the view gets the focus. */
const KEY_HELP = "Keys and the mouse wheel go to the picture. Press Escape twice to leave it.";
/** The view's name where it has no title. */
export const DEFAULT_LABEL = "Remote frame buffer";

/** The parts of a view. */
export interface ViewElements {
  /** Holds everything; a host puts it into its page. */
  readonly root: HTMLElement;
  /** Has the size that the user set. */
  readonly panel: HTMLElement;
  readonly titleBar: HTMLElement;
  readonly titleText: HTMLElement;
  readonly minimizeButton: HTMLButtonElement;
  readonly closeButton: HTMLButtonElement;
  /** The picture and what catches its input. */
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Has the focus while the view has it. */
  readonly textArea: HTMLTextAreaElement;
  readonly corner: HTMLElement;
}

/** What an element that takes keys has: what is typed into it is no text of a form. */
export const KEY_ATTRIBUTES: Readonly<Record<string, string>> = {
  "aria-description": KEY_HELP,
  autocapitalize: "off",
  autocomplete: "off",
  autocorrect: "off",
  rows: "1",
  spellcheck: "false",
};

/** Builds the parts. */
export function createViewElements(page: Document): ViewElements {
  const make = <Name extends keyof HTMLElementTagNameMap>(
    name: Name,
    part: string,
    attributes: Readonly<Record<string, string>> = {},
  ): HTMLElementTagNameMap[Name] => {
    const element = page.createElement(name);
    element.className = `jupyter-rfb-${part}`;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const root = make("div", "view");
  const panel = make("div", "panel");
  const titleBar = make("div", "titlebar");
  const titleText = make("span", "title");
  const minimizeButton = make("button", "button", { type: "button" });
  minimizeButton.classList.add("jupyter-rfb-minimize");
  const closeButton = make("button", "button", {
    type: "button",
    "aria-label": "Close",
    title: "Close",
  });
  closeButton.classList.add("jupyter-rfb-close");
  // An application: a screen reader passes the keys on instead of reading with them.
  const stage = make("div", "stage", {
    role: "application",
    "aria-roledescription": "remote frame buffer",
  });
  const canvas = make("canvas", "canvas", { role: "presentation" });
  canvas.width = 1;
  canvas.height = 1;
  const textArea = make("textarea", "keys", {
    ...KEY_ATTRIBUTES,
    // JupyterLab's command registry leaves keys alone that come from such an element.
    "data-lm-suppress-shortcuts": "true",
  });
  const corner = make("div", "corner", { "aria-hidden": "true" });

  titleBar.append(titleText, minimizeButton, closeButton);
  stage.append(canvas, textArea);
  panel.append(titleBar, stage, corner);
  root.append(panel);
  return {
    root,
    panel,
    titleBar,
    titleText,
    minimizeButton,
    closeButton,
    stage,
    canvas,
    textArea,
    corner,
  };
}
