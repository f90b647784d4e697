import { createServer, type Server as HttpServer } from "node:http";
import type { FrameSource } from "../framebuffer";
import { describeValue } from "../protocol/errors";
import type { Display } from "./display";
import { send, text } from "./http";
import { checkStream, DEFAULT_STREAM, Hub, refuse } from "./hub";
import { isLoopbackHost } from "./origins";
import {
  serverSettings,
  splitOptions,
  streamSettings,
  type HubOptions,
  type ServerOptions,
  type StreamOptions,
} from "./options";

/** Several named streams on a port of their own. Made by {@link serve_server}. */
export class RfbServer extends Hub {
  readonly #http: HttpServer;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(
    http: HttpServer,
    place: ConstructorParameters<typeof Hub>[0],
    options: HubOptions,
    onRequest: NonNullable<ServerOptions["on_request"]>,
  ) {
    super(place, options);
    this.#http = http;
    http.on("upgrade", (request, socket, head) => this.handleUpgrade(request, socket, head));
    http.on("request", (request, response) => {
      try {
        if (this.handleRequest(request, response) || onRequest(request, response)) return;
        send(response, 404, text("not found: this is a server for WebSockets; see /streams\n"));
      } catch (error) {
        // One request of a page must not end all streams.
        console.error("jupyter-rfb-ts, on_request:", error);
        if (response.headersSent) response.destroy();
        else send(response, 500, text("the server failed to answer\n"));
      }
    });
  }

  /** The port that it listens on. */
  get port(): number {
    return portOf(this.#http) ?? 0;
  }

  /** Disconnects all viewers and stops listening. To be called as often as you like. */
  override close(): Promise<void> {
    this.#closing ??= super.close().then(() => {
      this.#http.closeAllConnections();
      return new Promise((resolve) => this.#http.close(() => resolve()));
    });
    return this.#closing;
  }
}

/**
 * Serves several named streams on one port: add them with `add_stream(name, width, height)`; viewers connect to ws://host:port/name.
 * The one named "default" needs no name.
 *
 * @returns the server, when it listens
 * @throws (as rejections) TypeError or RangeError for a bad option; Error when the port is taken, or when others could reach it and
 * neither `insecure` nor an `authenticate` for each stream says that this is meant.
 */
export async function serve_server(options: ServerOptions = {}): Promise<RfbServer> {
  const { host, port, insecure, on_request, ...hub } = serverSettings(options);
  const http = createServer();
  const isLoopback = isLoopbackHost(host);
  const server = new RfbServer(
    http,
    {
      path: "",
      isLoopback,
      refuseOpen:
        isLoopback || insecure
          ? undefined
          : `others can reach ${host}, and everybody could look; give it authenticate, listen on 127.0.0.1, or say insecure: true`,
      port: () => portOf(http),
      host: () => hostForUrl(host),
    },
    hub,
    on_request,
  );
  await listen(http, host, port);
  return server;
}

/**
 * Serves one stream: publish frames to the display that it gives, and take events from it. Viewers connect to ws://host:port.
 *
 * @param width - the size until the first frame is published, in pixels, 1..65500
 * @returns the display, when the server listens; closing it stops the server
 * @throws (as rejections) as {@link serve_server} and {@link Hub.add_stream} do.
 */
export function serve(
  width: number,
  height: number,
  options?: ServerOptions & StreamOptions,
): Promise<Display>;
/** Serves what a source draws, such as a RemoteFrameBuffer: its get_frame() is asked when a viewer has room, handle_event() gets events. */
export function serve(
  source: FrameSource,
  options?: ServerOptions & StreamOptions,
): Promise<Display>;
export async function serve(
  first: number | FrameSource,
  second?: number | (ServerOptions & StreamOptions),
  third?: ServerOptions & StreamOptions,
): Promise<Display> {
  const isSource = typeof first === "object";
  const given = (isSource ? second : third) ?? {};
  const { server: serverOptions, stream } = splitOptions(given as ServerOptions & StreamOptions);
  // Nobody is to wait for a port to hear that an option is wrong, or that it is not safe.
  const { host, insecure } = serverSettings(serverOptions);
  streamSettings(stream);
  checkStream(first, second);
  if (!insecure && !isLoopbackHost(host) && stream.authenticate === undefined) {
    throw new Error(
      `Cannot serve on ${host}: others can reach it, and everybody could look; give it authenticate, listen on 127.0.0.1, or say insecure: true`,
    );
  }
  const server = await serve_server(serverOptions);
  try {
    const display = isSource
      ? server.add_stream(DEFAULT_STREAM, first, stream)
      : server.add_stream(DEFAULT_STREAM, first, second as number, stream);
    display.endWith(server);
    return display;
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** What {@link attach} can be given. */
export interface AttachOptions extends HubOptions {
  /** The path under which the streams are: "/rfb" makes "ws://host/rfb/name". @defaultValue "/rfb" */
  readonly path?: string;
}

/**
 * Adds streams to an HTTP server of the application's own, so that they share its address, TLS and cookies: one of `node:http` or
 * `node:https`, Express' `app.listen()`, Fastify's `app.server`. WebSockets under the path become viewers; others are left to the
 * server's own listeners. For metrics and the other pages of the side channel use the hub's `middleware`.
 *
 * Who may look is the application's business: `authenticate` gets the request's cookies and headers.
 *
 * @throws TypeError when it is no HTTP server, or for a bad option; RangeError for a path that is none
 */
export function attach(http: HttpServer, options: AttachOptions = {}): Hub {
  // Express' app is a function, Fastify's an object; neither is the server.
  if (
    typeof http !== "object" ||
    typeof (http as Partial<HttpServer>)?.listenerCount !== "function"
  ) {
    throw new TypeError(
      `attach: expected an http.Server, got ${describeValue(http)}; of Express it is what app.listen() returns, of Fastify app.server`,
    );
  }
  const { path = "/rfb", ...rest } = options;
  if (typeof path !== "string" || !/^(\/[\w.~-]+)*\/?$/.test(path)) {
    throw new RangeError(`path: expected one such as "/rfb", got ${describeValue(path)}`);
  }
  const hub = new AttachedHub(http, path.replace(/\/$/, ""), rest);
  return hub;
}

/** The paths that hubs have on each server. */
const attachedPaths = new WeakMap<HttpServer, Set<string>>();

class AttachedHub extends Hub {
  readonly #detach: () => void;

  constructor(http: HttpServer, path: string, options: HubOptions) {
    super(
      {
        path,
        isLoopback: false,
        refuseOpen: undefined,
        port: () => portOf(http),
        host: () => "127.0.0.1",
      },
      options,
    );
    const paths = attachedPaths.get(http) ?? new Set<string>();
    attachedPaths.set(http, paths);
    if (paths.has(path)) {
      throw new Error(
        `Cannot attach to "${path}": there is a hub on that path; add streams to it, or choose another path`,
      );
    }
    paths.add(path);
    const onUpgrade: Parameters<HttpServer["on"]>[1] = (request, socket, head) => {
      if (this.isMine(request.url)) this.handleUpgrade(request, socket, head);
      // Without another listener nobody would answer, and the connection would stay for ever.
      else if (http.listenerCount("upgrade") === 1) refuse(socket, 404);
    };
    http.on("upgrade", onUpgrade);
    this.#detach = () => {
      http.off("upgrade", onUpgrade);
      paths.delete(path);
    };
  }

  override async close(): Promise<void> {
    this.#detach();
    await super.close();
  }
}

function listen(http: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(new Error(`Cannot listen on ${host}:${port}: ${reasonOf(error)}`, { cause: error }));
    };
    http.once("error", onError);
    http.listen(port, host, () => {
      http.off("error", onError);
      resolve();
    });
  });
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "EADDRINUSE":
      return "another program uses that port; end it, or choose another port (0 for one that is free)";
    case "EACCES":
      return "that takes more rights; choose a port from 1024 up";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return "this machine has no such address";
    default:
      return message;
  }
}

function portOf(http: HttpServer): number | undefined {
  const address = http.address();
  return typeof address === "object" ? address?.port : undefined;
}

/** The host for a URL on this machine. */
function hostForUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
