/** Shows one stream in a page. */
import { nowInSeconds } from "../picture/index";
import { boolean, checkValue, string } from "../protocol/checks";
import { describeValue } from "../protocol/errors";
import type { WireEvent } from "../protocol/events";
import { shownFit } from "../protocol/shownFit";
import type { Disposable } from "../protocol/transport";
import { InputCapture, windowOf, type MeasuredSize, type Toolbar } from "../view/index";
import { Captures } from "./captures";
import { ConnectionMark } from "./connectionMark";
import { PictureElements } from "./elements";
import {
  checkBackground,
  checkFit,
  checkOptions,
  checkQuality,
  type CheckedOptions,
} from "./options";
import { MissingSize } from "./missingSize";
import { makeLog, type Log } from "./shared/log";
import { EMPTY_STATS, type Stats } from "./shared/stats";
import type { CaptureFormat, ConnectionState, FitMode, Size, ViewerRole } from "./shared/types";
import type { WorkerToMain } from "./shared/workerMessages";
import type { RemoteFramebufferOptions } from "./types";
import { explainingUse, guarded, tell } from "./userCode";
import { showTools } from "./viewTools";
import { ViewportReports } from "./viewport";
import { WorkerHost } from "./workerHost";

/**
 * Shows a stream of frames from a WebSocket server, and sends the user's input to the server.
 *
 * The view connects immediately, and reconnects when the connection is lost. A worker owns the
 * socket and decodes the frames.
 */
export class RemoteFramebufferView implements Disposable {
  readonly #options: RemoteFramebufferOptions;
  readonly #checked: CheckedOptions;
  readonly #elements: PictureElements;
  readonly #input: InputCapture;
  readonly #worker: WorkerHost;
  readonly #captures = new Captures();
  readonly #mark: ConnectionMark | undefined;
  readonly #toolbar: Toolbar | undefined;
  readonly #missingSize: MissingSize;
  readonly #viewport: ViewportReports;
  readonly #log: Log;
  #state: ConnectionState = "connecting";
  #stats = EMPTY_STATS;
  #role: ViewerRole | undefined;
  #lastCaptureSeq = -1;
  #fit: FitMode;
  #isOriginalSize = false;
  #measured: MeasuredSize | undefined;
  #frameSize: Size | undefined;
  /** Whether a connection has worked, so that there may be a picture. */
  #hasWorked = false;
  #isDisposed = false;

  /**
   * @param element - A canvas on which nothing was drawn yet, with a size from its attributes or
   *   style; or any other element, which is filled with a new canvas.
   * @throws TypeError, RangeError when an option is invalid.
   * @throws Error when the canvas is in use already, or the browser is too old: Safari before 16.4,
   *   others before 2023.
   */
  constructor(element: HTMLElement, options: RemoteFramebufferOptions) {
    this.#checked = checkOptions(options, document.baseURI);
    this.#options = options;
    const { workerFactory, debug, throttle, urls, token, imageOnly, fit, maxInflight, quality } =
      this.#checked;
    this.#fit = fit;
    this.#log = makeLog("view", debug);
    this.#viewport = new ViewportReports(this.#checked);
    this.#elements = explainingUse(() => new PictureElements(element, this.#checked));
    const canvas = explainingUse(() => this.#elements.transferCanvas());
    if (!this.#checked.hideState) {
      this.#mark = new ConnectionMark((content) => this.#elements.setMark(content));
    }
    this.#worker = new WorkerHost({
      factory: workerFactory,
      onMessage: (message) => this.#handle(message),
      onFailure: (message) => {
        this.#setState("error");
        this.#captures.rejectAll(`Cannot capture: ${message}`);
        this.#report(message);
      },
    });
    const ratio = this.#checked.devicePixelRatio ?? windowOf(element).devicePixelRatio;
    const settings = { urls, token, imageOnly, fit, maxInflight, quality, debug, ratio };
    this.#worker.post({ type: "init", canvas, settings }, [canvas]);
    this.#input = new InputCapture(
      { picture: this.#elements.canvas, textArea: this.#elements.textArea },
      {
        onEvent: (event) => this.#onEvent(event),
        onSize: (size) => {
          const { width, height } = size;
          this.#elements.attach();
          this.#elements.layOut();
          this.#worker.post({ type: "layout", size: { width, height } });
          this.#measured = size;
          if (width > 0 && height > 0) this.#elements.setNotice(undefined);
          this.#applyFit();
        },
        onVisibilityChange: (isVisible) => {
          this.#worker.post({ type: "visible", isVisible, timestamp: nowInSeconds() });
        },
      },
    );
    this.#toolbar = showTools(this.#checked, this.#elements, {
      capture: () => this.capture("blob"),
      stats: () => this.#stats,
      showOriginalSize: () => {
        this.#isOriginalSize = !this.#isOriginalSize;
        this.#applyFit();
      },
      focus: () => this.focus(),
    });
    this.#missingSize = new MissingSize(element, (problem) => {
      if (!this.#checked.hideState) this.#elements.setNotice(problem);
      tell(problem, options.onError, console.warn);
    });
    this.#input.setThrottle(throttle);
    this.#input.setTouchKeyboard(this.#checked.touchKeyboard);
  }

  /** The state of the connection. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** The stream's statistics, a tenth of a second old at most. */
  get stats(): Stats {
    return this.#stats;
  }

  /**
   * Whether this viewer drives, and who asks to; undefined where every viewer drives, and before
   * the server has said it.
   */
  get role(): ViewerRole | undefined {
    return this.#role;
  }

  /**
   * The canvas that shows the frames. Its width and height are the frame's; its size in the page
   * comes from its style.
   */
  get canvas(): HTMLCanvasElement {
    return this.#elements.canvas;
  }

  /** The server's number of the last captured frame; -1 before the first capture. */
  get lastCaptureSeq(): number {
    return this.#lastCaptureSeq;
  }

  /**
   * Changes how a frame fits the element.
   *
   * @param background - A CSS background. @defaultValue the current one
   * @throws TypeError, RangeError when a value is invalid.
   */
  setFit(fit: FitMode, background?: string): void {
    const mode = checkFit(fit);
    const behind = background === undefined ? undefined : checkBackground(background);
    if (this.#isDisposed) return;
    this.#fit = mode;
    this.#applyFit();
    if (behind !== undefined) this.#elements.setBackground(behind);
  }

  /**
   * Changes the quality of lossy frames. A pdum.rfb server ignores it.
   *
   * @param quality - 1..100, or undefined for the server's own.
   * @throws TypeError, RangeError when the value is invalid.
   */
  setQuality(quality: number | undefined): void {
    this.#worker.post({ type: "quality", quality: checkQuality(quality) });
  }

  /**
   * Sets whether to receive images only, no video. With a pdum.rfb server the view has to reconnect
   * for this.
   *
   * @throws TypeError when the value is not a boolean.
   */
  setImageOnly(imageOnly: boolean): void {
    this.#worker.post({
      type: "imageOnly",
      imageOnly: checkValue("imageOnly", imageOnly, boolean),
    });
  }

  /**
   * Captures the frame on the screen at its own size, without bars and not cropped.
   *
   * @param format - "imagedata" for raw pixels, "blob" for a PNG file. @defaultValue "imagedata"
   * @throws TypeError (as a rejection) for any other format.
   * @throws Error (as a rejection) before the first frame, and when the view is disposed.
   */
  capture(format?: "imagedata"): Promise<ImageData>;
  capture(format: "blob"): Promise<Blob>;
  capture(format: CaptureFormat): Promise<ImageData | Blob>;
  capture(format: CaptureFormat = "imagedata"): Promise<ImageData | Blob> {
    if (format !== "imagedata" && format !== "blob") {
      const got = describeValue(format);
      return Promise.reject(new TypeError(`format: expected "imagedata" or "blob", got ${got}`));
    }
    if (this.#isDisposed) return Promise.reject(new Error(DISPOSED));
    if (this.#state === "error") {
      return Promise.reject(new Error("Cannot capture: the view's worker does not run"));
    }
    return this.#captures.request((id) => this.#worker.post({ type: "capture", id, format }));
  }

  /**
   * Asks to drive. If another viewer drives, that one decides. Does nothing without a connection,
   * where every viewer drives, and where this one may not.
   */
  requestDrive(): void {
    this.#worker.post({ type: "requestDrive" });
  }

  /**
   * Lets another viewer drive instead of this one. Does nothing if this viewer does not drive.
   *
   * @param to - One of `role.asking`. @defaultValue the viewer that asked first
   * @throws TypeError, RangeError when it is not a string, or an empty one.
   */
  handOver(to?: string): void {
    const id = to === undefined ? undefined : checkValue("to", to, string(1));
    this.#worker.post({ type: "handOver", to: id });
  }

  /**
   * Gives the picture the focus, so that it receives keys and the wheel. On a phone or tablet this
   * brings up the on-screen keyboard, if it is called while the browser handles a tap.
   */
  focus(): void {
    this.#input.focus();
  }

  /**
   * Reconnects immediately, even if the server has refused the connection. Does nothing when the
   * view is disposed.
   */
  reconnect(): void {
    this.#worker.post({ type: "reconnect" });
  }

  /**
   * Closes the connection, removes everything that was added to the page, and rejects pending
   * captures.
   */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#input.dispose();
    this.#missingSize.dispose();
    this.#worker.dispose();
    this.#captures.rejectAll(DISPOSED);
    this.#setState("closed");
    this.#isDisposed = true;
    this.#mark?.dispose();
    this.#toolbar?.dispose();
    this.#elements.dispose();
  }

  #onEvent(event: WireEvent): void {
    if (event.type !== "resize") {
      this.#worker.post({ type: "event", event });
      return;
    }
    const viewport = this.#viewport.next(event);
    if (viewport !== undefined) this.#worker.post({ type: "viewport", viewport });
  }

  #applyFit(): void {
    const wanted = this.#isOriginalSize ? "none" : this.#fit;
    const fit = shownFit(wanted, this.#measured, this.#frameSize);
    this.#elements.setFit(fit);
    // Positions in the frame depend on it.
    this.#worker.post({ type: "fit", fit });
  }

  #handle(message: WorkerToMain): void {
    switch (message.type) {
      case "state":
        this.#setState(message.state);
        return;
      case "stats":
        this.#stats = message.stats;
        guarded(() => this.#options.onStats?.(message.stats));
        return;
      case "error":
        this.#report(message.message);
        return;
      case "frameSize":
        this.#frameSize = message.size;
        this.#applyFit();
        return;
      case "serverStatus":
        this.#mark?.setServerStatus(message.status);
        return;
      case "role":
        this.#role = message.role;
        // The server releases what the driver held.
        if (!message.role.drives) this.#input.releaseAll();
        guarded(() => this.#options.onRole?.(message.role));
        return;
      case "painted":
        this.#elements.setStale(this.#state !== "negotiated");
        if (this.#state === "negotiated") this.#mark?.painted();
        return;
      case "captured":
        this.#lastCaptureSeq = message.seq;
        this.#captures.resolve(message.id, message.content);
        return;
      case "captureFailed":
        this.#captures.reject(message.id, message.message);
        return;
      case "disposed":
        return;
    }
  }

  #setState(state: ConnectionState): void {
    if (this.#isDisposed || state === this.#state) return;
    this.#log(`state: ${state}`);
    this.#state = state;
    this.#hasWorked ||= state === "negotiated";
    if (state !== "negotiated") {
      // The server releases what a viewer held whose connection is lost.
      this.#input.releaseAll();
      this.#role = undefined;
    }
    // Until the next connection has painted a frame.
    if (this.#hasWorked && state !== "negotiated") this.#elements.setStale(true);
    this.#mark?.setState(state);
    guarded(() => this.#options.onState?.(state));
  }

  #report(message: string): void {
    this.#mark?.problem(message);
    tell(message, this.#options.onError, console.error);
  }
}

const DISPOSED = "Cannot capture: the view is disposed";
