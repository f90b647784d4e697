/** The view of one stream in a page. */
import { describeValue } from "../protocol/errors";
import type { WireEvent } from "../protocol/events";
import type { Disposable } from "../protocol/transport";
import { InputCapture } from "../view/input/inputCapture";
import { nowInSeconds } from "../picture/timers";
import { Captures } from "./captures";
import { PictureElements } from "./elements";
import { viewportOf } from "./worker/placement";
import { makeLog, type Log } from "./shared/log";
import {
  checkBackground,
  checkFit,
  checkOptions,
  checkQuality,
  type CheckedOptions,
} from "./options";
import {
  EMPTY_STATS,
  type CaptureFormat,
  type ConnectionState,
  type FitMode,
  type RemoteFramebufferOptions,
  type Stats,
} from "./types";
import { WorkerHost } from "./workerHost";
import type { WorkerToMain } from "./shared/workerMessages";

/**
 * Shows a stream of frames from a WebSocket server, and sends it what the user does with the picture.
 *
 * It connects at once, and again whenever the connection is lost. Decoding and the socket are in a worker.
 */
export class RemoteFramebufferView implements Disposable {
  readonly #options: RemoteFramebufferOptions;
  readonly #checked: CheckedOptions;
  readonly #elements: PictureElements;
  readonly #input: InputCapture;
  readonly #worker: WorkerHost;
  readonly #captures = new Captures();
  readonly #log: Log;
  #state: ConnectionState = "connecting";
  #stats = EMPTY_STATS;
  #lastCaptureSeq = -1;
  #hasToldSize = false;
  #isDisposed = false;

  /**
   * @param element - A canvas that nothing was drawn on, of a size that its attributes or its style give; or any other element,
   *   which a canvas is made to fill.
   * @throws TypeError, RangeError when an option is not what it may be.
   * @throws Error when the canvas is in use, or the browser is too old: Safari before 16.4, others before 2023.
   */
  constructor(element: HTMLElement, options: RemoteFramebufferOptions) {
    this.#checked = checkOptions(options, document.baseURI);
    this.#options = options;
    const { workerFactory, debug, throttle, url, token, imageOnly, fit, maxInflight, quality } =
      this.#checked;
    this.#log = makeLog("view", debug);
    this.#elements = usable(() => new PictureElements(element, this.#checked));
    const canvas = this.#transferCanvas();
    this.#worker = new WorkerHost({
      factory: workerFactory,
      onMessage: (message) => this.#take(message),
      onFailure: (message) => {
        this.#setState("error");
        this.#captures.rejectAll(`Cannot capture: ${message}`);
        this.#report(message);
      },
    });
    const ratio = this.#checked.devicePixelRatio ?? window.devicePixelRatio;
    const settings = { url, token, imageOnly, fit, maxInflight, quality, debug, ratio };
    this.#worker.post({ type: "init", canvas, settings }, [canvas]);
    this.#input = new InputCapture(
      { picture: this.#elements.canvas, textArea: this.#elements.textArea },
      {
        onEvent: (event) => this.#onEvent(event),
        onSize: ({ width, height }) => {
          this.#elements.attach();
          this.#worker.post({ type: "layout", size: { width, height } });
        },
        onVisibilityChange: (isVisible) => {
          this.#worker.post({ type: "visible", isVisible, timestamp: nowInSeconds() });
        },
      },
    );
    this.#input.setThrottle(throttle);
  }

  /** How far the connection has come. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** What is known of the stream, at most a tenth of a second old. */
  get stats(): Stats {
    return this.#stats;
  }

  /** The canvas that shows the frames. It has their size; its own is a matter of style. */
  get canvas(): HTMLCanvasElement {
    return this.#elements.canvas;
  }

  /** The number that the server gave the frame of the last capture; -1 before the first. */
  get lastCaptureSeq(): number {
    return this.#lastCaptureSeq;
  }

  /**
   * Changes how a frame fits the element.
   *
   * @param background - A CSS background. @defaultValue the one before
   * @throws TypeError, RangeError when it is none of the possible values.
   */
  setFit(fit: FitMode, background?: string): void {
    const mode = checkFit(fit);
    const behind = background === undefined ? undefined : checkBackground(background);
    if (this.#isDisposed) return;
    this.#elements.setFit(mode, behind);
    this.#worker.post({ type: "fit", fit: mode });
  }

  /**
   * Changes the quality of lossy frames. A server of pdum.rfb passes over it.
   *
   * @param quality - 1..100, or undefined for the server's own.
   * @throws TypeError, RangeError
   */
  setQuality(quality: number | undefined): void {
    this.#worker.post({ type: "quality", quality: checkQuality(quality) });
  }

  /**
   * Says whether to take images only, no video. Against a server of pdum.rfb it takes a new connection.
   *
   * @throws TypeError
   */
  setImageOnly(imageOnly: boolean): void {
    if (typeof imageOnly !== "boolean") {
      throw new TypeError(`imageOnly: expected a boolean, got ${describeValue(imageOnly)}`);
    }
    this.#worker.post({ type: "imageOnly", imageOnly });
  }

  /**
   * The pixels of the frame that shows, in its own size: without bars, not cut. "blob" is a PNG file.
   *
   * @throws TypeError (as a rejection) for another format.
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
    return this.#captures.add((id) => this.#worker.post({ type: "capture", id, format }));
  }

  /** Gives the picture the focus: keys and the wheel go to it. */
  focus(): void {
    this.#input.focus();
  }

  /** Connects anew at once, also after the server refused. Nothing happens when the view is disposed. */
  reconnect(): void {
    this.#worker.post({ type: "reconnect" });
  }

  /** Closes the connection and takes away all that was added to the page. Captures that wait are rejected. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#input.dispose();
    this.#worker.dispose();
    this.#elements.dispose();
    this.#captures.rejectAll(DISPOSED);
    this.#setState("closed");
    this.#isDisposed = true;
  }

  #transferCanvas(): OffscreenCanvas {
    try {
      if (!("transferControlToOffscreen" in this.#elements.canvas)) {
        throw new Error("Cannot show frames: this browser has no OffscreenCanvas");
      }
      return usable(() => this.#elements.canvas.transferControlToOffscreen());
    } catch (error) {
      this.#elements.dispose();
      throw error;
    }
  }

  #onEvent(event: WireEvent): void {
    if (event.type !== "resize") {
      this.#worker.post({ type: "event", event });
      return;
    }
    const { autoResize, devicePixelRatio, maxBackingDimension } = this.#checked;
    if (this.#hasToldSize && !autoResize) return;
    this.#hasToldSize = true;
    const { timestamp } = event;
    const viewport = { ...viewportOf(event, devicePixelRatio, maxBackingDimension), timestamp };
    this.#worker.post({ type: "viewport", viewport });
  }

  #take(message: WorkerToMain): void {
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
    guarded(() => this.#options.onState?.(state));
  }

  #report(message: string): void {
    const { onError } = this.#options;
    if (onError === undefined) console.error(`jupyter-rfb-ts: ${message}`);
    else guarded(() => onError(new Error(message)));
  }
}

/** Calls the user's code: what it throws goes to the console, and stops nothing here. */
function guarded(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    console.error(error);
  }
}

/** Does something that a canvas in use does not allow. */
function usable<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new Error(
      `Cannot use the canvas: it has a context, or has or had a view (${error.message}); a canvas serves one view, make another`,
    );
  }
}

const DISPOSED = "Cannot capture: the view is disposed";
