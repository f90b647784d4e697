/**
 * The displaying end of one session: shows the session's frames in views, and sends the user's
 * input to the session.
 */
import {
  browserAbilities,
  FrameReceiver,
  nowInSeconds,
  RetainedPicture,
  type ViewAbilities,
} from "../picture/index";
import type { WireEvent } from "../protocol/events";
import type { ViewMessage } from "../protocol/messages";
import { parseFrameMessage } from "../protocol/parseFrameMessage";
import { isPing, parsePing } from "../protocol/parsePing";
import { isStatsMessage, parseStatsMessage } from "../protocol/parseStatsMessage";
import type { Disposable, Transport } from "../protocol/transport";
import type { FrameBufferView, ViewListener } from "./frameBufferView";
import type { MarkContent } from "./mark";
import { PictureMeter } from "./pictureMeter";
import type { PictureStatistics } from "./pictureStatistics";
import { reportOnConsole } from "./report";
import { SessionStats } from "./sessionStats";

/** The options of a {@link FrameDisplay}. */
export interface FrameDisplayOptions {
  /** The first view became visible, or the last visible one was hidden. */
  onVisibilityChange?(hasVisibleViews: boolean): void;
  /** A frame was painted. */
  onPaint?(): void;
  /**
   * Reports a message or frame that cannot be used; the display continues.
   *
   * @defaultValue logs to the console
   */
  reportError?(message: string, error: unknown): void;
  /** The browser's abilities. @defaultValue {@link browserAbilities} */
  readonly abilities?: ViewAbilities;
  /** Whether frames are to come as base64: binary messages are slow. @defaultValue false */
  readonly prefersBase64?: boolean;
}

/** A display's picture, and its logical size in CSS pixels. */
export interface StillPicture {
  readonly canvas: HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes each frame once, paints it in all views, and acknowledges it when it is painted or
 * dropped. Receipts do not wait for the screen to refresh, so that a background tab continues. The
 * display retains the last picture for views that are added later.
 *
 * Views may differ in size. Each view sends its own resize events; the session draws for the most
 * recently resized view, and the other views scale the picture to their size. The `show` and `hide`
 * events concern all views together.
 */
export class FrameDisplay implements Disposable {
  readonly #transport: Transport<ViewMessage>;
  readonly #options: FrameDisplayOptions;
  readonly #receiver: FrameReceiver;
  readonly #picture = new RetainedPicture(() => document.createElement("canvas"));
  readonly #views = new Set<FrameBufferView>();
  readonly #visible = new Set<FrameBufferView>();
  readonly #meter = new PictureMeter();
  readonly #session = new SessionStats((message) => this.#send(message));
  readonly #receiving: Disposable;
  #mark: MarkContent | undefined;
  #isDisposed = false;

  constructor(transport: Transport<ViewMessage>, options: FrameDisplayOptions = {}) {
    this.#transport = transport;
    this.#options = options;
    this.#receiver = new FrameReceiver({
      send: (message) => this.#send(message),
      paint: (painting) => {
        this.#picture.paint(painting, this.#views);
        options.onPaint?.();
      },
      onReceipt: () => {
        for (const view of this.#visible) view.receiptIsDue();
      },
      onPainted: (frame, times) => {
        const { width = 0, height = 0 } = this.#picture.canvas ?? {};
        this.#meter.painted(frame, times, { width, height });
      },
      reportError: (message, error) => {
        if (options.reportError === undefined) reportOnConsole(message, error);
        else options.reportError(message, error);
      },
      abilities: this.#abilities,
      base64: options.prefersBase64 ?? false,
    });
    this.#receiving = transport.onMessage((message, buffers) => this.#receive(message, buffers));
  }

  /** Says over the picture, in all views, what is wrong with it; undefined says nothing. */
  setMark(content: MarkContent | undefined): void {
    this.#mark = content;
    for (const view of this.#views) view.setMark(content);
  }

  /** The current picture, or undefined before the first frame. */
  get still(): StillPicture | undefined {
    const { canvas } = this.#picture;
    if (!(canvas instanceof HTMLCanvasElement)) return undefined;
    const { clientWidth, clientHeight, width, height } = canvas;
    const hasLayout = clientWidth > 0 && clientHeight > 0;
    return {
      canvas,
      width: hasLayout ? clientWidth : width / devicePixelRatio,
      height: hasLayout ? clientHeight : height / devicePixelRatio,
    };
  }

  /** Measurements of the picture, at both ends. */
  async statistics(): Promise<PictureStatistics> {
    return this.#meter.get(await this.#session.request());
  }

  /** Whether the session answers within a second. */
  answers(): Promise<boolean> {
    return this.#session.answers();
  }

  /** Whether there is any view. */
  get hasViews(): boolean {
    return this.#views.size > 0;
  }

  /** Whether any view is visible. */
  get hasVisibleViews(): boolean {
    return this.#visible.size > 0;
  }

  /**
   * Announces the display and its abilities to the session. Call it again after an interruption of
   * the transport.
   *
   * The first hello never waits for the probes of the abilities. If they find more, a second hello
   * follows. That costs the session a whole frame, but happens only shortly after the page was
   * loaded.
   */
  hello(): void {
    const announced = this.#receiver.accepts;
    this.#receiver.hello();
    void this.#abilities.known.then(() => {
      if (this.#receiver.accepts.some((ability) => !announced.includes(ability)))
        this.#receiver.hello();
    });
  }

  /** Says that the page has removed the outputs of widgets, given by their model ids. */
  reportRemoval(modelIds: readonly string[]): void {
    this.#send({ type: "output_removed", model_ids: modelIds });
  }

  /** Says that the page is about to go. The kernel then releases what its user holds. */
  goodbye(): void {
    for (const view of this.#views) view.releaseAll();
    this.#send({ type: "goodbye" });
  }

  /** Shows a saved picture, given by a data URL, until a frame comes. */
  showSaved(url: string): void {
    const mimetype = /^data:(image\/\w+);base64,/.exec(url)?.[1];
    const frame = { type: "framebufferdata", mimetype, data_b64: url, index: 1, timestamp: 0 };
    this.#receive(frame, []);
  }

  /** Sends an event. Does nothing when the transport is closed. */
  sendEvent(event: WireEvent): void {
    this.#send(event);
  }

  /**
   * Adds a view and shows the last picture in it.
   *
   * @param create - Creates the view with the given listener.
   * @param onCloseRequest - The user pressed the view's close button.
   * @returns the view; call {@link removeView} to dispose it.
   */
  addView(
    create: (listener: ViewListener) => FrameBufferView,
    onCloseRequest: () => void,
  ): FrameBufferView {
    const view = create({
      onEvent: (event) => this.#send(event),
      onVisibilityChange: (isVisible) => this.#setVisible(view, isVisible),
      onCloseRequest,
      statistics: () => this.statistics(),
    });
    this.#views.add(view);
    view.setMark(this.#mark);
    this.#picture.addView(view);
    return view;
  }

  /** Removes a view and disposes it. */
  removeView(view: FrameBufferView): void {
    this.#views.delete(view);
    if (!this.#isDisposed) this.#picture.removeView(view, this.#views);
    view.dispose();
    this.#setVisible(view, false);
  }

  /** Disposes all views and releases the picture. Sends nothing: the caller informs the session. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const view of [...this.#views]) this.removeView(view);
    this.#receiving.dispose();
    this.#receiver.dispose();
    this.#session.dispose();
    this.#picture.dispose();
  }

  #receive(message: unknown, buffers: readonly Uint8Array[]): void {
    try {
      if (isStatsMessage(message)) {
        this.#session.receive(parseStatsMessage(message));
        return;
      }
      if (isPing(message)) {
        this.#send({ type: "pong", id: parsePing(message).id });
        return;
      }
      const frame = parseFrameMessage(message, buffers.length);
      this.#meter.received(frame, buffers);
      this.#receiver.push(frame, buffers);
    } catch (error) {
      this.#receiver.report("Cannot understand a message from the kernel", error);
    }
  }

  get #abilities(): ViewAbilities {
    return this.#options.abilities ?? browserAbilities;
  }

  #setVisible(view: FrameBufferView, isVisible: boolean): void {
    const before = this.hasVisibleViews;
    if (isVisible) this.#visible.add(view);
    else this.#visible.delete(view);
    if (this.#isDisposed || this.hasVisibleViews === before) return;
    this.#send({ type: before ? "hide" : "show", timestamp: nowInSeconds() });
    this.#options.onVisibilityChange?.(this.hasVisibleViews);
  }

  #send(message: ViewMessage): void {
    if (this.#isDisposed) return;
    try {
      this.#transport.send(message);
    } catch {
      // The channel is closed. Its owner reports that, and the last picture stays.
    }
  }
}
