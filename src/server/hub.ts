import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { FrameSource } from "../framebuffer/node";
import { hubSettings, type HubOptions } from "../hosting/options";
import type { ServedStream } from "../hosting/servedStream";
import { StreamHost, type HostPlace } from "../hosting/streamHost";
import { checkStreamName } from "../hosting/streamPath";
import { createDisplay, type Display } from "./display";
import { hasNodeAv } from "./nodeAv";
import { servedStream } from "./servedStream";
import { Stream, type StreamAddress } from "./stream";
import { streamArguments } from "./streamArguments";
import { streamSettings, type StreamOptions, type StreamSettings } from "./streamOptions";

/** Where a hub is reached. */
export interface HubPlace extends HostPlace {
  /** Why a stream without `authenticate` is rejected; undefined if it is allowed. */
  readonly refuseOpen: string | undefined;
  /** A stream without `authenticate` was added. */
  onOpenStream?(name: string): void;
}

/**
 * Several streams at one address. Viewers connect to a stream by its name at the end of the path.
 */
export class Hub {
  readonly #place: HubPlace;
  readonly #host: StreamHost;
  readonly #served = new Map<string, ServedStream>();
  readonly #displays = new Map<string, Display>();

  /** @internal */
  constructor(place: HubPlace, options: HubOptions) {
    this.#place = place;
    this.#host = new StreamHost(place, hubSettings(options), this.#served);
  }

  /** The streams, by name. */
  get streams(): ReadonlyMap<string, Display> {
    return this.#displays;
  }

  /**
   * The address of the viewer page for browsers on this machine, such as "http://127.0.0.1:8765/";
   * undefined without the option `page`, and while your own server isn't listening.
   */
  get url(): string | undefined {
    return this.#host.urlOf("http", "/");
  }

  /**
   * Adds a stream that you publish frames to.
   *
   * @param name - 1..100 letters, digits, "-", "_" and "."; not one of health, metrics, streams,
   * recorded-events
   * @param width - width until the first frame is published, in pixels, 1..65500
   * @param height - height until the first frame is published, in pixels, 1..65500
   * @returns the stream's display
   * @throws TypeError or RangeError for an invalid name, size or option; Error if the name is
   * taken or that of a file of the page, the hub is closed, H.264 is required and node-av is
   * missing, or other machines could view the stream without authentication
   */
  add_stream(name: string, width: number, height: number, options?: StreamOptions): Display;
  /** Adds a stream that shows a source, such as a RemoteFrameBuffer. The source gets the events. */
  add_stream(name: string, source: FrameSource, options?: StreamOptions): Display;
  add_stream(
    name: string,
    first: number | FrameSource,
    second?: number | StreamOptions,
    third?: StreamOptions,
  ): Display {
    checkStreamName(name);
    if (this.#host.isClosed) {
      throw new Error(`Cannot add the stream "${name}": the server is closed`);
    }
    if (this.#served.has(name)) {
      throw new Error(`Cannot add the stream "${name}": there is one of that name`);
    }
    if (this.#host.hasPageFile(name)) {
      throw new Error(`Cannot add the stream "${name}": the page has a file of that name`);
    }
    const { options, ...parts } = streamArguments(first, second, third);
    const settings = streamSettings(options, this.#host.hasPage);
    this.#checkSettings(name, settings);
    const stream = new Stream({
      name,
      ...parts,
      settings,
      address: this.#addressOf(name),
      onEnd: () => {
        // The name may have gone to another stream while this one closed.
        if (this.#served.get(name) !== served) return;
        this.#served.delete(name);
        this.#displays.delete(name);
      },
    });
    const served = servedStream(stream);
    const display = createDisplay(stream);
    this.#served.set(name, served);
    this.#displays.set(name, display);
    if (settings.authenticate === undefined) this.#place.onOpenStream?.(name);
    return display;
  }

  /** Ends all streams and connections. Calling it again does nothing. */
  close(): Promise<void> {
    return this.#host.close();
  }

  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Whether the path of a request's URL belongs to this hub. */
  isMine(url: string | undefined): boolean {
    return this.#host.isMine(url);
  }

  /** Handles a WebSocket handshake. Call it if {@link isMine} returns true. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#host.handleUpgrade(request, socket, head);
  }

  /**
   * Answers a request of plain HTTP: health, metrics, streams, recorded-events, and the viewer page
   * if the option `page` is set.
   *
   * @returns false if the request is for another path; then nothing was done
   */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
    return this.#host.handleRequest(request, response);
  }

  /**
   * {@link handleRequest} as middleware for Express and similar frameworks:
   * `app.use(hub.middleware)`.
   */
  readonly middleware = (
    request: IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ): void => {
    if (!this.handleRequest(request, response)) next();
  };

  /** Whether a stream is at the path of a request. @internal */
  protected hasStreamAt(url: string | undefined): boolean {
    return this.#host.hasStreamAt(url);
  }

  #checkSettings(name: string, { authenticate, codec, has_h264 }: StreamSettings): void {
    const { refuseOpen } = this.#place;
    if (authenticate === undefined && refuseOpen !== undefined) {
      throw new Error(`Cannot add the stream "${name}": ${refuseOpen}`);
    }
    if (has_h264 === false && codec === "h264") {
      throw new RangeError('has_h264: expected true or null with codec "h264", got false');
    }
    if (has_h264 === true && !hasNodeAv()) {
      throw new Error(
        `Cannot add the stream "${name}" with has_h264: node-av is missing; npm install node-av`,
      );
    }
  }

  /**
   * The address of a stream, which changes when the application's server starts or stops listening.
   */
  #addressOf(name: string): StreamAddress {
    const host = this.#host;
    return {
      get port() {
        return host.port;
      },
      get url() {
        return host.urlOfStream("ws", name);
      },
      get page() {
        return host.urlOfStream("http", name);
      },
    };
  }
}
