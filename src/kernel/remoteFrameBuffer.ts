import {
  FramebufferSession,
  HAS_GET_FRAME,
  PictureStatusWatch,
  SOURCE_LISTENERS,
  sharedSource,
  wrapSource,
  type Frame,
  type FrameSource,
  type SessionSettings,
  type SourceListener,
} from "../framebuffer";
import { withBothNames, type RfbEvent } from "../protocol/events";
import { parseFrameFeedback } from "../protocol/parseViewMessage";
import type { ShownError } from "../protocol/repeatLimit";
import type { Disposable } from "../protocol/transport";
import {
  DISPLAY,
  hasKernel,
  ON_CHANGE,
  ON_CLOSE,
  ON_LEAVE,
  ON_OPEN,
  ON_STATE_REQUEST,
  OPEN,
  releaseOutputs,
  REPORT,
  SET_TRAIT,
  SHOW_ERROR,
  SHOWN_IN,
  STATUS,
  type Change,
  type Keeper,
  type MimeBundle,
} from "../widgets";
import { Animation } from "./animation";
import { FrontEndBase, type RemoteFrameBufferOptions } from "./frontEnd";
import { misnamedHandler } from "./misnamedHandler";
import { PeerTransport } from "./peerTransport";
import { PictureFiles } from "./pictureFiles";
import { pictureRuntime } from "./pictureRuntime";
import { PrintedText } from "./printedText";
import type { RecordedVideo, RecordVideoOptions } from "./recordVideo";
import type { SavePictureOptions } from "./savePicture";
import { Servers } from "./servers";
import { Snapshot } from "./snapshot";
import { UserMethod } from "./userMethod";
import { resizeEvent, sizeOfTraits, viewSize, type ViewSize } from "./viewSize";
import { withDroppedMessages, type WidgetStats } from "./widgetStats";

/**
 * A widget that shows what your code draws. Subclass it, return a frame from
 * {@link RemoteFrameBuffer.get_frame}, react to the user in {@link RemoteFrameBuffer.handle_event},
 * and call {@link RemoteFrameBuffer.request_draw} when the picture has changed.
 *
 * The class and its members have the same names as in jupyter_rfb.
 * @see https://jupyter-rfb.readthedocs.io/
 */
export class RemoteFrameBuffer extends FrontEndBase implements FrameSource {
  readonly #runtime = pictureRuntime().frames;
  readonly #text = new PrintedText({
    status: () => this[STATUS],
    cell: () => this[SHOWN_IN].cell,
    runInCell: (method) => this[SHOWN_IN].run(method),
    setOutput: (output) => this[SET_TRAIT]("_output", output),
    reportError: (error) => this[REPORT](error, "showing what it prints"),
  });
  readonly #session: FramebufferSession;
  readonly #files: PictureFiles;
  readonly #peers = new PeerTransport({
    clock: this.#runtime,
    maxInFlight: () => this.#session.maxInFlight,
    broadcast: (message, buffers) => {
      // A frame opens no comm: only a snapshot may wait for it, or the widget has left.
      if (this[STATUS] === "open") this.send(message, buffers);
    },
    onOutputsRemoved: releaseOutputs,
    // A page with a visible view sets it again.
    onPageLeft: () => this[SET_TRAIT]("_has_visible_views", false),
    sendTo: (peer, message, buffers) => peer.send({ method: "custom", content: message }, buffers),
    stats: (request) => this.#session.stages.answer(request),
  });
  readonly #status = new PictureStatusWatch({
    source: this,
    clock: this.#runtime,
    lastFrame: () => this.#session.lastFrame,
    show: (status) => this[SET_TRAIT]("_status", status),
    note: (text) => this.#text.note(`${this.constructor.name}: ${text}`),
  });
  readonly #animation = new Animation(
    () => this.request_draw(),
    () => this[STATUS] === "open" || this.#servers.isAny,
    this.#runtime,
  );
  readonly #servers = new Servers();

  /**
   * @param options - Initial values of the traits.
   * @throws TypeError for an unknown option; TypeError or RangeError for a value that its trait
   *   rejects.
   */
  constructor(options: RemoteFrameBufferOptions = {}) {
    super(options);
    const [drawing, handling] = [new UserMethod(this.#text), new UserMethod(this.#text)];
    this.#session = new FramebufferSession({
      source: wrapSource(this, {
        get_frame: () => this.#status.watch(drawing.call(() => this.get_frame())),
        handle_event: (event) => handling.call(() => this.#handleEvent(event)),
      }),
      transport: this.#peers,
      runtime: this.#runtime,
      settings: this as this & Pick<SessionSettings, "_use_websocket">,
      reportError: (error, during) => this[REPORT](error, during),
    });
    this.#session.setReachable(false);
    this.#files = new PictureFiles(this, this.#session);
    this.on_msg((message, buffers, peer) => this.#peers.receive(message, buffers, peer));
  }

  /**
   * Draws the next frame. Override this method. {@link RemoteFrameBuffer.request_draw} says when it
   * is called.
   *
   * @returns an array of bytes with shape `[height, width]` (gray), `[height, width, 3]` (RGB) or
   *   `[height, width, 4]` (RGBA; alpha is ignored), or an object like ImageData, or a Promise of
   *   either. null cancels the draw. The pixels are copied.
   */
  get_frame(): Frame | null | undefined | Promise<Frame | null | undefined> {
    return null;
  }

  /** Receives the user's input and other events. Override it. `event_type` narrows their type. */
  handle_event(event: RfbEvent): void | Promise<void> {
    this.#text.note(misnamedHandler(this, event));
  }

  /**
   * The size of the most recently resized view. Before there is one, it comes from css_width and
   * css_height, with a ratio of 1, if they are in px; otherwise it is 500 x 300.
   */
  get view_size(): ViewSize {
    return viewSize(sharedSource(this).lastResize ?? resizeEvent(sizeOfTraits(this), 1));
  }

  /**
   * Schedules a draw and returns at once. The draw happens as soon as a view is visible and has
   * confirmed enough of the frames that were sent. Further requests until then are part of the same
   * draw. A resize event requests a draw too.
   */
  request_draw(): void {
    this.#session.requestDraw();
    this.#servers.drawRequested();
  }

  /**
   * Requests draws at a steady rate while the picture is shown, each like
   * {@link RemoteFrameBuffer.request_draw}. There are fewer draws if the view or get_frame() is
   * slower.
   *
   * @param fps - Draws per second, up to 1000. 0 stops it.
   * @throws TypeError or RangeError for another value.
   */
  animate(fps: number): void {
    this.#animation.setRate(fps);
  }

  /**
   * Sends a frame now, for a picture that is drawn asynchronously after get_frame() returned null.
   * It doesn't wait for the view, so calling it too often makes the picture lag. An invalid frame
   * is reported next to the widget.
   */
  send_frame(frame: Frame): void {
    if (this[STATUS] === "closed") return;
    this.#servers.frameSent(frame);
    const isSnapshotWaiting = this.#session.isSnapshotWaiting;
    if (this.#servers.areOnlyRoutes && !isSnapshotWaiting) return;
    // Outside a notebook a snapshot may wait for it, or a server that has closed meanwhile.
    if (hasKernel() || !(isSnapshotWaiting || this.#servers.wasAny)) this.#openForCell();
    try {
      this.#session.sendFrame(frame);
      this.#status.frameCame();
    } catch (error) {
      this[REPORT](error, "send_frame");
    }
  }

  /**
   * Takes a still picture: draws a frame now, and returns an object that holds it in `data` and
   * shows it as a cell's last expression. If get_frame() returns a Promise, `data` is available
   * once `ready` has resolved.
   *
   * Before the first display this emits a resize event once, from css_width and css_height if they
   * are in px.
   *
   * @param pixel_ratio - Device pixels per CSS pixel, above 0 and up to 100. Default: the view's,
   *   or 1 before the first display.
   * @throws what get_frame() throws; TypeError or RangeError for an invalid frame or ratio; Error
   *   when the widget is closed.
   */
  snapshot(pixel_ratio?: number): Snapshot {
    const frame = this.#files.still(pixel_ratio);
    return new Snapshot({ frame, size: () => this.#session.lastResizeEvent });
  }

  /**
   * Draws a frame like {@link RemoteFrameBuffer.snapshot}, and writes it to a file: PNG, JPEG or
   * WebP (which needs sharp), by the end of its name. An existing file is replaced.
   *
   * @throws (as a rejection) TypeError or RangeError for a bad path or option; what get_frame()
   *   throws; what keeps the file from being written.
   */
  save_picture(path: string, options?: SavePictureOptions): Promise<void> {
    return this.#files.save(path, options);
  }

  /**
   * Records what is drawn from now on as a video: .mp4 (H.264) or .webm (VP9), by the end of its
   * name. Needs node-av. Whether or not a view shows the widget, a frame is drawn for each picture
   * of the video, unless one was drawn or sent anyway. All are fitted into the size of the first.
   * Closing the widget ends the recording early and keeps it.
   *
   * @param seconds - Length of the video, above 0 and up to 86 400.
   * @throws (as a rejection) what {@link RemoteFrameBuffer.save_picture} does, and Error without
   *   node-av. No file is left then.
   */
  record_video(
    path: string,
    seconds: number,
    options?: RecordVideoOptions,
  ): Promise<RecordedVideo> {
    return this.#files.record(path, seconds, options);
  }

  /**
   * Prints to the widget's own cell, even from callbacks; outside a notebook to the standard
   * output. Formats its arguments like console.log.
   */
  print(...args: readonly unknown[]): void {
    if (this[STATUS] !== "closed" && hasKernel()) this.#openForCell();
    this.#text.print(args);
  }

  /**
   * Returns statistics since the last {@link RemoteFrameBuffer.reset_stats}: frames sent and
   * confirmed, frames per second, and the average times of a frame, in seconds. Also how many
   * messages the kernel has dropped because they were invalid.
   */
  get_stats(): WidgetStats {
    return withDroppedMessages(this.#session.stats);
  }

  /** Restarts the statistics with the next frame that is sent. */
  reset_stats(): void {
    this.#session.resetStats();
  }

  /** Whether a subclass has overridden get_frame(). */
  get [HAS_GET_FRAME](): boolean {
    return this.get_frame !== RemoteFrameBuffer.prototype.get_frame;
  }

  /** Adds a server that shows this source to its viewers. @throws Error when it is closed */
  [SOURCE_LISTENERS](listener: SourceListener): Disposable {
    if (this[STATUS] === "closed") throw new Error("Cannot show this source: it is closed");
    const serving = this.#servers.add(listener);
    this.#animation.shown();
    return serving;
  }

  override [ON_OPEN](): void {
    super[ON_OPEN]();
    this.#servers.widgetOpened();
    sharedSource(this).addRoute(this);
    this.#session.setReachable(true);
    this.#session.requestDraw();
    this.#animation.shown();
  }

  override [OPEN](keeper: Keeper): void {
    super[OPEN](keeper);
    if (keeper === "parent") this.#text.shown();
  }

  override [DISPLAY](): MimeBundle {
    const bundle = super[DISPLAY]();
    if (this[STATUS] !== "open") return bundle;
    this.#text.shown();
    return this.keep_picture ? this.#files.withFirst(bundle) : bundle;
  }

  override [ON_CHANGE](change: Change): void {
    super[ON_CHANGE](change);
    if (change.name === "_has_visible_views") {
      this.#session.setVisible(change.new === true);
      this.#status.setVisible(change.new === true);
    } else if (change.name === "_frame_feedback") {
      // jupyter_rfb's own front end sends receipts as state, at first an empty one.
      if (Object.keys(change.new as object).length > 0) {
        this.#session.acknowledge(parseFrameFeedback(change.new));
      }
    }
  }

  override [ON_LEAVE](): void {
    super[ON_LEAVE]();
    this.#peers.clear();
    this[SET_TRAIT]("_has_visible_views", false);
    this.#session.setReachable(false);
    this.#text.left();
  }

  override [ON_CLOSE](): void {
    super[ON_CLOSE]();
    this.#files.close();
    this.#session.emitEvent(withBothNames({ type: "close", timestamp: 0 }));
    this.#session.dispose();
    this.#status.dispose();
    this.#animation.dispose();
    this.#peers.clear();
    sharedSource(this).removeRoute(this);
    this.#servers.closed();
    // Printed text stays visible, including what the handler of the close event printed.
    this.#text.closed();
  }

  override [ON_STATE_REQUEST](): void {
    super[ON_STATE_REQUEST]();
    this.#session.stateRequested();
  }

  override [REPORT](error: unknown, during: string): void {
    if (during === "get_frame") this.#status.failed(error);
    super[REPORT](error, during);
  }

  override [SHOW_ERROR](error: ShownError): void {
    this.#text.showError(error);
  }

  /** Opens the comm, unless no cell shows the widget. @throws Error when there is no kernel */
  #openForCell(): void {
    if (this[STATUS] !== "left" && !this.#servers.areOnlyRoutes) this[OPEN]("cell");
  }

  /** Both the frontend and close() emit a close event. The user gets only the first. */
  #handleEvent(event: RfbEvent): void | Promise<void> {
    if (event.event_type === "close" && !sharedSource(this).close()) return;
    return this.handle_event(event);
  }
}
