import {
  acquireImageEncoders,
  FramePool,
  SharedFrames,
  nodeRuntime,
  createVideoEncoder,
  viewFrame,
  type CreateVideoEncoder,
  type Frame,
  type FrameSource,
  type ImageEncoders,
  type KeptFrame,
  type RawFrame,
  type Runtime,
} from "../framebuffer";
import type { FrameMetadata } from "../protocol/frameMetadata";
import type { StreamRfbEvent } from "../protocol/streamParse";
import type { Principal } from "./auth";
import { EventLog } from "./eventLog";
import { EventQueue, type InputEvent } from "./eventQueue";
import { checkMetadata } from "./frameMetadata";
import type { ViewerMetrics } from "./metrics";
import type { StreamSettings } from "./options";
import { SharedVideo } from "./sharedVideo";
import { SourceDriver } from "./sourceDriver";
import { TargetSize } from "./targetSize";

/** Errors that are told once each; what comes beyond so many is told each time. */
const MAX_KNOWN_ERRORS = 100;

/** Where a display can be reached. */
export interface DisplayHost {
  /** The port; undefined where the server is not ours. */
  readonly port: number | undefined;
  /** The address for browsers on this machine; undefined where the server is not ours. */
  readonly url: string | undefined;
  /** Forgets the display. */
  remove(): void;
}

/** A viewer as far as its display knows it. */
export interface DisplayViewer {
  /** A new frame is there, or can be drawn. */
  wake(): void;
  /** The display is closed. */
  end(): void;
  metrics(): ViewerMetrics;
}

/** What a {@link Display} is made of. */
export interface DisplayOptions {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly settings: StreamSettings;
  /** Draws the frames; without, they are published. */
  readonly source?: FrameSource | undefined;
  /** @defaultValue Node's clocks and timers */
  readonly runtime?: Runtime | undefined;
  /** Gives the image encoders, to be disposed of by whoever asked. @defaultValue the process's */
  readonly acquireEncoders?: (() => ImageEncoders) | undefined;
  /** @defaultValue by node-av */
  readonly createVideoEncoder?: CreateVideoEncoder | undefined;
}

/**
 * One stream of frames that any number of viewers look at. Publish frames whenever you like: each viewer gets the newest one when it
 * can take it. Take what the viewers do by {@link poll_events} or {@link events}.
 *
 * Made by `serve()` and `add_stream()`.
 */
export class Display {
  /** The stream's name, by which viewers ask for it. */
  readonly name: string;
  readonly #settings: StreamSettings;
  readonly #runtime: Runtime;
  readonly #pool = new FramePool();
  readonly #sharedFrames = new SharedFrames();
  readonly #sharedVideo: SharedVideo;
  readonly #viewers = new Set<DisplayViewer>();
  readonly #queue: EventQueue;
  readonly #log: EventLog;
  readonly #target: TargetSize;
  readonly #driver: SourceDriver | undefined;
  /** Held, so that they stay while viewers come and go. */
  readonly #encoders: ImageEncoders;
  readonly #acquireEncoders: () => ImageEncoders;
  readonly #began: number;
  #host: DisplayHost | undefined;
  /** What ends with it beside: the server that was made for it alone. */
  #server: { close(): Promise<void> } | undefined;
  #latest: KeptFrame | undefined;
  #size: { readonly width: number; readonly height: number };
  #ending: Promise<void> | undefined;
  readonly #reported = new Set<string>();

  /** @internal */
  constructor(options: DisplayOptions) {
    const { runtime = nodeRuntime, settings, source, width, height } = options;
    this.name = options.name;
    this.#settings = settings;
    this.#runtime = runtime;
    this.#size = { width, height };
    this.#began = runtime.monotonic();
    this.#queue = new EventQueue(settings.event_queue_size);
    this.#target = new TargetSize(settings.max_render_dimension, () => runtime.monotonic());
    this.#log = new EventLog(settings.record_events, settings.event_log, (error) =>
      this.reportError(error, "event_log"),
    );
    // The first viewer is not to wait while libraries are tried. What is missing is reported when a frame needs it.
    this.#acquireEncoders = options.acquireEncoders ?? acquireImageEncoders;
    this.#encoders = this.#acquireEncoders();
    this.#encoders.get("jpeg", false, settings.encoder).catch(() => undefined);
    this.#sharedVideo = new SharedVideo({
      create: options.createVideoEncoder ?? createVideoEncoder,
      limit: { bitrate: settings.bitrate, fps: settings.fps },
      monotonic: () => runtime.monotonic(),
    });
    this.#driver =
      source &&
      new SourceDriver({
        source,
        runtime,
        onWanted: () => this.#wakeAll(),
        publish: (frame) => this.#take(frame),
        frameSize: () => this.#size,
        onClosed: () => void this.close(),
        reportError: (error, during) => this.#tellError(error, during),
      });
  }

  /**
   * Shows a frame to all viewers. Returns at once; a viewer that is still busy with an earlier frame gets the newest one later. One of
   * another shape resizes the stream. Nothing happens once the display is closed. Where a source draws the frames this comes
   * between two of its own.
   *
   * @param frame - bytes with the shape `[height, width]`, `[height, width, 3]` or `[height, width, 4]`, or something like ImageData
   * @param metadata - `pixel_ratio`: device pixels per logical pixel that it was drawn for, 0.01..100; `color`: what its colours mean
   * @throws TypeError or RangeError when it is no frame; viewers keep the last one.
   */
  publish(frame: Frame, metadata: FrameMetadata = {}): void {
    const pixels = viewFrame(frame);
    const checked = checkMetadata(metadata);
    if (this.isClosed) return;
    this.#take(checked === undefined ? pixels : { ...pixels, metadata: checked });
  }

  /** Wants a draw, where a source draws the frames. */
  request_draw(): void {
    this.#driver?.request();
  }

  /** Takes all events that came since the last call, oldest first. */
  poll_events(): InputEvent[] {
    return this.#queue.drain();
  }

  /** Takes events one after the other as they come, until the display is closed. In place of {@link poll_events}. */
  events(): AsyncGenerator<InputEvent, void, void> {
    return this.#queue.take();
  }

  /** The width of the newest frame in pixels; before the first what the stream began with. */
  get width(): number {
    return this.#size.width;
  }

  /** The height of the newest frame in pixels; before the first what the stream began with. */
  get height(): number {
    return this.#size.height;
  }

  /** What the newest frame looks like beside its pixels. */
  get metadata(): FrameMetadata {
    return this.#latest?.metadata ?? {};
  }

  /** Device pixels per logical pixel of the newest frame. */
  get pixel_ratio(): number {
    return this.metadata.pixel_ratio ?? 1;
  }

  /** Viewers that look at this stream now. */
  get client_count(): number {
    return this.#viewers.size;
  }

  /**
   * With the resize policy "match_client": width and height in pixels for the viewer that was resized last, even, in bounds, when they
   * have held for a moment. null before the first viewer, and with another policy.
   */
  get target_size(): readonly [width: number, height: number] | null {
    return this.#target.size;
  }

  /** The device pixels per logical pixel that go with {@link target_size}; 1 without. */
  get target_ratio(): number {
    return this.#target.ratio;
  }

  /** The port that the server listens on; undefined where the server is not ours. */
  get port(): number | undefined {
    return this.#host?.port;
  }

  /** The address to connect to from this machine, "ws://127.0.0.1:8765/name"; undefined where the server is not ours. */
  get ws_url(): string | undefined {
    return this.#host?.url;
  }

  /** The events so far, with `record_events`; the last 10 000. */
  get recorded(): readonly StreamRfbEvent[] {
    return this.#log.recorded;
  }

  /** Whether {@link close} was called, or the server stopped. */
  get isClosed(): boolean {
    return this.#ending !== undefined;
  }

  /** What was measured of each viewer. */
  metrics(): ViewerMetrics[] {
    return [...this.#viewers].map((viewer) => viewer.metrics());
  }

  /** Ends the stream: viewers are disconnected, and a server that serves only this one stops. To be called as often as you like. */
  async close(): Promise<void> {
    await this.end();
    await this.#server?.close();
  }

  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  get settings(): StreamSettings {
    return this.#settings;
  }

  /** @internal */
  get runtime(): Runtime {
    return this.#runtime;
  }

  /** @internal */
  acquireEncoders(): ImageEncoders {
    return this.#acquireEncoders();
  }

  /** @internal */
  get sharedFrames(): SharedFrames {
    return this.#sharedFrames;
  }

  /** @internal */
  get sharedVideo(): SharedVideo {
    return this.#sharedVideo;
  }

  /** @internal */
  setHost(host: DisplayHost): void {
    this.#host = host;
  }

  /** Ends the stream, and not its server. @internal */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /** @internal */
  endWith(server: { close(): Promise<void> }): void {
    this.#server = server;
  }

  /** @internal */
  clearRecorded(): void {
    this.#log.clear();
  }

  /** The number of the newest frame; 0 before the first. @internal */
  get newestSerial(): number {
    return this.#latest?.serial ?? 0;
  }

  /** The newest frame, drawn now if a source is to and wants to. @internal */
  newestFrame(): KeptFrame | undefined {
    this.#driver?.draw();
    return this.#latest;
  }

  /** @internal */
  addViewer(viewer: DisplayViewer): void {
    this.#viewers.add(viewer);
  }

  /** @internal */
  removeViewer(viewer: DisplayViewer): void {
    this.#viewers.delete(viewer);
  }

  /** Takes what a viewer did. @internal */
  takeEvent(clientId: string, principal: Principal, event: StreamRfbEvent): void {
    if (this.isClosed) return;
    if (event.event_type === "resize" && this.#settings.resize_policy === "match_client") {
      this.#target.ask(event);
    }
    this.#log.add(event);
    const seconds = this.#runtime.monotonic() - this.#began;
    const received_us = Math.round(seconds * 1e6);
    if (this.#driver === undefined) {
      this.#queue.push({ client_id: clientId, principal, event, received_us });
      if (this.#queue.dropped > 0) {
        this.reportError(
          new Error(
            `Cannot keep more than ${this.#settings.event_queue_size} events: nobody polls them, and the oldest are dropped`,
          ),
          "events",
        );
      }
    } else {
      this.#driver.handle(event);
    }
  }

  /** Reports each problem once: a broken encoder makes sixty of them a second. @internal */
  reportError(error: unknown, during: string): void {
    const text = `${during}: ${String(error)}`;
    if (this.#reported.has(text)) return;
    // Those that differ each time, as by a size, are not to fill the memory.
    if (this.#reported.size < MAX_KNOWN_ERRORS) this.#reported.add(text);
    this.#tellError(error, during);
  }

  #tellError(error: unknown, during: string): void {
    try {
      this.#settings.on_error(error, during);
    } catch {
      // A reporter that fails leaves nowhere to report to, and must not end the stream.
    }
  }

  /** Takes a frame; returns whether it differs from the one before. */
  #take(pixels: RawFrame): boolean {
    const { detect_changes, own_frames } = this.#settings;
    const frame = own_frames ? this.#pool.keep(pixels) : this.#pool.borrow(pixels);
    const before = this.#latest;
    const isCompared = before !== undefined && detect_changes && this.#viewers.size > 0;
    if (isCompared && this.#sharedFrames.changes(before, frame) === "equal") {
      // Nobody has missed a frame that shows nothing new.
      this.#pool.discard(frame);
      return false;
    }
    this.#latest = frame;
    before?.release();
    this.#size = { width: frame.width, height: frame.height };
    this.#wakeAll();
    return true;
  }

  #wakeAll(): void {
    for (const viewer of this.#viewers) viewer.wake();
  }

  async #end(): Promise<void> {
    this.#driver?.dispose();
    this.#queue.close();
    for (const viewer of [...this.#viewers]) viewer.end();
    this.#latest?.release();
    this.#latest = undefined;
    this.#encoders.dispose();
    this.#host?.remove();
    await this.#log.close();
  }
}
