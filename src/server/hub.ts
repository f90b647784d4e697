import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { nodeRuntime, type FrameSource } from "../framebuffer/node";
import { CLOSE_CODES } from "../protocol/streamMessages";
import { createDisplay, type Display } from "./display";
import { RejectedOrigins, rejectHandshake } from "./handshake";
import { answer } from "./http";
import { hasNodeAv } from "./nodeAv";
import { hubSettings, type HubOptions } from "./options";
import { isLocalRequest, isOriginAllowed } from "./origins";
import { Stream, type StreamAddress } from "./stream";
import { streamArguments } from "./streamArguments";
import {
  streamSettings,
  type Complete,
  type StreamOptions,
  type StreamSettings,
} from "./streamOptions";
import {
  checkStreamName,
  pathOf,
  pathOfStream,
  pathWithin,
  queryOf,
  streamNameAt,
} from "./streamPath";
import { streamSocket, ViewerWebSocket } from "./streamSocket";
import { ViewerConnection } from "./viewerConnection";
import { readViewerPage, type ViewerPage } from "./viewerPage";

/**
 * Milliseconds that a viewer may take to answer when its connection is closed. A laptop that sleeps
 * never answers. `ws` knows this option; its types do not yet.
 */
const CLOSE_LIMIT = { closeTimeout: 2000 } as const;

/** Where a hub is reached. */
export interface HubPlace {
  /** The path of its streams: "" or one such as "/rfb". */
  readonly path: string;
  /** Whether the application's server uses TLS. */
  readonly isSecure: boolean;
  /** Why a stream without `authenticate` is rejected; undefined if it is allowed. */
  readonly refuseOpen: string | undefined;
  /** The port; undefined if the server isn't listening. */
  port(): number | undefined;
  /** The host for URLs on this machine. */
  host(): string;
}

/**
 * Several streams at one address. Viewers connect to a stream by its name at the end of the path.
 */
export class Hub {
  readonly #place: HubPlace;
  readonly #settings: Complete<HubOptions>;
  readonly #streams = new Map<string, Stream>();
  readonly #displays = new Map<string, Display>();
  readonly #connections = new Set<ViewerConnection>();
  readonly #webSockets: WebSocketServer;
  readonly #rejectedOrigins = new RejectedOrigins();
  readonly #page: ViewerPage | undefined;
  #isClosed = false;

  /** @internal */
  constructor(place: HubPlace, options: HubOptions) {
    this.#place = place;
    this.#settings = hubSettings(options);
    this.#page = this.#settings.page === false ? undefined : readViewerPage();
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Frames are compressed already, and events are small.
      perMessageDeflate: false,
      maxPayload: this.#settings.max_message_size,
      WebSocket: ViewerWebSocket,
      ...CLOSE_LIMIT,
    });
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
    return this.#urlOf("http", "/");
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
    if (this.#isClosed) throw new Error(`Cannot add the stream "${name}": the server is closed`);
    if (this.#streams.has(name)) {
      throw new Error(`Cannot add the stream "${name}": there is one of that name`);
    }
    if (this.#page?.has(`/${name}`)) {
      throw new Error(`Cannot add the stream "${name}": the page has a file of that name`);
    }
    const { options, ...parts } = streamArguments(first, second, third);
    const settings = streamSettings(options, this.#page !== undefined);
    this.#checkSettings(name, settings);
    const stream = new Stream({
      name,
      ...parts,
      settings,
      address: this.#addressOf(name),
      onEnd: () => {
        // The name may have gone to another stream while this one closed.
        if (this.#streams.get(name) !== stream) return;
        this.#streams.delete(name);
        this.#displays.delete(name);
      },
    });
    const display = createDisplay(stream);
    this.#streams.set(name, stream);
    this.#displays.set(name, display);
    return display;
  }

  /** Ends all streams and connections. Calling it again does nothing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const connection of [...this.#connections]) {
      connection.close(CLOSE_CODES.goingAway, "the server stops");
    }
    await Promise.all([...this.#streams.values()].map((stream) => stream.end()));
    this.#webSockets.close();
  }

  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Whether the path of a request's URL belongs to this hub. */
  isMine(url: string | undefined): boolean {
    return this.#pathWithin(url) !== undefined;
  }

  /** Handles a WebSocket handshake. Call it if {@link isMine} returns true. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#isClosed) {
      rejectHandshake(socket, 503);
      return;
    }
    if (!this.#isAllowed(request)) {
      this.#rejectedOrigins.log(request);
      rejectHandshake(socket, 403);
      return;
    }
    // A target such as "http://host/name" or "*" has no path: there is no stream at it.
    const path = this.#pathWithin(request.url);
    const stream = path === undefined ? undefined : this.#streams.get(streamNameAt(path));
    try {
      this.#webSockets.handleUpgrade(request, socket, head, (ws) =>
        this.#connect(ws, request, stream),
      );
    } catch {
      // Another listener of the application's server has handled this handshake.
      socket.destroy();
    }
  }

  /**
   * Answers a request of plain HTTP: health, metrics, streams, recorded-events, and the viewer page
   * if the option `page` is set.
   *
   * @returns false if the request is for another path; then nothing was done
   */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
    const path = this.#pathWithin(request.url);
    if (path === undefined) return false;
    const http = {
      streams: this.#streams,
      isAllowed: this.#isAllowed(request),
      authTimeout: this.#settings.auth_timeout,
    };
    return answer(path, http, request, response) || this.#answerPage(path, request, response);
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
    const path = this.#pathWithin(url);
    return path !== undefined && this.#streams.has(streamNameAt(path));
  }

  /** The page is also at the path of each stream, which it shows. */
  #answerPage(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#page === undefined) return false;
    if (path === "/" && !pathOf(request.url).endsWith("/")) {
      // The page's files have relative addresses.
      const [, last = ""] = /([^/]*)$/.exec(this.#place.path) ?? [];
      response.writeHead(302, { Location: `${last}/${queryOf(request.url)}` }).end();
      return true;
    }
    const isStream = this.#streams.has(path.slice(1));
    return this.#page.answer(isStream ? "/" : path, request, response);
  }

  #connect(ws: WebSocket, request: IncomingMessage, stream: Stream | undefined): void {
    if (stream === undefined) {
      ws.on("error", () => undefined);
      ws.close(CLOSE_CODES.unknownStream, "unknown stream");
      return;
    }
    const connection: ViewerConnection = new ViewerConnection({
      stream,
      request,
      limits: this.#settings,
      clock: nodeRuntime,
      connect: (listener) => streamSocket(ws, listener),
      onEnd: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
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
    const port = (): number | undefined => this.#place.port();
    const url = (scheme: "http" | "ws"): string | undefined =>
      this.#urlOf(scheme, pathOfStream(name));
    return {
      get port() {
        return port();
      },
      get url() {
        return url("ws");
      },
      get page() {
        return url("http");
      },
    };
  }

  /** Undefined while nothing listens, and for a page that isn't served. */
  #urlOf(scheme: "http" | "ws", path: string): string | undefined {
    const { isSecure, path: own } = this.#place;
    const port = this.#place.port();
    if (port === undefined || (scheme === "http" && this.#page === undefined)) return undefined;
    return `${scheme}${isSecure ? "s" : ""}://${this.#place.host()}:${port}${own}${path}`;
  }

  #isAllowed(request: IncomingMessage): boolean {
    const { host, origin } = request.headers;
    const isLocal = isLocalRequest(request);
    return isOriginAllowed({ origin, host, allowed: this.#settings.origins, isLocal });
  }

  #pathWithin(url: string | undefined): string | undefined {
    return pathWithin(this.#place.path, url);
  }
}
