/** The worker's side of a view: keeps a connection, paints what comes, and passes on what the page says. */
import { errorMessage } from "../../protocol/errors";
import type { FrameMessage, ViewAbility } from "../../protocol/messages";
import { seqOf } from "../../protocol/streamFrames";
import type {
  StreamFrameHeader,
  StreamServerMessage,
  StreamViewport,
} from "../../protocol/streamMessages";
import type { Disposable } from "../../protocol/transport";
import type { ViewAbilities } from "../../picture/abilities";
import { CanvasPainter } from "../../picture/canvasPainter";
import type { Painting } from "../../picture/painting";
import type { Timers } from "../../picture/timers";
import type { Placement, Size } from "./placement";
import { makeLog, type Log } from "../shared/log";
import { withoutSecrets } from "../options";
import { Reconnector, verdictOn, type Verdict } from "./reconnect";
import type { CaptureFormat, ConnectionState } from "../types";
import { eventMessage } from "./wire";
import type { MainToWorker, WorkerSettings, WorkerToMain } from "../shared/workerMessages";
import { Connection, type SocketPort } from "./serverConnection";
import { readPicture } from "./readPicture";
import { StatsKeeper } from "./statsKeeper";

/** A server that heard a further hello answers in this time, in milliseconds; pdum.rfb's does not, and is connected to anew. */
const HELLO_TIMEOUT_MS = 2000;

/** What a {@link StreamClient} needs of the world. */
export interface StreamClientOptions {
  readonly canvas: OffscreenCanvas;
  readonly settings: WorkerSettings;
  readonly abilities: ViewAbilities;
  readonly timers: Timers;
  openSocket(url: string): SocketPort;
  /** A monotonic clock in milliseconds. */
  now(): number;
  /** 0 up to 1. */
  random(): number;
  post(message: WorkerToMain, transfer?: Transferable[]): void;
}

/** One view's stream, over as many connections as it takes. */
export class StreamClient implements Disposable {
  readonly #options: StreamClientOptions;
  readonly #painter: CanvasPainter;
  readonly #stats: StatsKeeper;
  readonly #reconnector: Reconnector;
  readonly #withdrawn = new Set<ViewAbility>();
  readonly #log: Log;
  #settings: WorkerSettings;
  #connection: Connection | undefined;
  #state: ConnectionState = "connecting";
  /** What a person was told of this outage. */
  #told: string | undefined;
  /** Whether any server ever answered. */
  #wasNegotiated = false;
  /** Whether video came over this connection. */
  #hasVideo = false;
  /** Whether the server has heard the last hello. */
  #isAnswered = true;
  #answerTimer: Disposable | undefined;
  #layout: Size | undefined;
  #viewport: StreamViewport | undefined;
  /** Not in sight, as long as nobody says otherwise. */
  #visible: { readonly isVisible: boolean; readonly timestamp: number } = {
    isVisible: false,
    timestamp: 0,
  };
  /** The frame's size: of the one that shows, or else what the server announced. */
  #frame: Size | undefined;
  #hasFrame = false;
  #pixelRatio = 1;
  #isDisposed = false;

  constructor(options: StreamClientOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#log = makeLog("worker", options.settings.debug);
    this.#painter = new CanvasPainter(options.canvas);
    const { timers } = options;
    this.#stats = new StatsKeeper({
      timers,
      now: () => options.now(),
      onStats: (stats) => options.post({ type: "stats", stats }),
    });
    this.#reconnector = new Reconnector({
      timers,
      random: () => options.random(),
      connect: () => this.#connect(),
    });
    this.#connect();
  }

  /** Does what the page says. */
  handle(message: Exclude<MainToWorker, { type: "init" | "dispose" }>): void {
    switch (message.type) {
      case "layout":
        this.#layout = message.size;
        return;
      case "viewport":
        this.#viewport = message.viewport;
        this.#settings = { ...this.#settings, ratio: message.viewport.ratio };
        this.#connection?.send(message.viewport);
        return;
      case "visible":
        this.#visible = message;
        this.#sendVisible();
        if (message.isVisible) this.#reconnector.hurry();
        return;
      case "event": {
        // Before that nobody listens, and there is no frame to point at.
        if (this.#state !== "negotiated") return;
        const event = eventMessage(message.event, this.#placement, this.#pixelRatio);
        if (event !== undefined) this.#connection?.send(event);
        return;
      }
      case "fit":
        this.#settings = { ...this.#settings, fit: message.fit };
        return;
      case "quality":
        this.#settings = { ...this.#settings, quality: message.quality };
        this.#connection?.helloAgain();
        return;
      case "imageOnly":
        this.#setImageOnly(message.imageOnly);
        return;
      case "capture":
        void this.#capture(message.id, message.format);
        return;
      case "reconnect":
        this.#told = undefined;
        this.#connect();
        return;
    }
  }

  /** The network is back: makes the attempt that waits. */
  hurry(): void {
    this.#reconnector.hurry();
  }

  /** Closes the socket and releases all. */
  dispose(): void {
    this.#isDisposed = true;
    this.#answerTimer?.dispose();
    this.#reconnector.dispose();
    this.#connection?.dispose();
    this.#stats.dispose();
    this.#painter.dispose();
  }

  get #placement(): Placement | undefined {
    const { fit } = this.#settings;
    if (this.#layout === undefined || this.#frame === undefined) return undefined;
    return { fit, element: this.#layout, frame: this.#frame };
  }

  #connect(): void {
    const isFirst = this.#connection === undefined && this.#state === "connecting";
    this.#reconnector.dispose();
    this.#connection?.dispose();
    this.#connection = undefined;
    this.#hasVideo = false;
    if (!isFirst) {
      this.#stats.change({ reconnects: this.#stats.current.reconnects + 1 });
      this.#setState("reconnecting");
    }
    this.#log(`connecting to ${withoutSecrets(this.#settings.url)}`);
    try {
      this.#connection = this.#newConnection();
    } catch (error) {
      // The browser will not open this URL, however often it is asked.
      const { url } = this.#settings;
      this.#giveUp(errorMessage(error).replaceAll(url, withoutSecrets(url)));
    }
  }

  #newConnection(): Connection {
    return new Connection({
      openSocket: () => this.#options.openSocket(this.#settings.url),
      abilities: this.#options.abilities,
      withdrawn: this.#withdrawn,
      isWanted: (ability) => !this.#settings.imageOnly || (ability !== "h264" && ability !== "vp9"),
      hello: () => this.#settings,
      maxWaiting: this.#settings.maxInflight,
      paint: (painting, frame) => this.#paint(painting, frame),
      onOpen: () => this.#setState("open"),
      onGreeted: () => {
        if (this.#viewport !== undefined) this.#connection?.send(this.#viewport);
        this.#sendVisible();
      },
      onControl: (message) => this.#take(message),
      onFrame: (header) => this.#noteFrame(header),
      onDone: ({ index }, isPainted, waiting) => {
        this.#stats.frameDone(seqOf(index), isPainted, waiting);
      },
      onRecovery: () => {
        this.#stats.change({ recoveries: (this.#stats.current.recoveries ?? 0) + 1 });
      },
      onBytes: (count) => {
        this.#stats.change({ bytesReceived: this.#stats.current.bytesReceived + count });
      },
      onError: (message, error) => this.#tell(`${message}: ${errorMessage(error)}`),
      onClose: (code, reason) => this.#onClose(code, reason),
    });
  }

  #onClose(code: number, reason: string): void {
    const wasOpen = this.#state === "open" || this.#state === "negotiated";
    this.#log(`closed with code ${code}${reason === "" ? "" : ` (${reason})`}`);
    this.#connection = undefined;
    const verdict = verdictOn(code, reason);
    if (verdict.kind === "give-up") {
      this.#giveUp(verdict.reason);
      return;
    }
    const reasonToTell = this.#reasonToTell(verdict, wasOpen);
    if (reasonToTell !== undefined && this.#told !== reasonToTell) {
      this.#told = reasonToTell;
      this.#tell(`Cannot show the stream: ${reasonToTell}; trying again`);
    }
    this.#setState("reconnecting");
    this.#reconnector.schedule();
  }

  /** What a person should know while attempts go on. A server that was there, and restarts, is no news. */
  #reasonToTell(verdict: Verdict, wasOpen: boolean): string | undefined {
    if (verdict.kind === "retry-and-tell") return verdict.reason;
    if (wasOpen || this.#wasNegotiated) return undefined;
    const url = withoutSecrets(this.#settings.url);
    return `no connection to ${url}: is the server running there, and does it let pages of this origin in?`;
  }

  #giveUp(reason: string): void {
    this.#setState("closed");
    this.#tell(`Cannot show the stream: ${reason}`);
  }

  #take(message: StreamServerMessage): void {
    switch (message.type) {
      case "config": {
        const { width, height, pixel_ratio = 1 } = message;
        this.#log(`config: ${message.transport} ${message.codec ?? ""} ${width} x ${height}`);
        this.#isAnswered = true;
        this.#told = undefined;
        this.#wasNegotiated = true;
        if (!this.#hasFrame) {
          this.#frame = { width, height };
          this.#pixelRatio = pixel_ratio;
        }
        this.#reconnector.succeed();
        this.#setState("negotiated");
        return;
      }
      case "set_quality":
        this.#stats.serverAims(message);
        return;
      case "stats":
        this.#stats.serverMeasured(message);
        return;
    }
  }

  #noteFrame(header: StreamFrameHeader): void {
    const isVideo = header.type === "video_chunk";
    this.#stats.change({
      transport: isVideo ? "webcodecs" : "image",
      codec: isVideo ? header.codec : header.mime,
    });
    this.#hasVideo ||= isVideo;
    if (isVideo && !this.#settings.imageOnly) this.#isAnswered = true;
  }

  #paint(painting: Painting, frame: FrameMessage): void {
    this.#painter.paint(painting);
    const { width, height } = this.#painter.canvas;
    this.#pixelRatio = frame.pixel_ratio ?? 1;
    this.#hasFrame = true;
    const { frameWidth, frameHeight } = this.#stats.current;
    if (frameWidth === width && frameHeight === height) return;
    this.#frame = { width, height };
    this.#stats.change({ frameWidth: width, frameHeight: height });
  }

  #sendVisible(): void {
    const { isVisible, timestamp } = this.#visible;
    const event = { type: isVisible ? "show" : "hide", timestamp } as const;
    this.#connection?.send({ type: "event", event });
  }

  #setImageOnly(imageOnly: boolean): void {
    this.#settings = { ...this.#settings, imageOnly };
    if (this.#connection === undefined) return;
    this.#isAnswered = this.#hasVideo !== imageOnly;
    this.#connection.helloAgain();
    this.#answerTimer?.dispose();
    this.#answerTimer = this.#options.timers.after(HELLO_TIMEOUT_MS, () => {
      if (!this.#isAnswered && this.#state === "negotiated") this.#connect();
    });
  }

  async #capture(id: number, format: CaptureFormat): Promise<void> {
    // That of the pixels as they are now: a frame that comes while a file is made does not change what it is of.
    const seq = this.#stats.current.lastDisplayedSeq;
    try {
      if (!this.#hasFrame) throw new Error("no frame has come yet");
      const content = await readPicture(this.#painter, format);
      const transfer = content instanceof ImageData ? [content.data.buffer] : [];
      this.#options.post({ type: "captured", id, seq, content }, transfer);
    } catch (error) {
      const message = `Cannot capture: ${errorMessage(error)}`;
      this.#options.post({ type: "captureFailed", id, message });
    }
  }

  #setState(state: ConnectionState): void {
    if (this.#isDisposed || state === this.#state) return;
    this.#log(`state: ${state}`);
    this.#state = state;
    this.#options.post({ type: "state", state });
  }

  #tell(message: string): void {
    this.#log(message);
    this.#options.post({ type: "error", message });
  }
}
