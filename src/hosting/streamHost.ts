import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { nodeRuntime } from "../framebuffer/node";
import { CLOSE_CODES } from "../protocol/streamMessages";
import { RejectedPages, rejectHandshake } from "./handshake";
import { Heartbeat } from "./heartbeat";
import { answer } from "./http";
import type { Complete, HubOptions } from "./options";
import { isLocalRequest, isOriginAllowed, missingOrigins, type OriginQuestion } from "./origins";
import type { ServedStream } from "./servedStream";
import { pathOf, pathOfStream, pathWithin, queryOf, streamNameAt } from "./streamPath";
import { closeWith, streamSocket, ViewerWebSocket } from "./streamSocket";
import { ViewerConnection } from "./viewerConnection";
import { readViewerPage, type ViewerPage } from "./viewerPage";

/**
 * Milliseconds that a viewer may take to answer when its connection is closed. A laptop that sleeps
 * never answers. `ws` knows this option; its types do not yet.
 */
const CLOSE_LIMIT = { closeTimeout: 2000 } as const;

/** Where streams are reached. */
export interface HostPlace {
  /** The path of the streams: "" or one such as "/rfb", without a slash at the end. */
  readonly path: string;
  /** Whether the server uses TLS. */
  readonly isSecure: boolean;
  /** The port; undefined if the server isn't listening. */
  port(): number | undefined;
  /** The host for URLs on this machine. */
  host(): string;
}

/**
 * Serves streams at one address, wherever their frames come from: handshakes, viewers'
 * connections, the side channel and the viewer page.
 */
export class StreamHost {
  readonly #place: HostPlace;
  readonly #settings: Complete<HubOptions>;
  readonly #streams: ReadonlyMap<string, ServedStream>;
  readonly #heartbeat: Heartbeat;
  readonly #connections = new Set<ViewerConnection>();
  readonly #webSockets: WebSocketServer;
  readonly #rejectedPages: RejectedPages;
  readonly #page: ViewerPage | undefined;
  #isClosed = false;

  /** @param streams - by name; may change at any time */
  constructor(
    place: HostPlace,
    settings: Complete<HubOptions>,
    streams: ReadonlyMap<string, ServedStream>,
  ) {
    this.#place = place;
    this.#settings = settings;
    this.#streams = streams;
    this.#heartbeat = new Heartbeat(nodeRuntime, settings.ping_interval);
    this.#page = settings.page === false ? undefined : readViewerPage();
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Frames are compressed already, and events are small.
      perMessageDeflate: false,
      maxPayload: settings.max_message_size,
      WebSocket: ViewerWebSocket,
      ...CLOSE_LIMIT,
    });
    this.#rejectedPages = new RejectedPages(this.#webSockets);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The port; undefined if the server isn't listening. */
  get port(): number | undefined {
    return this.#place.port();
  }

  /** The path of the streams. */
  get path(): string {
    return this.#place.path;
  }

  /** Whether the viewer page is served. */
  get hasPage(): boolean {
    return this.#page !== undefined;
  }

  /** Whether the viewer page has a file of this name. */
  hasPageFile(name: string): boolean {
    return this.#page?.has(`/${name}`) === true;
  }

  /**
   * The address of a path for programs and browsers on this machine. Undefined while nothing
   * listens, and for a page that isn't served.
   */
  urlOf(scheme: "http" | "ws", path: string): string | undefined {
    const { isSecure, path: own } = this.#place;
    const { port } = this;
    if (port === undefined || (scheme === "http" && !this.hasPage)) return undefined;
    return `${scheme}${isSecure ? "s" : ""}://${this.#place.host()}:${port}${own}${path}`;
  }

  /** The address of a stream, or of the page that shows it. */
  urlOfStream(scheme: "http" | "ws", name: string): string | undefined {
    return this.urlOf(scheme, pathOfStream(name));
  }

  /** Ends all streams and connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const connection of [...this.#connections]) {
      connection.close(CLOSE_CODES.goingAway, "the server stops");
    }
    await Promise.all([...this.#streams.values()].map((stream) => stream.end()));
    this.#webSockets.close();
  }

  /** Whether the path of a request's URL is one of this host's. */
  isMine(url: string | undefined): boolean {
    return this.#pathWithin(url) !== undefined;
  }

  /** Whether a stream is at the path of a request. */
  hasStreamAt(url: string | undefined): boolean {
    return this.#streamAt(url) !== undefined;
  }

  /** Handles a WebSocket handshake. Call it if {@link isMine} returns true. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#isClosed) {
      rejectHandshake(socket, 503);
      return;
    }
    const question = this.#questionOf(request);
    const stream = this.#streamAt(request.url);
    try {
      if (!isOriginAllowed(question)) {
        const missing = missingOrigins(question);
        this.#rejectedPages.reject({ request, socket, head, missing });
        return;
      }
      this.#webSockets.handleUpgrade(request, socket, head, (ws) =>
        this.#connect(ws, socket, request, stream),
      );
    } catch {
      // Another listener of the application's server has handled this handshake.
      socket.destroy();
    }
  }

  /**
   * Answers a request of plain HTTP: health, metrics, streams, recorded-events, and the viewer page
   * if it is served.
   *
   * @returns false if the request is for another path; then nothing was done
   */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
    const path = this.#pathWithin(request.url);
    if (path === undefined) return false;
    const http = {
      streams: this.#streams,
      isAllowed: isOriginAllowed(this.#questionOf(request)),
      authTimeout: this.#settings.auth_timeout,
    };
    return answer(path, http, request, response) || this.#answerPage(path, request, response);
  }

  /** The page is also at the path of each stream, which it shows. */
  #answerPage(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#page === undefined) return false;
    if (path === "/" && !pathOf(request.url).endsWith("/")) {
      // The page's files have relative addresses. "./": a name with a colon looks like a URL.
      const [, last = ""] = /([^/]*)$/.exec(this.#place.path) ?? [];
      response.writeHead(302, { Location: `./${last}/${queryOf(request.url)}` }).end();
      return true;
    }
    const isStream = this.#streams.has(path.slice(1));
    return this.#page.answer(isStream ? "/index.html" : path, request, response);
  }

  #connect(
    ws: WebSocket,
    below: Duplex,
    request: IncomingMessage,
    stream: ServedStream | undefined,
  ): void {
    if (stream === undefined) {
      ws.on("error", () => undefined);
      closeWith(ws, CLOSE_CODES.unknownStream, "unknown stream");
      return;
    }
    const connection: ViewerConnection = new ViewerConnection({
      stream,
      request,
      limits: this.#settings,
      clock: nodeRuntime,
      heartbeat: this.#heartbeat,
      connect: (listener) => streamSocket(ws, below, listener),
      onEnd: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
  }

  /** A target such as "http://host/name" or "*" has no path: there is no stream at it. */
  #streamAt(url: string | undefined): ServedStream | undefined {
    const path = this.#pathWithin(url);
    return path === undefined ? undefined : this.#streams.get(streamNameAt(path));
  }

  #questionOf(request: IncomingMessage): OriginQuestion {
    const { host, origin } = request.headers;
    return { origin, host, allowed: this.#settings.origins, isLocal: isLocalRequest(request) };
  }

  #pathWithin(url: string | undefined): string | undefined {
    return pathWithin(this.#place.path, url);
  }
}
