/** The DOM elements of a view. style/index.css has their styles. */

import type { Translate } from "./toolbar/pictureHost";

/** A help text that screen readers read when the view receives the focus. */
const KEY_HELP = "Keys and the mouse wheel go to the picture. Press Escape twice to leave it.";
/** JupyterLab's command registry ignores keys from an element with this attribute. */
export const SUPPRESS_SHORTCUTS = "data-lm-suppress-shortcuts";
/** The accessible name of a view without a title. */
export const DEFAULT_LABEL = "Remote frame buffer";

/** The elements of a view. */
export interface ViewElements {
  /** Contains all other elements. The host inserts it into its page. */
  readonly root: HTMLElement;
  /** The element that the user resizes. */
  readonly panel: HTMLElement;
  readonly titleBar: HTMLElement;
  readonly titleText: HTMLElement;
  readonly minimizeButton: HTMLButtonElement;
  readonly closeButton: HTMLButtonElement;
  /** Contains the canvas and the text area. */
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Has the focus while the view has it, and receives its keyboard events. */
  readonly textArea: HTMLTextAreaElement;
  /** The handle for resizing the panel. */
  readonly corner: HTMLElement;
}

/**
 * The attributes of an element that receives keys: they turn off the browser's help for typing
 * text.
 */
export const KEY_ATTRIBUTES: Readonly<Record<string, string>> = {
  "aria-description": KEY_HELP,
  autocapitalize: "off",
  autocomplete: "off",
  autocorrect: "off",
  rows: "1",
  spellcheck: "false",
};

/** Creates the elements, not yet in the page. */
export function createViewElements(page: Document, translate: Translate): ViewElements {
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
    "aria-label": translate("Close"),
    title: translate("Close"),
  });
  closeButton.classList.add("jupyter-rfb-close");
  // Screen readers pass keys on to an "application" instead of using them to read the page.
  const stage = make("div", "stage", {
    role: "application",
    "aria-roledescription": translate("remote frame buffer"),
  });
  const canvas = make("canvas", "canvas", { role: "presentation" });
  canvas.width = 1;
  canvas.height = 1;
  const textArea = make("textarea", "keys", {
    ...KEY_ATTRIBUTES,
    "aria-description": translate(KEY_HELP),
    [SUPPRESS_SHORTCUTS]: "true",
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
