/** The toolbar of a picture. */
import { browserTimers } from "../../picture/index";
import type { ToolbarMode } from "../../protocol/toolbarMode";
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import { SUPPRESS_SHORTCUTS } from "../elements";
import { windowOf } from "../windowOf";
import { createIcon } from "./icons";
import type { PictureHost, Translate } from "./pictureHost";
import { ToolPanel } from "./toolPanel";
import { TOOLBAR_STYLE } from "./toolbarStyle";
import { ACTIVE_LABELS, PictureTools, TOOL_LABELS, TOOLS, type ToolName } from "./tools";

/** Milliseconds between two updates of the recorded time. */
const REFRESH_MS = 1000;
/** Milliseconds that the toolbar stays after a touch, which has no hovering pointer. */
const TOUCH_MS = 4000;

/**
 * A handle in the picture's corner that unfolds into buttons under the pointer, or with the focus.
 * Arrow keys go from button to button, and Escape closes what is open.
 */
export class Toolbar implements Disposable {
  /** Lies over the picture, whose parent is positioned; only its parts take the pointer. */
  readonly element: HTMLElement;
  readonly #host: PictureHost;
  readonly #translate: Translate;
  readonly #own = new Disposables();
  readonly #tools: PictureTools;
  readonly #bar: HTMLElement;
  readonly #panel: ToolPanel;
  readonly #buttons = new Map<ToolName, HTMLButtonElement>();
  readonly #handle: HTMLButtonElement;
  /** Contains the buttons that the handle unfolds. */
  readonly #list: HTMLElement;
  readonly #time: HTMLElement;
  #mode: ToolbarMode = "auto";
  #refresh: Disposable | undefined;
  #touch: Disposable | undefined;

  constructor(host: PictureHost, translate: Translate) {
    this.#host = host;
    this.#translate = translate;
    const page = host.area.ownerDocument;
    this.#tools = new PictureTools(host, translate, {
      onChange: () => this.#update(),
      onNotice: (text) => this.#showNotice(text),
    });
    this.element = page.createElement("div");
    this.element.className = "jupyter-rfb-tools";
    this.#bar = page.createElement("div");
    this.#bar.className = "bar";
    this.#bar.setAttribute("role", "toolbar");
    this.#bar.setAttribute("aria-label", translate("Picture tools"));
    this.#panel = this.#own.add(new ToolPanel(host, translate, () => this.#update()));
    this.#time = page.createElement("span");
    this.#handle = this.#addButton("tools", translate("Picture tools"), () => this.#toggleOpen());
    this.#handle.className = "handle";
    this.#bar.append(this.#handle);
    this.#list = page.createElement("div");
    this.#list.className = "list";
    this.#bar.append(this.#list);
    for (const tool of TOOLS) {
      const button = this.#addButton(tool, translate(TOOL_LABELS[tool]), () => this.run(tool));
      this.#list.append(button);
      this.#buttons.set(tool, button);
    }
    this.#buttons.get("record")?.append(this.#time);
    this.#setTabStop(this.#handle);
    this.#setOpen(false);
    this.#attach(page);
    this.#listen();
    this.#update();
  }

  /** Whether a tool is on. */
  isOn(tool: ToolName): boolean {
    if (tool === "record") return this.#tools.recordedSeconds !== undefined;
    if (tool === "fullScreen") return this.#tools.isFullScreen;
    return this.#panel.shown === tool;
  }

  /** Uses a tool, as its button does. */
  run(tool: ToolName): void {
    if (this.#panel.shown === "notice") this.#panel.close();
    switch (tool) {
      case "save":
        void this.#tools.save();
        break;
      case "copy":
        void this.#tools.copy();
        break;
      case "record":
        void this.#tools.toggleRecording();
        break;
      case "fullScreen":
        void this.#tools.toggleFullScreen();
        break;
      case "originalSize":
        this.#host.showOriginalSize();
        break;
      case "statistics":
        if (this.isOn(tool)) this.#panel.close();
        else this.#panel.showStatistics();
        break;
      case "help":
        if (this.isOn(tool)) this.#panel.close();
        else this.#panel.showHelp();
        break;
    }
    this.#update();
  }

  /** Sets when the toolbar shows. The tools work in any mode. */
  setMode(mode: ToolbarMode): void {
    this.#mode = mode;
    this.#bar.style.display = mode === false ? "none" : "";
    this.#setOpen(mode === true);
    this.#setHovered(mode === true);
  }

  /** A recording that runs is offered as a file. */
  dispose(): void {
    this.#own.dispose();
    this.#tools.dispose();
    this.#refresh?.dispose();
    this.#touch?.dispose();
    this.element.remove();
  }

  #attach(page: Document): void {
    const root = this.element.attachShadow({ mode: "open" });
    // A sheet of this kind is allowed by every content security policy.
    const sheet = new (windowOf(this.#host.area) as Window & typeof globalThis).CSSStyleSheet();
    sheet.replaceSync(TOOLBAR_STYLE);
    root.adoptedStyleSheets = [sheet];
    root.append(this.#bar, this.#panel.element);
    this.#own.listen(page, "fullscreenchange", () => this.#update());
  }

  #addButton(tool: ToolName | "tools", label: string, onClick: () => void): HTMLButtonElement {
    const page = this.element.ownerDocument;
    const button = page.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.dataset["tool"] = tool;
    button.append(createIcon(page, tool));
    setLabel(button, label);
    this.#own.listen(button, "click", onClick);
    return button;
  }

  #listen(): void {
    const { area } = this.#host;
    this.#own.listen(area, "pointerenter", (event) => this.#onPointer(event, true));
    this.#own.listen(area, "pointerleave", (event) => this.#onPointer(event, false));
    // The picture keeps the focus while its tools are clicked.
    this.#own.listen(this.#bar, "mousedown", (event) => event.preventDefault());
    this.#own.listen(this.#bar, "keydown", (event) => this.#onKey(event));
    // Without the focus only the handle is left.
    this.#own.listen(this.#bar, "focusout", ({ relatedTarget }: FocusEvent) => {
      if (!this.#bar.contains(relatedTarget as Node | null)) this.#setTabStop(this.#handle);
    });
    // The page gets its shortcuts, but no key that a toolbar has a use for.
    for (const type of ["keydown", "keyup"] as const) {
      this.#own.listen(this.element, type, (event) => {
        if (!isShortcut(event)) event.stopPropagation();
      });
    }
    // Before JupyterLab looks at the key.
    const follow = (event: KeyboardEvent): void => {
      if (isShortcut(event)) this.element.removeAttribute(SUPPRESS_SHORTCUTS);
      else this.element.setAttribute(SUPPRESS_SHORTCUTS, "true");
    };
    this.#own.listen(windowOf(area), "keydown", follow, { capture: true });
  }

  #onPointer({ pointerType }: PointerEvent, isInside: boolean): void {
    this.#touch?.dispose();
    if (isInside || pointerType !== "touch") this.#setHovered(isInside);
    else this.#touch = browserTimers.after(TOUCH_MS, () => this.#setHovered(false));
  }

  #setHovered(isHovered: boolean): void {
    const isShown = this.#mode === true || (this.#mode === "auto" && isHovered);
    this.element.toggleAttribute("data-shown", isShown);
    if (!isShown) this.#setOpen(false);
  }

  #setOpen(isOpen: boolean): void {
    this.element.toggleAttribute("data-open", isOpen);
    this.#handle.setAttribute("aria-expanded", String(isOpen));
  }

  #toggleOpen(): void {
    if (this.#mode !== true) this.#setOpen(!this.element.hasAttribute("data-open"));
  }

  /** The one of the buttons that Tab comes to. */
  #setTabStop(stop: HTMLButtonElement): void {
    for (const button of [this.#handle, ...this.#buttons.values()]) {
      button.tabIndex = button === stop ? 0 : -1;
    }
  }

  #onKey(event: KeyboardEvent): void {
    const buttons = [this.#handle, ...this.#buttons.values()];
    const root = this.element.shadowRoot;
    const at = buttons.findIndex((button) => button === root?.activeElement);
    const last = buttons.length - 1;
    const goals: Readonly<Record<string, number>> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at <= 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const goal = goals[event.key];
    const button = goal === undefined ? undefined : buttons[goal];
    if (button !== undefined) {
      event.preventDefault();
      this.#setTabStop(button);
      button.focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.#panel.shown === undefined) this.#host.focus();
      else this.#panel.close();
      this.#update();
    }
  }

  #update(): void {
    for (const [tool, button] of this.#buttons) {
      const isOn = this.isOn(tool);
      const active = ACTIVE_LABELS[tool];
      setLabel(button, this.#translate((isOn ? active : undefined) ?? TOOL_LABELS[tool]));
      const isToggle = active !== undefined || tool === "statistics" || tool === "help";
      if (isToggle) button.setAttribute("aria-pressed", String(isOn));
    }
    const seconds = this.#tools.recordedSeconds;
    this.element.toggleAttribute("data-recording", seconds !== undefined);
    this.#time.textContent = seconds === undefined ? "" : elapsed(seconds);
    this.#refresh?.dispose();
    if (seconds === undefined || this.#own.isDisposed) return;
    this.#refresh = browserTimers.after(REFRESH_MS, () => this.#update());
  }

  #showNotice(text: string): void {
    this.#panel.showNotice(text);
    this.#update();
  }
}

function isShortcut({ ctrlKey, metaKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey;
}

function setLabel(button: HTMLButtonElement, label: string): void {
  if (button.title === label) return;
  button.title = label;
  button.setAttribute("aria-label", label);
}

function elapsed(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
