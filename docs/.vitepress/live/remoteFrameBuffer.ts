/** RemoteFrameBuffer in a page: a session and its view, without a kernel or a server. */
import { browserRuntime, FramebufferSession } from "../../../src/framebuffer/browser";
import type { Frame, FrameSource, SessionSettings } from "../../../src/framebuffer/browser";
import { Animation } from "../../../src/kernel/animation";
import {
  RemoteFrameBufferBase,
  type RemoteFrameBufferOptions,
} from "../../../src/kernel/remoteFrameBufferTraits";
import { resizeEvent, sizeOfTraits, viewSize, type ViewSize } from "../../../src/kernel/viewSize";
import type { ResizeEvent, RfbEvent } from "../../../src/protocol/events";
import type { SessionMessage, ViewMessage } from "../../../src/protocol/messages";
import type { ShownError } from "../../../src/protocol/repeatLimit";
import { FrameBufferView, FrameDisplay, type ViewProperties } from "../../../src/view";
import { ON_CHANGE, ON_CLOSE, OPEN, REPORT, SHOW_ERROR, type Change } from "../../../src/widgets";
import { linkEnds } from "./link";

/** Shows the widget in an element of the page. */
export const SHOW = Symbol("show");

/** The members of the notebooks' class that make sense in a page, with the same traits. */
export class RemoteFrameBuffer extends RemoteFrameBufferBase implements FrameSource {
  readonly #link = linkEnds<SessionMessage, ViewMessage>();
  readonly #session: FramebufferSession;
  readonly #animation: Animation;
  #display: FrameDisplay | undefined;
  #view: FrameBufferView | undefined;
  #text: HTMLElement | undefined;
  #lastResize: ResizeEvent | undefined;
  #printed = "";
  #error = "";

  constructor(options: RemoteFrameBufferOptions = {}) {
    super(options);
    this.#session = new FramebufferSession({
      source: {
        get_frame: () => this.get_frame(),
        handle_event: (event) => {
          if (event.event_type === "resize") this.#lastResize = event;
          return this.handle_event(event);
        },
      },
      transport: this.#link.session,
      runtime: browserRuntime,
      settings: this as this & Pick<SessionSettings, "_use_websocket">,
      reportError: (error, during) => this[REPORT](error, during),
    });
    this.#animation = new Animation(
      () => this.request_draw(),
      () => this.#display?.hasVisibleViews === true,
      browserRuntime,
    );
  }

  get_frame(): Frame | null | undefined | Promise<Frame | null | undefined> {
    return null;
  }

  handle_event(_event: RfbEvent): void | Promise<void> {}

  get view_size(): ViewSize {
    return viewSize(this.#lastResize ?? resizeEvent(sizeOfTraits(this), 1));
  }

  request_draw(): void {
    this.#session.requestDraw();
  }

  animate(fps: number): void {
    this.#animation.setRate(fps);
  }

  send_frame(frame: Frame): void {
    try {
      this.#session.sendFrame(frame);
    } catch (error) {
      this[REPORT](error, "send_frame");
    }
  }

  print(...args: readonly unknown[]): void {
    const texts = args.map((arg) => (typeof arg === "string" ? arg : JSON.stringify(arg)));
    this.#printed += `${texts.join(" ")}\n`;
    this.#writeText();
  }

  get_stats() {
    return this.#session.stats;
  }

  reset_stats(): void {
    this.#session.resetStats();
  }

  [SHOW](place: HTMLElement): void {
    this[OPEN]("user");
    const display = new FrameDisplay(this.#link.view, {
      onVisibilityChange: (isVisible) => {
        this.#session.setVisible(isVisible);
        if (isVisible) this.#animation.shown();
      },
      reportError: (_, error) => this[REPORT](error, "showing a frame"),
    });
    this.#display = display;
    this.#view = display.addView(
      (listener) => new FrameBufferView(listener, this.#viewProperties),
      () => this.close(),
    );
    this.#text = document.createElement("pre");
    this.#text.className = "live-text";
    this.#text.hidden = true;
    place.append(this.#view.element, this.#text);
    this.#view.setAttached(true);
    this.#writeText();
    display.hello();
    this.request_draw();
  }

  override [ON_CHANGE](change: Change): void {
    super[ON_CHANGE](change);
    this.#view?.update(this.#viewProperties);
  }

  override [ON_CLOSE](): void {
    super[ON_CLOSE]();
    this.#animation.dispose();
    this.#session.dispose();
    this.#display?.dispose();
    this.#text?.remove();
  }

  override [SHOW_ERROR]({ line }: ShownError): void {
    this.#error = line;
    this.#writeText();
  }

  /** Prints below the picture, where a notebook prints. */
  #writeText(): void {
    if (this.#text === undefined) return;
    this.#text.textContent = this.#printed + this.#error;
    this.#text.hidden = this.#text.textContent === "";
  }

  get #viewProperties(): Partial<ViewProperties> {
    return {
      cssWidth: this.css_width,
      cssHeight: this.css_height,
      resizable: this.resizable,
      cursor: this.cursor,
      title: this.title,
      hasTitlebar: this.has_titlebar,
      isMinimizable: this.is_minimizable,
      isClosable: this.is_closable,
      fit: this.fit,
      smoothing: this.smoothing,
      toolbar: this.toolbar,
    };
  }
}
