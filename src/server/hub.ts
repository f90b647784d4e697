import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { MAX_FRAME_SIDE, nodeRuntime, SOURCE_LISTENERS, type FrameSource } from "../framebuffer";
import { describeValue } from "../protocol/errors";
import { CLOSE_CODES } from "../protocol/streamMessages";
import { Connection } from "./connection";
import { Display } from "./display";
import { answer, type HttpStreams } from "./http";
import {
  hubSettings,
  MAX_INFLIGHT,
  streamSettings,
  type Complete,
  type HubOptions,
  type StreamOptions,
} from "./options";
import { isOriginAllowed } from "./origins";
import { streamSocket, ViewerWebSocket } from "./streamSocket";
import { hasNodeAv } from "./viewer";

/** The stream of an address without a name. */
export const DEFAULT_STREAM = "default";

/** The size that a stream whose source draws it has before the first frame: what a viewer is told before it has told its own. */
const SOURCE_SIZE = { width: 640, height: 480 } as const;

/** Names that are paths of the side channel, or could not be told from them. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "health",
  "metrics",
  "streams",
  "recorded-events",
]);

/** Refused origins that are told of; an attacker may have any number. */
const MAX_TOLD_ORIGINS = 20;

/** Longest name of a stream. */
const MAX_NAME_LENGTH = 100;

/** Where a hub is. */
export interface HubPlace {
  /** The path under which it is, "" or "/rfb", say. */
  readonly path: string;
  /** Whether it can be reached from this machine only. */
  readonly isLoopback: boolean;
  /** Whether streams that everybody may look at are refused, with the reason. */
  readonly refuseOpen: string | undefined;
  port(): number | undefined;
  host(): string;
}

/** Several named streams at one address. Viewers ask for one by its name at the end of the path. */
export class Hub {
  readonly #place: HubPlace;
  readonly #settings: Complete<HubOptions>;
  readonly #streams = new Map<string, Display>();
  readonly #connections = new Set<Connection>();
  readonly #webSockets: WebSocketServer;
  readonly #refused = new Set<string>();
  #isClosed = false;

  /** @internal */
  constructor(place: HubPlace, options: HubOptions) {
    this.#place = place;
    this.#settings = hubSettings(options);
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Frames are compressed already, and events are small.
      perMessageDeflate: false,
      maxPayload: this.#settings.max_message_size,
      WebSocket: ViewerWebSocket,
    });
  }

  /** The streams, by name. */
  get streams(): ReadonlyMap<string, Display> {
    return this.#streams;
  }

  /**
   * Adds a stream and returns its display.
   *
   * @param name - 1..100 letters, digits, "-", "_" and "."; not one of health, metrics, streams, recorded-events
   * @param width - the size until the first frame is published, in pixels, 1..65500
   * @throws TypeError or RangeError for a name, size or option that is none; Error when the name is taken, the hub is closed, H.264 is
   * required and node-av is missing, or others could look without being asked who they are.
   */
  add_stream(name: string, width: number, height: number, options?: StreamOptions): Display;
  /** Adds a stream whose frames a source draws, such as a RemoteFrameBuffer, which gets the events. */
  add_stream(name: string, source: FrameSource, options?: StreamOptions): Display;
  add_stream(
    name: string,
    first: number | FrameSource,
    second?: number | StreamOptions,
    third?: StreamOptions,
  ): Display {
    this.#checkName(name);
    const source = typeof first === "object" ? checkSource(first) : undefined;
    const size =
      source === undefined
        ? { width: checkSide("width", first), height: checkSide("height", second) }
        : SOURCE_SIZE;
    const options = (source === undefined ? third : second) ?? {};
    const settings = streamSettings({
      ...(source === undefined ? {} : optionsOf(source)),
      ...(options as StreamOptions),
    });
    if (settings.authenticate === undefined && this.#place.refuseOpen !== undefined) {
      throw new Error(`Cannot add the stream "${name}": ${this.#place.refuseOpen}`);
    }
    if (settings.has_h264 === false && settings.codec === "h264") {
      throw new RangeError('has_h264: expected true or null with codec "h264", got false');
    }
    if (settings.has_h264 === true && !hasNodeAv()) {
      throw new Error(
        `Cannot add the stream "${name}" with has_h264: node-av is missing; npm install node-av`,
      );
    }
    const display = new Display({ name, ...size, settings, source });
    this.#streams.set(name, display);
    const place = this.#place;
    const path = `${place.path}/${name === DEFAULT_STREAM ? "" : name}`;
    display.setHost({
      get port() {
        return place.port();
      },
      get url() {
        const port = place.port();
        return port === undefined ? undefined : `ws://${place.host()}:${port}${path}`;
      },
      remove: () => this.#remove(display),
    });
    return display;
  }

  /** Ends all streams and connections. To be called as often as you like. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const connection of [...this.#connections]) {
      connection.close(CLOSE_CODES.goingAway, "the server stops");
    }
    await Promise.all([...this.#streams.values()].map((display) => display.end()));
    this.#webSockets.close();
  }

  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Whether a request's path is one of this hub's. */
  isMine(url: string | undefined): boolean {
    return this.#rest(url) !== undefined;
  }

  /** Takes a WebSocket's handshake. To be called where {@link isMine}. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#isClosed || !this.#isAllowed(request)) {
      if (!this.#isClosed) this.#tellOfRefusal(request);
      refuse(socket, this.#isClosed ? 503 : 403);
      return;
    }
    const display = this.#streams.get(this.#streamName(request.url));
    const upgrade = (onOpen: (ws: WebSocket) => void): void => {
      try {
        this.#webSockets.handleUpgrade(request, socket, head, onOpen);
      } catch {
        // Another listener of the application's server has taken this socket.
        socket.destroy();
      }
    };
    upgrade((ws) => {
      if (display === undefined) {
        ws.on("error", () => undefined);
        ws.close(CLOSE_CODES.unknownStream, "unknown stream");
        return;
      }
      const connection: Connection = new Connection({
        display,
        request,
        limits: this.#settings,
        runtime: nodeRuntime,
        connect: (listener) => streamSocket(ws, listener),
        onEnd: () => this.#connections.delete(connection),
      });
      this.#connections.add(connection);
    });
  }

  /**
   * Answers the requests of plain HTTP: health, metrics, streams, recorded-events.
   *
   * @returns whether the request was one of these; if not nothing was done
   */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
    const rest = this.#rest(request.url);
    if (rest === undefined) return false;
    const streams: HttpStreams = {
      streams: this.#streams,
      isAllowed: this.#isAllowed(request),
      authTimeout: this.#settings.auth_timeout,
    };
    return answer(rest, streams, request, response);
  }

  /** For Express and others of its kind: `app.use(hub.middleware)`. */
  readonly middleware = (
    request: IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ): void => {
    if (!this.handleRequest(request, response)) next();
  };

  /** Says once of each origin why its pages cannot connect: they are not told. */
  #tellOfRefusal({ headers }: IncomingMessage): void {
    const from = headers.origin ?? `the host ${headers.host ?? "without a name"}`;
    const seen = this.#refused;
    if (seen.has(from) || seen.size >= MAX_TOLD_ORIGINS) return;
    seen.add(from);
    // What a stranger sends must not forge lines of the log.
    const shown = JSON.stringify(from.slice(0, MAX_NAME_LENGTH));
    console.warn(
      `jupyter-rfb-ts: refused a viewer from ${shown}; if it may look, name its origin in the option origins`,
    );
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    return isOriginAllowed({
      origin: headers.origin,
      host: headers.host,
      allowed: this.#settings.origins,
      isLoopback: this.#place.isLoopback,
    });
  }

  /** What follows the hub's own path, with a slash before it; undefined where the path is another's. */
  #rest(url: string | undefined): string | undefined {
    const path = (url ?? "/").split("?", 1)[0] ?? "/";
    const { path: own } = this.#place;
    if (path === own) return "/";
    return path.startsWith(`${own}/`) ? path.slice(own.length) : undefined;
  }

  /** As pdum.rfb the first part of the path; further parts do not count. */
  #streamName(url: string | undefined): string {
    const [, first = ""] = (this.#rest(url) ?? "/").split("/");
    return first === "" ? DEFAULT_STREAM : first;
  }

  #checkName(name: unknown): void {
    const isName =
      typeof name === "string" &&
      name.length <= MAX_NAME_LENGTH &&
      /^[\w.-]+$/.test(name) &&
      !/^\.+$/.test(name) &&
      !RESERVED_NAMES.has(name);
    if (!isName) {
      const problem = `name: expected 1..${MAX_NAME_LENGTH} letters, digits, "-", "_" and ".", and none of ${[...RESERVED_NAMES].join(", ")}, got ${describeValue(name)}`;
      throw typeof name === "string" ? new RangeError(problem) : new TypeError(problem);
    }
    if (this.#isClosed) throw new Error(`Cannot add the stream "${name}": the server is closed`);
    if (this.#streams.has(name)) {
      throw new Error(`Cannot add the stream "${name}": there is one of that name`);
    }
  }

  #remove(display: Display): void {
    if (this.#streams.get(display.name) === display) this.#streams.delete(display.name);
  }
}

/** Turns a handshake away before it is one. */
export function refuse(socket: Duplex, status: 403 | 404 | 503): void {
  const reason = { 403: "Forbidden", 404: "Not Found", 503: "Service Unavailable" }[status];
  socket.on("error", () => undefined);
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/**
 * What a RemoteFrameBuffer's traits say of how it is sent, as they are now. Another source's fields of the same names are its own.
 */
function optionsOf(source: FrameSource): StreamOptions {
  if (source[SOURCE_LISTENERS] === undefined) return {};
  const { quality, codec, encoder, chroma, detect_changes, adaptive, video_device, ...traits } =
    source as StreamOptions & {
      readonly max_buffered_frames?: number;
      readonly target_fps?: number;
    };
  return {
    ...{ quality, codec, encoder, chroma, detect_changes, adaptive, video_device },
    max_inflight: Math.min(traits.max_buffered_frames ?? 1, MAX_INFLIGHT),
    fps: traits.target_fps,
  };
}

/**
 * Checks what a stream is made of, before anything is done for it.
 *
 * @throws TypeError or RangeError as {@link Hub.add_stream} does
 */
export function checkStream(first: unknown, second: unknown): void {
  if (typeof first === "object") {
    checkSource(first);
    return;
  }
  checkSide("width", first);
  checkSide("height", second);
}

function checkSide(name: string, value: unknown): number {
  if (typeof value !== "number") {
    throw new TypeError(`${name}: expected a number of pixels, got ${describeValue(value)}`);
  }
  if (!Number.isInteger(value) || value < 1 || value > MAX_FRAME_SIDE) {
    throw new RangeError(`${name}: expected an integer from 1 to ${MAX_FRAME_SIDE}, got ${value}`);
  }
  return value;
}

function checkSource(source: unknown): FrameSource {
  const { get_frame, handle_event } = (source ?? {}) as Partial<Record<keyof FrameSource, unknown>>;
  if (typeof get_frame === "function" && typeof handle_event === "function") {
    return source as FrameSource;
  }
  throw new TypeError(
    `source: expected a width in pixels, or an object with get_frame() and handle_event(), got ${describeValue(source)}`,
  );
}
