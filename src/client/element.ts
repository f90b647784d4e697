/**
 * The custom element `<remote-framebuffer>`: `jupyter-rfb-ts/element`. Importing it registers the
 * element.
 *
 * @packageDocumentation
 */

import { asError } from "../protocol/errors";
import {
  RemoteFramebufferView,
  type ConnectionState,
  type FitMode,
  type RemoteFramebufferOptions,
  type Stats,
  type ViewerRole,
} from "./index.js";

/** The element's name. */
export const ELEMENT_NAME = "remote-framebuffer";

const ATTRIBUTES = [
  ...["url", "token", "image-only", "fit", "background", "quality", "label"],
  ...[
    "max-inflight",
    "max-backing-dimension",
    "device-pixel-ratio",
    "throttle",
    "touch-keyboard",
    "hide-state",
    "toolbar",
    "debug",
  ],
];
/** The attributes that a view can change without being replaced. */
const LIVE_ATTRIBUTES: ReadonlySet<string> = new Set([
  "fit",
  "background",
  "quality",
  "image-only",
]);

// Node has no HTMLElement, but server-side rendering must be able to import this module.
const Base = (globalThis.HTMLElement as typeof HTMLElement | undefined) ?? (class {} as never);

/**
 * Shows a stream while the element is in a page and has a `url`. Its attributes are the options of
 * a {@link RemoteFramebufferView}, in kebab-case. Several URLs are separated by spaces; in a URL, a
 * space is %20.
 *
 * It dispatches the CustomEvents "state", "stats", "role" and "error", whose `detail` is a
 * ConnectionState, a Stats, a ViewerRole or an Error. An error is also logged, unless a listener
 * calls preventDefault().
 */
export class RemoteFramebufferElement extends Base {
  /** The attributes that the element follows. */
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;
  /**
   * Creates the workers of views that are created from now on: the option `workerFactory` of
   * RemoteFramebufferView.
   */
  static workerFactory: (() => Worker) | undefined;

  #view: RemoteFramebufferView | undefined;
  #isUpdateScheduled = false;

  /** The view; undefined while the element is not in a page or has no `url`. */
  get view(): RemoteFramebufferView | undefined {
    return this.#view;
  }

  /** The state of the connection; "closed" while there is no view. */
  get state(): ConnectionState {
    return this.#view?.state ?? "closed";
  }

  /** Called by the browser. */
  connectedCallback(): void {
    // The element has no style sheet. A display set by the page's own style sheet wins if it
    // applies by now.
    if (getComputedStyle(this).display === "inline") this.style.display = "block";
    this.#update();
  }

  /** Called by the browser. */
  disconnectedCallback(): void {
    this.#update();
  }

  /** Called by the browser. */
  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (this.#view === undefined || !LIVE_ATTRIBUTES.has(name)) {
      this.#drop();
      this.#update();
      return;
    }
    this.#catching(() => this.#change(name, now));
  }

  #change(name: string, now: string | null): void {
    if (name === "image-only") this.#view?.setImageOnly(now !== null);
    else if (name === "quality") this.#view?.setQuality(now === null ? undefined : Number(now));
    else {
      const fit = (this.getAttribute("fit") ?? "contain") as FitMode;
      this.#view?.setFit(fit, this.getAttribute("background") ?? undefined);
    }
  }

  /**
   * Creates or removes the view. Deferred, so that attributes that are set together create one
   * view, and moving the element keeps its view.
   */
  #update(): void {
    if (this.#isUpdateScheduled) return;
    this.#isUpdateScheduled = true;
    queueMicrotask(() => {
      this.#isUpdateScheduled = false;
      const isWanted = this.isConnected && this.hasAttribute("url");
      if (!isWanted) this.#drop();
      else if (this.#view === undefined) {
        this.#catching(() => (this.#view = new RemoteFramebufferView(this, this.#options())));
      }
    });
  }

  #drop(): void {
    this.#view?.dispose();
    this.#view = undefined;
  }

  #options(): RemoteFramebufferOptions {
    const text = (name: string): string | undefined => this.getAttribute(name) ?? undefined;
    const number = (name: string): number | undefined => {
      const value = text(name);
      return value === undefined ? undefined : Number(value);
    };
    return {
      url: urlsIn(text("url") ?? ""),
      token: text("token"),
      imageOnly: this.hasAttribute("image-only"),
      fit: text("fit") as FitMode | undefined,
      background: text("background"),
      quality: number("quality"),
      label: text("label"),
      maxInflight: number("max-inflight"),
      maxBackingDimension: number("max-backing-dimension"),
      devicePixelRatio: number("device-pixel-ratio"),
      throttle: number("throttle"),
      touchKeyboard: this.hasAttribute("touch-keyboard"),
      hideState: this.hasAttribute("hide-state"),
      toolbar: toolbarMode(text("toolbar")),
      debug: this.hasAttribute("debug"),
      workerFactory: RemoteFramebufferElement.workerFactory,
      onState: (state) => this.#dispatch("state", state),
      onStats: (stats) => this.#dispatch("stats", stats),
      onRole: (role) => this.#dispatch("role", role),
      onError: (error) => this.#dispatch("error", error),
    };
  }

  /**
   * Dispatches what the action throws as an event, because the page's code cannot catch it here.
   */
  #catching(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#dispatch("error", asError(error));
    }
  }

  #dispatch(
    type: "state" | "stats" | "role" | "error",
    detail: ConnectionState | Stats | ViewerRole | Error,
  ): void {
    const isError = type === "error";
    const isTaken = !this.dispatchEvent(new CustomEvent(type, { detail, cancelable: isError }));
    if (isError && !isTaken) console.error(`jupyter-rfb-ts: ${(detail as Error).message}`);
  }
}

/** URLs in an attribute are separated by spaces. In a URL, a space is %20. */
function urlsIn(text: string): string | string[] {
  const urls = text.trim().split(/\s+/);
  return urls.length > 1 ? urls : text;
}

/** The attribute alone means "auto". Any other text is left to the view's check. */
function toolbarMode(text: string | undefined): RemoteFramebufferOptions["toolbar"] {
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  return (text === "" ? "auto" : text) as "auto";
}

if (typeof customElements !== "undefined" && customElements.get(ELEMENT_NAME) === undefined) {
  customElements.define(ELEMENT_NAME, RemoteFramebufferElement);
}

declare global {
  interface HTMLElementTagNameMap {
    "remote-framebuffer": RemoteFramebufferElement;
  }
}
