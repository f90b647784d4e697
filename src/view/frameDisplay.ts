/** The displaying end of one session: what comes from it is shown in its views, what happens there is sent to it. */
import type { WireEvent } from "../protocol/events";
import type { ViewMessage } from "../protocol/messages";
import { parseFrameMessage } from "../protocol/parse";
import type { Disposable, Transport } from "../protocol/transport";
import { browserAbilities, type ViewAbilities } from "../picture/abilities";
import type { FrameBufferView, ViewListener } from "./frameBufferView";
import { FrameReceiver } from "../picture/frameReceiver";
import { RetainedPicture } from "../picture/retainedPicture";
import { reportOnConsole } from "./report";
import { nowInSeconds } from "../picture/timers";

/** What a {@link FrameDisplay} can be given. */
export interface FrameDisplayOptions {
  /** Some view is visible now, where none was; or none is any more. */
  onVisibilityChange?(hasVisibleViews: boolean): void;
  /** Something is wrong with what came; the display goes on. @defaultValue the browser's console */
  reportError?(message: string, error: unknown): void;
  /** What the browser can show. @defaultValue {@link browserAbilities} */
  readonly abilities?: ViewAbilities;
}

/**
 * Decodes each frame once, paints it in all views, and acknowledges it as soon as it is painted or dropped (without waiting
 * for the screen, so that a tab in the background goes on). Keeps the last picture for a view that comes later.
 *
 * Views may differ in size. Each sends its own resize events, the session draws for the size that it heard of last, and the
 * other views show that picture scaled to themselves. `show` and `hide` are about all views together.
 */
export class FrameDisplay implements Disposable {
  readonly #transport: Transport<ViewMessage>;
  readonly #options: FrameDisplayOptions;
  readonly #receiver: FrameReceiver;
  readonly #picture = new RetainedPicture();
  readonly #views = new Set<FrameBufferView>();
  readonly #visible = new Set<FrameBufferView>();
  readonly #receiving: Disposable;
  #isDisposed = false;

  constructor(transport: Transport<ViewMessage>, options: FrameDisplayOptions = {}) {
    this.#transport = transport;
    this.#options = options;
    this.#receiver = new FrameReceiver({
      send: (message) => this.#send(message),
      paint: (painting) => this.#picture.paint(painting, this.#views),
      reportError: (message, error) => {
        if (options.reportError === undefined) reportOnConsole(message, error);
        else options.reportError(message, error);
      },
      abilities: this.#abilities,
    });
    this.#receiving = transport.onMessage((message, buffers) => this.#receive(message, buffers));
  }

  /** Whether some view is visible. */
  get hasVisibleViews(): boolean {
    return this.#visible.size > 0;
  }

  /**
   * Tells the session that a display is there, and what it can show. Call it again when the transport was interrupted.
   *
   * What is not known yet is told by a second hello, so that the first one never waits. That happens only within a moment of the
   * page's load, since it costs the session a whole frame.
   */
  hello(): void {
    const said = this.#receiver.accepts;
    this.#receiver.hello();
    void this.#abilities.known.then(() => {
      if (this.#receiver.accepts.some((ability) => !said.includes(ability))) this.#receiver.hello();
    });
  }

  /** Sends an event. Nothing happens when the transport is closed: the user may act on a view that nobody hears. */
  sendEvent(event: WireEvent): void {
    this.#send(event);
  }

  /**
   * Adds a view and shows the last picture in it.
   *
   * @param create - Makes the view, with the listener that it is to have.
   * @param onCloseRequest - The user pressed the view's close button.
   * @returns the view; dispose it with {@link removeView}.
   */
  addView(
    create: (listener: ViewListener) => FrameBufferView,
    onCloseRequest: () => void,
  ): FrameBufferView {
    const view = create({
      onEvent: (event) => this.#send(event),
      onVisibilityChange: (isVisible) => this.#setVisible(view, isVisible),
      onCloseRequest,
    });
    this.#views.add(view);
    this.#picture.addView(view);
    return view;
  }

  /** Disposes a view. */
  removeView(view: FrameBufferView): void {
    this.#views.delete(view);
    if (!this.#isDisposed) this.#picture.removeView(view, this.#views);
    view.dispose();
    this.#setVisible(view, false);
  }

  /** Disposes all views and releases the pictures. Sends nothing more: whoever disposes the display has told its session. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const view of [...this.#views]) this.removeView(view);
    this.#receiving.dispose();
    this.#receiver.dispose();
    this.#picture.dispose();
  }

  #receive(message: unknown, buffers: readonly Uint8Array[]): void {
    try {
      this.#receiver.push(parseFrameMessage(message, buffers.length), buffers);
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
      // The channel is closed, which its owner shows; a picture that is still there does no harm.
    }
  }
}
