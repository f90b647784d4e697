import { createServer, type Server as HttpServer } from "node:http";
import { nodeRuntime } from "../../framebuffer/node";
import { announce } from "../../hosting/announce";
import { ErrorReporter } from "../../hosting/errorReporter";
import { closeHttp, hostHttp } from "../../hosting/hostHttp";
import { hostForUrl, listen, portOf } from "../../hosting/listen";
import { openHostProblem } from "../../hosting/openHost";
import { rememberServer } from "../../hosting/openServers";
import { serverSettings } from "../../hosting/options";
import { StreamHost } from "../../hosting/streamHost";
import { BEAT } from "../announcement";
import { connectBroker, expectPermission, type Broker } from "../broker";
import { natsSettings } from "../brokerOptions";
import { ALL_ANNOUNCEMENTS } from "../subjects";
import { edgeSettings, type EdgeOptions } from "./edgeOptions";
import { EdgeStreams } from "./edgeStreams";

/** What an {@link EdgeServer} is made of. */
interface EdgeParts {
  readonly http: HttpServer;
  readonly host: StreamHost;
  readonly streams: EdgeStreams;
  readonly broker: Broker;
  readonly errors: ErrorReporter;
}

let create: (parts: EdgeParts) => EdgeServer;

/** An edge that serves. {@link serve_edge} creates it. */
export class EdgeServer {
  readonly #parts: EdgeParts;
  #closing: Promise<void> | undefined;

  static {
    create = (parts) => new EdgeServer(parts);
  }

  private constructor(parts: EdgeParts) {
    this.#parts = parts;
  }

  /** The port that it listens on; 0 once it is closed. */
  get port(): number {
    return portOf(this.#parts.http) ?? 0;
  }

  /**
   * The address of the viewer page for browsers on this machine, such as "http://127.0.0.1:8765/";
   * undefined without the option `page`.
   */
  get url(): string | undefined {
    return this.#parts.host.urlOf("http", "/");
  }

  /** The address of all streams for viewers on this machine, such as "ws://127.0.0.1:8765/". */
  get ws_url(): string | undefined {
    return this.#parts.host.urlOf("ws", "/");
  }

  /** The names of the streams that publishers announce. */
  get streams(): string[] {
    return [...this.#parts.streams.all.keys()];
  }

  /** How many viewers are connected, of all streams. */
  get client_count(): number {
    const all = [...this.#parts.streams.all.values()];
    return all.reduce((sum, { viewerCount }) => sum + viewerCount, 0);
  }

  /** Disconnects all viewers, and stops. Calling it again does nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { http, host, streams, broker, errors } = this.#parts;
    await host.close();
    streams.dispose();
    await broker.close();
    await closeHttp(http);
    errors.dispose();
  }
}

/**
 * Starts an edge: it serves the streams that `publish_to` and `serve` with `nats` send to a NATS
 * server, to viewers of its own. Start as many as you need, on any machine. Viewers connect to
 * `ws://host:port/name`.
 *
 * @returns the edge, once it listens and knows the streams that there are
 * @throws (as a rejection) TypeError or RangeError for an invalid option; Error if NATS can't be
 * reached, the package @nats-io/transport-node is missing, it can't listen, or other machines could
 * view the streams without authentication
 */
export async function serve_edge(options: EdgeOptions): Promise<EdgeServer> {
  const settings = edgeSettings(options);
  const server = serverSettings(settings.server);
  const { host, port, path_prefix, insecure, on_request, ...hub } = server;
  const problem = openHostProblem(host, insecure);
  if (problem !== undefined && settings.authenticate === undefined) {
    throw new Error(`Cannot serve: ${problem}`);
  }
  const errors = new ErrorReporter(settings.onError, nodeRuntime);
  const broker = await connectBroker({
    settings: natsSettings(settings.nats, process.env),
    name: `jupyter-rfb-ts edge ${settings.edgeName}`,
    onError: (error) => errors.report(error, "broker"),
    onNote: (text) => console.warn(`jupyter-rfb-ts, edge: ${text}`),
  });
  const streams = new EdgeStreams({
    broker,
    edge: settings.edgeName,
    clock: nodeRuntime,
    authenticate: settings.authenticate,
    maxViewers: settings.maxViewers,
    statsInterval: settings.statsInterval,
    reportError: (error, during) => errors.report(error, during),
  });
  const http = createServer();
  const place = {
    path: path_prefix,
    isSecure: false,
    port: () => portOf(http),
    host: () => hostForUrl(host),
  };
  try {
    const streamHost = new StreamHost(place, hub, streams.all);
    hostHttp(http, streamHost, on_request);
    // Publishers announce their streams once in each beat.
    await new Promise((resolve) => nodeRuntime.delay(1.2 * BEAT, () => resolve(undefined)));
    expectPermission(broker, ALL_ANNOUNCEMENTS);
    await listen(http, host, port);
    http.on("error", (error) => console.error("jupyter-rfb-ts, edge:", error));
    const edge = create({ http, host: streamHost, streams, broker, errors });
    rememberServer(edge, http);
    if (hub.page === true && edge.url !== undefined) announce(edge.url);
    return edge;
  } catch (error) {
    streams.dispose();
    errors.dispose();
    await broker.close();
    throw error;
  }
}
