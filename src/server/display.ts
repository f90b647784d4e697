import type { Frame } from "../framebuffer/node";
import { streamMetrics } from "../hosting/http";
import { prometheusText, type ViewerMetrics } from "../hosting/metrics";
import type { FrameMetadata } from "../protocol/frameMetadata";
import type { StreamRfbEvent } from "../protocol/parseClientMessage";
import type { InputEvent } from "./eventQueue";
import { servedStream } from "./servedStream";
import type { Stream } from "./stream";

let create: (stream: Stream) => Display;
let streamBehind: (display: Display) => Stream;

/**
 * One stream of frames, shown to any number of viewers. Publish frames whenever you like: each
 * viewer gets the newest one, at the rate it can handle. Get the viewers' input with
 * {@link poll_events} or {@link events}.
 *
 * `serve()` and `add_stream()` create displays.
 */
export class Display {
  /** The stream's name, which viewers ask for. */
  readonly name: string;
  readonly #stream: Stream;

  static {
    create = (stream) => new Display(stream);
    streamBehind = (display) => display.#stream;
  }

  private constructor(stream: Stream) {
    this.name = stream.name;
    this.#stream = stream;
  }

  /**
   * Shows a frame to all viewers. Returns at once; a viewer that is still busy with an earlier
   * frame gets the newest one later. A frame of another size resizes the stream. Does nothing once
   * the display is closed. If a source draws the frames, this one is shown until the source's next.
   *
   * @param frame - bytes of shape `[height, width]`, `[height, width, 3]` or `[height, width, 4]`,
   * other numbers with a range, or an object like ImageData; as get_frame() may return
   * @param metadata - `pixel_ratio`: device pixels per logical pixel that the frame was drawn for,
   * 0.01..100, 1 by default; `color`: its color space, sRGB by default
   * @throws TypeError or RangeError for an invalid frame or invalid metadata; viewers keep the last
   * frame
   */
  publish(frame: Frame, metadata: FrameMetadata = {}): void {
    this.#stream.publish(frame, metadata);
  }

  /** Requests a draw, if a source draws the frames. */
  request_draw(): void {
    this.#stream.requestDraw();
  }

  /** Returns all events since the last call, oldest first. */
  poll_events(): InputEvent[] {
    return this.#stream.events.poll();
  }

  /**
   * Yields events as they come, until the display is closed. Use it instead of {@link poll_events}.
   */
  events(): AsyncGenerator<InputEvent, void, void> {
    return this.#stream.events.iterate();
  }

  /** The width of the newest frame in pixels; before the first frame, the initial width. */
  get width(): number {
    return this.#stream.size.width;
  }

  /** The height of the newest frame in pixels; before the first frame, the initial height. */
  get height(): number {
    return this.#stream.size.height;
  }

  /** The metadata of the newest frame. */
  get metadata(): FrameMetadata {
    return this.#stream.metadata;
  }

  /** Device pixels per logical pixel of the newest frame. */
  get pixel_ratio(): number {
    return this.metadata.pixel_ratio ?? 1;
  }

  /**
   * The `client_id` of the viewer that drives: whose events come. null if none does, and with the
   * option `driver` "any" or "none".
   */
  get driver(): string | null {
    return this.#stream.events.roles.driver ?? null;
  }

  /**
   * Lets a viewer drive; null for nobody, until a viewer asks.
   *
   * @throws Error if no viewer of that `client_id` is there that may drive, or the option `driver`
   * is "any" or "none"
   */
  set_driver(client_id: string | null): void {
    this.#stream.events.roles.appoint(client_id ?? undefined);
  }

  /** How many viewers are connected. */
  get client_count(): number {
    return this.#stream.viewerCount;
  }

  /**
   * The size to draw in with the resize policy "match_client": that of the driver, or else of the
   * most recently resized viewer that is connected, in pixels, within `max_render_dimension`. It
   * changes only when the viewer's size has been stable for a moment. null before the first viewer,
   * and with another policy.
   */
  get target_size(): readonly [width: number, height: number] | null {
    return this.#stream.events.target.size;
  }

  /** Device pixels per logical pixel for {@link target_size}; 1 if that is null. */
  get target_ratio(): number {
    return this.#stream.events.target.ratio;
  }

  /** The port that the server listens on; undefined if your own server isn't listening. */
  get port(): number | undefined {
    return this.#stream.address.port;
  }

  /**
   * The address to connect to from this machine, such as "ws://127.0.0.1:8765/name"; undefined if
   * your own server isn't listening.
   */
  get ws_url(): string | undefined {
    return this.#stream.address.url;
  }

  /**
   * The address of the page that shows the stream, for browsers on this machine, such as
   * "http://127.0.0.1:8765/name"; undefined without the option `page`, and while your own server
   * isn't listening. A page that should not ask for a token reads it from the address's end:
   * `${url}#token=${encodeURIComponent(token)}`.
   */
  get url(): string | undefined {
    return this.#stream.address.page;
  }

  /** The last 10 000 events, if `record_events` is set. */
  get recorded(): readonly StreamRfbEvent[] {
    return this.#stream.events.recorded;
  }

  /** Whether the display was closed, by {@link close} or with its server. */
  get isClosed(): boolean {
    return this.#stream.isClosed;
  }

  /** Measurements of each viewer. */
  metrics(): ViewerMetrics[] {
    return this.#stream.metrics();
  }

  /** The measurements in Prometheus' text format, as a server has them at /metrics. */
  metrics_text(): string {
    return prometheusText([streamMetrics(servedStream(this.#stream))]);
  }

  /**
   * Ends the stream and disconnects its viewers. A server that `serve()` started for this stream
   * stops too. Calling it again does nothing.
   */
  close(): Promise<void> {
    return this.#stream.close();
  }

  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Creates the display of a stream: its constructor is private, so that users see no internals. */
export function createDisplay(stream: Stream): Display {
  return create(stream);
}

/** The stream of a display. */
export function streamOf(display: Display): Stream {
  return streamBehind(display);
}
