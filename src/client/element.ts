/** The custom element `<remote-framebuffer>`: `jupyter-rfb-ts/element`. It registers itself. */
import {
  RemoteFramebufferView,
  type ConnectionState,
  type FitMode,
  type RemoteFramebufferOptions,
  type Stats,
} from "./index.js";

/** The element's name. */
export const ELEMENT_NAME = "remote-framebuffer";

const ATTRIBUTES = [
  ...["url", "token", "image-only", "fit", "background", "quality", "label"],
  ...["max-inflight", "max-backing-dimension", "device-pixel-ratio", "throttle", "debug"],
];
/** Those that a view can change without another connection. */
const LIVE_ATTRIBUTES: ReadonlySet<string> = new Set([
  "fit",
  "background",
  "quality",
  "image-only",
]);

// On a server, where pages are prepared, there are no elements; the module can be imported there nevertheless.
const Base = (globalThis.HTMLElement as typeof HTMLElement | undefined) ?? (class {} as never);

/**
 * Shows a stream for as long as it is in a page and has a `url`. Its attributes are the options of a
 * {@link RemoteFramebufferView}, in kebab-case.
 *
 * Its events "state", "stats" and "error" are CustomEvents whose `detail` is a ConnectionState, a Stats or an Error.
 */
export class RemoteFramebufferElement extends Base {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;
  /** Makes the workers of the elements that are connected from now on. See {@link RemoteFramebufferOptions.workerFactory}. */
  static workerFactory: (() => Worker) | undefined;

  #view: RemoteFramebufferView | undefined;
  #isUpdating = false;

  /** The view; undefined while there is none. */
  get view(): RemoteFramebufferView | undefined {
    return this.#view;
  }

  /** How far the connection has come. "closed" where there is no view. */
  get state(): ConnectionState {
    return this.#view?.state ?? "closed";
  }

  /** Called by the browser. */
  connectedCallback(): void {
    // Without a style sheet. What the page's own says goes before, unless it is made for this element only after it was shown.
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
    this.#telling(() => this.#change(name, now));
  }

  #change(name: string, now: string | null): void {
    if (name === "image-only") this.#view?.setImageOnly(now !== null);
    else if (name === "quality") this.#view?.setQuality(now === null ? undefined : Number(now));
    else {
      const fit = (this.getAttribute("fit") ?? "contain") as FitMode;
      this.#view?.setFit(fit, this.getAttribute("background") ?? undefined);
    }
  }

  /** Once for all attributes that are set together, and for an element that is only moved. */
  #update(): void {
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    queueMicrotask(() => {
      this.#isUpdating = false;
      const isWanted = this.isConnected && this.hasAttribute("url");
      if (!isWanted) this.#drop();
      else if (this.#view === undefined) {
        this.#telling(() => (this.#view = new RemoteFramebufferView(this, this.#options())));
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
      url: text("url") ?? "",
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
      debug: this.hasAttribute("debug"),
      workerFactory: RemoteFramebufferElement.workerFactory,
      onState: (state) => this.#tell("state", state),
      onStats: (stats) => this.#tell("stats", stats),
      onError: (error) => this.#tell("error", error),
    };
  }

  /** A wrong attribute is told as an event: no one can catch what is thrown here. */
  #telling(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#tell("error", error instanceof Error ? error : new Error(String(error)));
    }
  }

  #tell(type: "state" | "stats" | "error", detail: ConnectionState | Stats | Error): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

if (typeof customElements !== "undefined" && customElements.get(ELEMENT_NAME) === undefined) {
  customElements.define(ELEMENT_NAME, RemoteFramebufferElement);
}

declare global {
  interface HTMLElementTagNameMap {
    "remote-framebuffer": RemoteFramebufferElement;
  }
}
