import { createServer, type Server as HttpServer } from "node:http";
import type { FrameSource } from "../framebuffer/node";
import { announce } from "../hosting/announce";
import { closeHttp, hostHttp } from "../hosting/hostHttp";
import { hostForUrl, listen, portOf } from "../hosting/listen";
import { openHostProblem } from "../hosting/openHost";
import { rememberServer } from "../hosting/openServers";
import { serverSettings, type HubOptions, type ServerOptions } from "../hosting/options";
import { DEFAULT_STREAM } from "../hosting/streamPath";
import { streamOf, type Display } from "./display";
import { Hub, type HubPlace } from "./hub";
import { publishStream } from "./publishTo";
import { relayPlace } from "./relayOptions";
import { splitOptions, type ServeOptions } from "./splitOptions";
import { streamArguments } from "./streamArguments";

/** Several streams on a port of their own. {@link serve_server} creates it. */
export class RfbServer extends Hub {
  readonly #http: HttpServer;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(
    http: HttpServer,
    place: HubPlace,
    options: HubOptions,
    onRequest: NonNullable<ServerOptions["on_request"]>,
  ) {
    super(place, options);
    this.#http = http;
    const hub = (): Hub => this;
    hostHttp(
      http,
      {
        get hasPage() {
          return hub().url !== undefined;
        },
        path: place.path,
        hasStreamAt: (url) => this.hasStreamAt(url),
        handleUpgrade: (request, socket, head) => this.handleUpgrade(request, socket, head),
        handleRequest: (request, response) => this.handleRequest(request, response),
      },
      onRequest,
    );
  }

  /** The port that it listens on; 0 once it is closed. */
  get port(): number {
    return portOf(this.#http) ?? 0;
  }

  /**
   * Disconnects all viewers and stops listening. A viewer that doesn't answer is waited for 2 s.
   * Calling it again does nothing.
   */
  override close(): Promise<void> {
    this.#closing ??= super.close().then(() => closeHttp(this.#http));
    return this.#closing;
  }
}

/**
 * Starts a server for several streams on one port. Add them with `add_stream(name, width, height)`;
 * viewers connect to `ws://host:port/name`. The stream named "default" is also at
 * `ws://host:port`. With the option `page`, the viewer page is at `http://host:port` and shows all
 * streams.
 *
 * @returns the server, once it listens
 * @throws (as a rejection) TypeError or RangeError for an invalid option; Error if it can't listen,
 * for example because the port is taken
 */
export async function serve_server(options: ServerOptions = {}): Promise<RfbServer> {
  const { host, port, path_prefix, insecure, on_request, ...hub } = serverSettings(options);
  const http = createServer();
  const server = new RfbServer(
    http,
    {
      path: path_prefix,
      isSecure: false,
      refuseOpen: openHostProblem(host, insecure),
      port: () => portOf(http),
      host: () => hostForUrl(host),
    },
    hub,
    on_request,
  );
  await listen(http, host, port);
  // Without a listener an error ends the process: too many open files when somebody connects, say.
  http.on("error", (error) => console.error("jupyter-rfb-ts, server:", error));
  rememberServer(server, http);
  if (hub.page === true && server.url !== undefined) announce(server.url);
  return server;
}

/**
 * Serves one stream: publish frames to the display that it returns, and get events from it. Viewers
 * connect to `ws://host:port`. With the option `page`, a page at `http://host:port` shows it:
 *
 * ```ts
 * const display = await serve(640, 480, { page: true }); // prints: Open http://127.0.0.1:8765/ ...
 * display.publish(frame);
 * ```
 *
 * With the options `nats` and `name`, edges show the stream, too: see {@link serve_edge}.
 *
 * @param width - width until the first frame is published, in pixels, 1..65500
 * @param height - height until the first frame is published, in pixels, 1..65500
 * @returns the display, once the server listens. Closing the display stops the server.
 * @throws (as a rejection) what {@link serve_server} and {@link Hub.add_stream} throw
 */
export function serve(width: number, height: number, options?: ServeOptions): Promise<Display>;
/**
 * Serves what a source draws, such as a RemoteFrameBuffer. Its get_frame() is called when a viewer
 * can take a frame, and its handle_event() gets the viewers' events.
 */
export function serve(source: FrameSource, options?: ServeOptions): Promise<Display>;
export async function serve(
  first: number | FrameSource,
  second?: number | ServeOptions,
  third?: ServeOptions,
): Promise<Display> {
  const isSource = typeof first === "object";
  const given = (isSource ? second : third) ?? {};
  const { server: serverOptions, stream, relay } = splitOptions(given as ServeOptions);
  // Checks everything before it opens a port.
  const { host, insecure } = serverSettings(serverOptions);
  streamArguments(first, second);
  const place = relayPlace(relay);
  const problem = openHostProblem(host, insecure);
  if (problem !== undefined && stream.authenticate === undefined) {
    throw new Error(`Cannot serve: ${problem}`);
  }
  const server = await serve_server(serverOptions);
  try {
    const display = isSource
      ? server.add_stream(DEFAULT_STREAM, first, stream)
      : server.add_stream(DEFAULT_STREAM, first, second as number, stream);
    streamOf(display).closeWith(server);
    if (place !== undefined) await publishStream(streamOf(display), place);
    return display;
  } catch (error) {
    await server.close();
    throw error;
  }
}
