/**
 * The worker's half of a view: connects to the server, shows its frames, and carries out the page's
 * messages.
 */
import type { Timers, ViewAbilities } from "../../picture/index";
import { errorMessage } from "../../protocol/errors";
import type { ViewAbility } from "../../protocol/messages";
import type { StreamRole } from "../../protocol/roleMessages";
import { seqOf } from "../../protocol/streamFrames";
import type { StreamFrameHeader, StreamViewport } from "../../protocol/streamMessages";
import type { Disposable } from "../../protocol/transport";
import { makeLog, type Log } from "../shared/log";
import type { CaptureFormat, Size } from "../shared/types";
import type { MainToWorker, WorkerSettings, WorkerToMain } from "../shared/workerMessages";
import { FormatWatch } from "./formatWatch";
import { SilenceLimit } from "./linkWatch";
import type { Placement } from "./placement";
import { ReconnectingConnection, type ConnectionEvents } from "./reconnectingConnection";
import { ServerConnection, type SocketPort, type StreamControl } from "./serverConnection";
import { StatsKeeper } from "./statsKeeper";
import { StreamPicture } from "./streamPicture";
import { eventMessage } from "./wire";

/** What a {@link StreamClient} depends on. */
export interface StreamClientOptions {
  readonly canvas: OffscreenCanvas;
  readonly settings: WorkerSettings;
  readonly abilities: ViewAbilities;
  readonly timers: Timers;
  openSocket(url: string): SocketPort;
  /** A monotonic clock in milliseconds. */
  now(): number;
  /** A random number from 0 up to, not including, 1. */
  random(): number;
  /** Sends a message to the page. */
  post(message: WorkerToMain, transfer?: Transferable[]): void;
}

/** Shows one stream, over as many connections as needed. */
export class StreamClient implements Disposable {
  readonly #options: StreamClientOptions;
  readonly #picture: StreamPicture;
  readonly #stats: StatsKeeper;
  readonly #format: FormatWatch;
  readonly #connection: ReconnectingConnection;
  readonly #withdrawn = new Set<ViewAbility>();
  readonly #silence = new SilenceLimit();
  readonly #log: Log;
  #settings: WorkerSettings;
  #layout: Size | undefined;
  /** Whether the server wants this viewer's events. */
  #drives = true;
  #viewport: StreamViewport | undefined;
  /** Hidden until the page reports that the picture is visible. */
  #visible: { readonly isVisible: boolean; readonly timestamp: number } = {
    isVisible: false,
    timestamp: 0,
  };

  constructor(options: StreamClientOptions) {
    const { settings, timers } = options;
    this.#options = options;
    this.#settings = settings;
    this.#log = makeLog("worker", settings.debug);
    this.#picture = new StreamPicture(options.canvas);
    this.#stats = new StatsKeeper({
      timers,
      now: () => options.now(),
      onStats: (stats) => options.post({ type: "stats", stats }),
    });
    this.#format = new FormatWatch(timers, () => {
      if (this.#connection.state === "negotiated") this.#connection.reconnect();
    });
    this.#connection = new ReconnectingConnection({
      urls: settings.urls,
      timers,
      log: this.#log,
      random: () => options.random(),
      open: (url, events) => this.#open(url, events),
      onReconnect: () => {
        this.#format.restart();
        this.#stats.count("reconnects");
      },
      onState: (state) => options.post({ type: "state", state }),
      onError: (message) => this.#report(message),
    });
  }

  /** Carries out a message from the page. */
  handle(message: Exclude<MainToWorker, { type: "init" | "dispose" }>): void {
    switch (message.type) {
      case "layout":
        this.#layout = message.size;
        return;
      case "viewport":
        this.#viewport = message.viewport;
        this.#settings = { ...this.#settings, ratio: message.viewport.ratio };
        this.#connection.send(message.viewport);
        return;
      case "visible":
        this.#visible = message;
        this.#sendVisible();
        if (message.isVisible) this.#connection.hurry();
        return;
      case "event": {
        // The server ignores earlier events, and there is no frame to which a position could refer.
        if (this.#connection.state !== "negotiated" || !this.#drives) return;
        const event = eventMessage(message.event, this.#placement, this.#picture.pixelRatio);
        if (event !== undefined) this.#connection.send(event);
        return;
      }
      case "fit":
        this.#settings = { ...this.#settings, fit: message.fit };
        return;
      case "quality":
        this.#settings = { ...this.#settings, quality: message.quality };
        this.#connection.helloAgain();
        return;
      case "imageOnly":
        this.#settings = { ...this.#settings, imageOnly: message.imageOnly };
        this.#format.change(message.imageOnly);
        this.#connection.helloAgain();
        return;
      case "capture":
        void this.#capture(message.id, message.format);
        return;
      case "requestDrive":
        this.#connection.send({ type: "request_drive" });
        return;
      case "handOver":
        this.#connection.send({
          type: "hand_over",
          ...(message.to === undefined ? {} : { to: message.to }),
        });
        return;
      case "reconnect":
        this.#connection.reconnect();
        return;
    }
  }

  /** Makes a scheduled attempt to reconnect now, because the network is back. */
  hurry(): void {
    this.#connection.hurry();
  }

  /** Closes the socket and frees all memory. */
  dispose(): void {
    this.#format.dispose();
    this.#connection.dispose();
    this.#stats.dispose();
    this.#picture.dispose();
  }

  get #placement(): Placement | undefined {
    const { size } = this.#picture;
    if (this.#layout === undefined || size === undefined) return undefined;
    return { fit: this.#settings.fit, element: this.#layout, frame: size };
  }

  #open(url: string, events: ConnectionEvents): ServerConnection {
    let isPainted = false;
    // Until the server says otherwise.
    this.#drives = true;
    return new ServerConnection({
      ...events,
      timers: this.#options.timers,
      silence: this.#silence,
      openSocket: () => this.#options.openSocket(url),
      abilities: this.#options.abilities,
      withdrawn: this.#withdrawn,
      isWanted: (ability) => !this.#settings.imageOnly || (ability !== "h264" && ability !== "vp9"),
      hello: () => this.#settings,
      maxWaiting: this.#settings.maxInflight,
      paint: (painting, frame) => {
        this.#noteSize(this.#picture.paint(painting, frame));
        if (!isPainted) this.#options.post({ type: "painted" });
        isPainted = true;
      },
      onGreeted: () => {
        if (this.#viewport !== undefined) this.#connection.send(this.#viewport);
        this.#sendVisible();
      },
      onControl: (message) => this.#handleControl(message),
      onFrame: (header) => this.#noteFrame(header),
      onDone: ({ index }, isPainted, waiting) => {
        this.#stats.frameDone(seqOf(index), isPainted, waiting);
      },
      onPainted: (_frame, times) => this.#stats.painted(times),
      onRecovery: () => this.#stats.count("recoveries"),
      onBytes: (bytes) => this.#stats.count("bytesReceived", bytes),
      reportError: (message, error) => this.#report(`${message}: ${errorMessage(error)}`),
    });
  }

  #handleControl(message: StreamControl): void {
    switch (message.type) {
      case "config": {
        const { width, height, pixel_ratio = 1 } = message;
        this.#log(`config: ${message.transport} ${message.codec ?? ""} ${width} x ${height}`);
        this.#format.settle();
        this.#picture.announce({ width, height }, pixel_ratio);
        this.#connection.succeed();
        return;
      }
      case "set_quality":
        this.#stats.serverAims(message);
        return;
      case "stats":
        this.#stats.serverMeasured(message);
        return;
      case "status":
        this.#options.post({ type: "serverStatus", status: message });
        return;
      case "role":
        this.#takeRole(message);
        return;
    }
  }

  #takeRole({ drives, may_drive, has_driver, asks, asking = [] }: StreamRole): void {
    this.#drives = drives;
    const role = { drives, mayDrive: may_drive, hasDriver: has_driver, asks, asking };
    this.#options.post({ type: "role", role });
  }

  #noteFrame(header: StreamFrameHeader): void {
    const isVideo = header.type === "video_chunk";
    this.#stats.change({
      transport: isVideo ? "webcodecs" : "image",
      codec: isVideo ? header.codec : header.mime,
    });
    this.#format.noteFrame(isVideo, this.#settings.imageOnly);
  }

  #noteSize({ width, height }: Size): void {
    const { frameWidth, frameHeight } = this.#stats.current;
    if (frameWidth === width && frameHeight === height) return;
    this.#stats.change({ frameWidth: width, frameHeight: height });
    this.#options.post({ type: "frameSize", size: { width, height } });
  }

  #sendVisible(): void {
    const { isVisible, timestamp } = this.#visible;
    const event = { type: isVisible ? "show" : "hide", timestamp } as const;
    this.#connection.send({ type: "event", event });
  }

  async #capture(id: number, format: CaptureFormat): Promise<void> {
    // Read first: a frame that arrives while a file is encoded is not the captured one.
    const seq = this.#stats.current.lastDisplayedSeq;
    try {
      const content = await this.#picture.capture(format);
      const transfer = content instanceof ImageData ? [content.data.buffer] : [];
      this.#options.post({ type: "captured", id, seq, content }, transfer);
    } catch (error) {
      const message = `Cannot capture: ${errorMessage(error)}`;
      this.#options.post({ type: "captureFailed", id, message });
    }
  }

  #report(message: string): void {
    this.#log(message);
    this.#options.post({ type: "error", message });
  }
}
