import {
  FramePool,
  nodeRuntime,
  SharedFrames,
  viewFrame,
  type CreateVideoEncoder,
  type Frame,
  type FrameSource,
  type ImageEncoders,
  type KeptFrame,
  type RawFrame,
  type Runtime,
} from "../framebuffer/node";
import { ErrorReporter } from "../hosting/errorReporter";
import type { PublisherMetrics, ViewerMetrics, ViewerTotals } from "../hosting/metrics";
import type { FrameMetadata } from "../protocol/frameMetadata";
import type { StreamRfbEvent } from "../protocol/parseClientMessage";
import type { StreamStatus } from "../protocol/streamMessages";
import type { Disposable } from "../protocol/transport";
import { Audience, type StreamViewer } from "./audience";
import { checkMetadata } from "./frameMetadata";
import { hasNodeAv } from "./nodeAv";
import { SharedQualities } from "./sharedQualities";
import { SharedVideo } from "./sharedVideo";
import { SourceDriver } from "./sourceDriver";
import { StatusNotices } from "./statusNotices";
import { StreamEvents, type Sender } from "./streamEvents";
import type { StreamSettings } from "./streamOptions";

/** Where viewers reach a stream. */
export interface StreamAddress {
  /** The port; undefined if the application owns the server and it isn't listening. */
  readonly port: number | undefined;
  /** The address for browsers on this machine; undefined together with the port. */
  readonly url: string | undefined;
  /** The address of the page that shows it; undefined without a page, and with the port. */
  readonly page: string | undefined;
}

/** What a {@link Stream} is made of. */
export interface StreamParts {
  readonly name: string;
  /** Width until the first frame, in pixels, 1..65500. */
  readonly width: number;
  /** Height until the first frame, in pixels, 1..65500. */
  readonly height: number;
  readonly settings: StreamSettings;
  /** Draws the frames; undefined if they are published. */
  readonly source?: FrameSource | undefined;
  readonly address?: StreamAddress | undefined;
  /** The stream has ended. Called once. */
  onEnd?(): void;
  /** @defaultValue Node's */
  readonly runtime?: Runtime | undefined;
  /** Returns image encoders, which the caller disposes of. @defaultValue those of the process */
  readonly acquireEncoders?: (() => ImageEncoders) | undefined;
  /** Whether video can be encoded here. @defaultValue whether node-av is installed */
  readonly hasVideo?: (() => boolean) | undefined;
  /** See {@link SharedVideo}. @defaultValue by the number of processors */
  readonly maxExtraEncoders?: number | undefined;
  /** @defaultValue node-av's encoders */
  readonly createVideoEncoder?: CreateVideoEncoder | undefined;
}

/**
 * One stream of frames: the newest frame, the viewers, what they share, and the source if one draws
 * the frames. `Display` is what users see of it.
 */
export class Stream {
  readonly name: string;
  readonly settings: StreamSettings;
  readonly runtime: Runtime;
  readonly events: StreamEvents;
  /** Compares and encodes each frame once for all viewers. */
  readonly sharedFrames: SharedFrames;
  readonly sharedVideo: SharedVideo;
  /** The qualities that viewers have. */
  readonly qualities: SharedQualities;
  /** Returns the image encoders for one viewer, which disposes of them. */
  readonly acquireEncoders: () => ImageEncoders;
  /** Measures what is sent to a broker; undefined if nothing is. */
  published: (() => PublisherMetrics) | undefined;
  readonly #parts: StreamParts;
  readonly #pool: FramePool;
  /** Who sees it. */
  readonly audience = new Audience();
  readonly #errors: ErrorReporter;
  readonly #driver: SourceDriver | undefined;
  readonly #status: StatusNotices;
  /** Held so that the encoders stay open between two viewers. */
  readonly #encoders: ImageEncoders;
  /** What serves only this stream, and closes with it. */
  readonly #servers: { close(): Promise<void> }[] = [];
  #latest: KeptFrame | undefined;
  #size: { readonly width: number; readonly height: number };
  #isClosed = false;
  #ending: Promise<void> | undefined;
  #hasVideo: boolean | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(parts: StreamParts) {
    const { name, width, height, settings, source, runtime = nodeRuntime } = parts;
    this.#parts = parts;
    this.name = name;
    this.settings = settings;
    this.runtime = runtime;
    this.#pool = new FramePool(runtime);
    this.sharedFrames = new SharedFrames(runtime);
    this.#size = { width, height };
    this.#errors = new ErrorReporter(settings.on_error, runtime);
    this.acquireEncoders = parts.acquireEncoders ?? (() => runtime.acquireImageEncoders());
    this.#encoders = this.acquireEncoders();
    // Loads the library now, so that the first viewer doesn't have to wait for it. If none works,
    // the first frame reports that.
    this.#encoders.get("jpeg", false, settings.encoder).catch(() => undefined);
    this.qualities = new SharedQualities(settings.quality);
    this.sharedVideo = new SharedVideo({
      create: parts.createVideoEncoder ?? runtime.createVideoEncoder,
      limit: { bitrate: settings.bitrate, fps: settings.fps },
      quality: settings.quality,
      ...(parts.maxExtraEncoders === undefined ? {} : { maxExtra: parts.maxExtraEncoders }),
      monotonic: () => runtime.monotonic(),
      reportError: (error) => this.reportError(error, "encode"),
    });
    this.#status = new StatusNotices({
      clock: runtime,
      showsErrors: settings.show_errors,
      send: (status) => {
        for (const viewer of this.audience.all) viewer.showStatus(status);
        this.#changed();
      },
    });
    this.#driver =
      source &&
      new SourceDriver({
        source,
        runtime,
        onWanted: () => this.#wakeViewers(),
        publish: (frame) => this.#show(frame),
        frameSize: () => this.#size,
        lastFrame: () => this.#latest,
        showStatus: (status) => {
          this.#status.set(status);
          // on_error gets errors.
          if (status?.kind === "empty") this.#warn(status.text);
        },
        note: (text) => this.#warn(text),
        onClosed: () => {
          this.close().catch((error: unknown) => this.reportError(error, "close"));
        },
        reportError: (error, during) => this.#errors.report(error, during),
      });
    const driver = this.#driver;
    this.events = new StreamEvents({
      settings,
      clock: runtime,
      onRoles: (roles) => {
        for (const viewer of this.audience.all) viewer.showRole(roles.roleOf(viewer.id));
        this.#changed();
      },
      handle: driver && ((event) => driver.handle(event)),
      reportError: (error, during) => this.reportError(error, during),
    });
  }

  /** The size of the newest frame in pixels; before the first frame, the initial size. */
  get size(): { readonly width: number; readonly height: number } {
    return this.#size;
  }

  /** The metadata of the newest frame. */
  get metadata(): FrameMetadata {
    return this.#latest?.metadata ?? {};
  }

  /** The serial number of the newest frame; 0 before the first. */
  get newestSerial(): number {
    return this.#latest?.serial ?? 0;
  }

  /** Whether video can be encoded here. Found out once, because it takes a search on the disk. */
  get hasVideo(): boolean {
    this.#hasVideo ??= (this.#parts.hasVideo ?? hasNodeAv)();
    return this.#hasVideo;
  }

  /** What viewers are to know about the picture. */
  get status(): StreamStatus {
    return this.#status.current;
  }

  /** How many viewers see it, here and at edges. */
  get viewerCount(): number {
    return this.audience.count;
  }

  /** The counters of all viewers here that have left. */
  get departed(): ViewerTotals {
    return this.audience.departed;
  }

  /** Whether `max_viewers` are connected here. */
  get isFull(): boolean {
    return this.audience.localCount >= this.settings.max_viewers;
  }

  get address(): StreamAddress {
    return this.#parts.address ?? { port: undefined, url: undefined, page: undefined };
  }

  /** Whether the stream has ended. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Shows a frame to all viewers. See `Display.publish`.
   *
   * @throws TypeError or RangeError for an invalid frame or invalid metadata
   */
  publish(frame: Frame, metadata: FrameMetadata): void {
    const pixels = viewFrame(frame);
    const checked = checkMetadata(metadata);
    if (this.isClosed) return;
    this.#show(checked === undefined ? pixels : { ...pixels, metadata: checked });
  }

  /** Requests a draw from the source, if there is one. */
  requestDraw(): void {
    this.#driver?.request();
  }

  /** How long the source takes to draw, in seconds; 0 where there is none. */
  get drawing(): number {
    return this.#driver?.drawing ?? 0;
  }

  /** The newest frame. The source draws it now if a draw was requested. */
  newestFrame(): KeptFrame | undefined {
    this.#driver?.draw();
    return this.#latest;
  }

  addViewer(viewer: StreamViewer): void {
    this.audience.add(viewer);
    this.#driver?.setWatched(true);
  }

  removeViewer(viewer: StreamViewer): void {
    const wasViewer = this.audience.remove(viewer);
    if (this.audience.isEmpty) this.#driver?.setWatched(false);
    if (wasViewer) this.events.leave(viewer.id);
  }

  /** Measurements of each viewer here. */
  metrics(): ViewerMetrics[] {
    return this.audience.metrics();
  }

  /** Takes a viewer's event. */
  takeEvent(sender: Sender, event: StreamRfbEvent): void {
    if (!this.isClosed) this.events.take(sender, event);
  }

  /** Calls back when size, status or roles may have changed, and when the stream has ended. */
  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Reports an error, unless the same one was reported before. */
  reportError(error: unknown, during: string): void {
    this.#errors.reportOnce(error, during);
  }

  /** Prints what the server's owner should know, but isn't an error. */
  #warn(text: string): void {
    console.warn(`jupyter-rfb-ts, stream ${JSON.stringify(this.name)}: ${text}`);
  }

  /** Makes {@link close} close this server too. */
  closeWith(server: { close(): Promise<void> }): void {
    this.#servers.push(server);
  }

  /** Ends the stream, and closes what serves only this stream. Idempotent. */
  async close(): Promise<void> {
    // At the same time: each may wait for as long as closing may take.
    await Promise.all([this.end(), ...this.#servers.map((server) => server.close())]);
  }

  /** Ends the stream: disconnects the viewers and frees what they share. Idempotent. */
  end(): Promise<void> {
    // A handler of the close event may call this again.
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#ending = this.#end();
    }
    return this.#ending ?? Promise.resolve();
  }

  /** Makes a frame the newest. Returns whether it differs from the one before. */
  #show(pixels: RawFrame): boolean {
    const { detect_changes, own_frames } = this.settings;
    const frame = own_frames ? this.#pool.keep(pixels) : this.#pool.borrow(pixels);
    const before = this.#latest;
    const isCompared = before !== undefined && detect_changes && !this.audience.isEmpty;
    if (isCompared && this.sharedFrames.changes(before, frame) === "equal") {
      // Discarded, so that no viewer counts it as a frame that it missed.
      this.#pool.discard(frame);
      return false;
    }
    this.#latest = frame;
    before?.release();
    const { width, height } = this.#size;
    this.#size = { width: frame.width, height: frame.height };
    if (width !== frame.width || height !== frame.height) this.#changed();
    this.#wakeViewers();
    return true;
  }

  #wakeViewers(): void {
    for (const viewer of this.audience.all) viewer.wake();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  async #end(): Promise<void> {
    // First, because the source's close event is its last one.
    const eventsWritten = this.events.close();
    this.#driver?.dispose();
    for (const viewer of this.audience.all) viewer.end();
    this.#changed();
    this.#latest?.release();
    this.#latest = undefined;
    this.#encoders.dispose();
    this.#parts.onEnd?.();
    this.#status.dispose();
    await eventsWritten;
    this.#errors.dispose();
  }
}
