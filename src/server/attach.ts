import type { Server as HttpServer } from "node:http";
import { rejectHandshake } from "../hosting/handshake";
import { portOf } from "../hosting/listen";
import type { HubOptions } from "../hosting/options";
import { PATH_PREFIX } from "../hosting/streamPath";
import { boolean, checkValue } from "../protocol/checks";
import { describeValue } from "../protocol/errors";
import { Hub } from "./hub";
import { ReachWarning } from "./reachWarning";

/** The options of {@link attach}. */
export interface AttachOptions extends HubOptions {
  /** The path of the streams: with "/rfb" they are at "ws://host/rfb/name". @defaultValue "/rfb" */
  readonly path?: string;
  /**
   * Turns off the warning that other machines can reach a stream without `authenticate`.
   *
   * @defaultValue false
   */
  readonly insecure?: boolean | undefined;
}

/**
 * Adds streams to your own HTTP server, so that they share its address, TLS and cookies. The server
 * can be from `node:http` or `node:https`, Express' `app.listen()`, or Fastify's `app.server`. It
 * accepts viewers by WebSocket under the path, and leaves other paths to the server's other
 * listeners. For the viewer page (`page: true`), metrics and other plain HTTP, use the hub's
 * `middleware`.
 *
 * Set `authenticate` to decide who may view a stream. It gets the request's cookies and headers.
 * Without it, anyone who can reach the server can view the stream and send it events.
 * `app.listen(3000)` listens on all interfaces, so that includes other machines: `attach()` then
 * prints a warning.
 *
 * @throws TypeError for a value that isn't an HTTP server, or for an invalid option; RangeError for
 * an invalid path; Error if the path has a hub already
 */
export function attach(http: HttpServer, options: AttachOptions = {}): Hub {
  // Express' app is a function and Fastify's an object without listenerCount. Neither is the
  // server.
  if (
    typeof http !== "object" ||
    typeof (http as Partial<HttpServer>)?.listenerCount !== "function"
  ) {
    throw new TypeError(
      `attach: expected an http.Server, got ${describeValue(http)}; of Express it is what app.listen() returns, of Fastify app.server`,
    );
  }
  const { path = "/rfb", insecure = false, ...rest } = options;
  if (!PATH_PREFIX.accepts(path)) {
    throw new RangeError(`path: expected one such as "/rfb", got ${describeValue(path)}`);
  }
  const warning = checkValue("insecure", insecure, boolean) ? undefined : new ReachWarning(http);
  return new AttachedHub(http, path.replace(/\/$/, ""), rest, warning);
}

/** The paths of the hubs on each server. */
const attachedPaths = new WeakMap<HttpServer, Set<string>>();

class AttachedHub extends Hub {
  readonly #detach: () => void;

  constructor(
    http: HttpServer,
    path: string,
    options: HubOptions,
    warning: ReachWarning | undefined,
  ) {
    super(
      {
        path,
        // Servers of node:https have it, and so have those of other makers with TLS.
        isSecure: "setSecureContext" in http,
        refuseOpen: undefined,
        onOpenStream: (name) => warning?.openStream(name),
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
      // Without another listener, nothing would ever answer and end this connection.
      else if (http.listenerCount("upgrade") === 1) rejectHandshake(socket, 404);
    };
    http.on("upgrade", onUpgrade);
    this.#detach = () => {
      http.off("upgrade", onUpgrade);
      warning?.dispose();
      paths.delete(path);
    };
  }

  override async close(): Promise<void> {
    this.#detach();
    await super.close();
  }
}
