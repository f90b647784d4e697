/** The options of servers and hubs, their checks and their defaults. */
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  boolean,
  callable,
  checkOptions,
  integer,
  positive,
  string,
  type Check,
  type Checks,
} from "../protocol/checks";
import { hubOrigins } from "./hubOrigins";
import { ORIGINS } from "./origins";
import { PATH_PREFIX } from "./streamPath";

/** Options with the defaults filled in. */
export type Complete<Options> = {
  readonly [Key in keyof Options]-?: Exclude<Options[Key], undefined>;
};

/** A time in seconds, above 0. */
export const SECONDS = positive(Infinity, "seconds");

/** Limits for each viewer. */
export interface LimitOptions {
  /** Bytes of a viewer's message, 1024 to 2^30. @defaultValue 65 536 */
  readonly max_message_size?: number | undefined;
  /**
   * Messages of a viewer per second, 1 or more, with bursts of twice as many. Receipts for frames
   * that were sent don't count.
   *
   * @defaultValue 1000
   */
  readonly max_message_rate?: number | undefined;
  /** Seconds until a viewer must have sent its hello, above 0. @defaultValue 10 */
  readonly hello_timeout?: number | undefined;
  /** Seconds that `authenticate` may take, above 0. @defaultValue 10 */
  readonly auth_timeout?: number | undefined;
  /**
   * Seconds without a message after which a viewer is pinged, above 0; with `driver`, one that may
   * drive after a second already. One that has answered no ping when the third is due is
   * disconnected.
   *
   * @defaultValue 15
   */
  readonly ping_interval?: number | undefined;
  /**
   * Bytes waiting in a viewer's socket, 65 536 or more. A viewer with more is disconnected.
   *
   * @defaultValue 67 108 864
   */
  readonly max_buffered_bytes?: number | undefined;
}

/** The options of a hub, which shares an application's HTTP server. */
export interface HubOptions extends LimitOptions {
  /**
   * Origins such as "https://example.org" whose pages may connect, in addition to pages of the same
   * origin and, from this machine, of this machine; "null" for files and sandboxed frames, of
   * whatever site; "*" for all. A server behind a proxy on the same machine requires the public
   * origin here.
   *
   * @defaultValue on a JupyterHub that has `public_url` or a domain for each user, the origin of
   * the user's server; otherwise none
   */
  readonly origins?: readonly string[] | undefined;
  /**
   * Whether to serve the viewer page: with `serve()`, people open the server's address in a browser
   * and see the stream. A stream's page is at its own address, with http: for ws:, and links to the
   * other streams that its user may view. It asks for a token if `authenticate` rejects a viewer
   * without one, or reads it from the end of the address: `#token=...`.
   *
   * `true` also prints the address once the server listens, "quiet" doesn't. `url` holds it. On
   * your own server, `hub.middleware` serves the page.
   *
   * @defaultValue false
   */
  readonly page?: PageOption | undefined;
}

/** Whether to serve the viewer page, and whether to print its address. */
export type PageOption = boolean | "quiet";

/** The options of a server. */
export interface ServerOptions extends HubOptions {
  /**
   * The address to listen on. One that other machines can reach requires `authenticate` or
   * `insecure`.
   *
   * @defaultValue "127.0.0.1"
   */
  readonly host?: string | undefined;
  /** The port, 1..65535, or 0 for a free one. @defaultValue 8765 */
  readonly port?: number | undefined;
  /**
   * The path below which the server is reached, such as "/user/ada/proxy/absolute/8765", if a proxy
   * forwards requests with their whole path. All addresses of the server begin with it.
   *
   * @defaultValue none
   */
  readonly path_prefix?: string | undefined;
  /** Lets other machines reach streams without `authenticate`. @defaultValue false */
  readonly insecure?: boolean | undefined;
  /**
   * Called with HTTP requests for other paths than the server's own, so that your own page can come
   * from the same port. It must answer and return true, or return false: then the server answers
   * 404.
   *
   * @defaultValue none
   */
  readonly on_request?:
    ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

const PAGE_OPTION: Check<PageOption> = {
  expected: 'true, false or "quiet"',
  type: "boolean",
  accepts: (value): value is PageOption => value === "quiet" || typeof value === "boolean",
};

const HUB_CHECKS: Checks<HubOptions> = {
  origins: ORIGINS,
  page: PAGE_OPTION,
  max_message_size: integer(1024, 2 ** 30),
  max_message_rate: integer(1),
  hello_timeout: SECONDS,
  auth_timeout: SECONDS,
  ping_interval: SECONDS,
  max_buffered_bytes: integer(65_536),
};

const HUB_DEFAULTS: Omit<Complete<HubOptions>, "origins"> = {
  page: false,
  max_message_size: 65_536,
  max_message_rate: 1000,
  hello_timeout: 10,
  auth_timeout: 10,
  ping_interval: 15,
  max_buffered_bytes: 67_108_864,
};

/** The checks of a server's options. */
export const SERVER_CHECKS: Checks<ServerOptions> = {
  ...HUB_CHECKS,
  host: string(1),
  port: integer(0, 65_535),
  path_prefix: PATH_PREFIX,
  insecure: boolean,
  on_request: callable,
};

const SERVER_DEFAULTS: Omit<Complete<ServerOptions>, "origins"> = {
  ...HUB_DEFAULTS,
  host: "127.0.0.1",
  port: 8765,
  path_prefix: "",
  insecure: false,
  on_request: () => false,
};

/** Fills in the options of a hub. @throws as {@link checkOptions} does. */
export function hubSettings(options: HubOptions): Complete<HubOptions> {
  const origins = hubOrigins(process.env);
  return { origins, ...HUB_DEFAULTS, ...checkOptions(options, HUB_CHECKS) };
}

/** Fills in the options of a server. @throws as {@link checkOptions} does. */
export function serverSettings(options: ServerOptions): Complete<ServerOptions> {
  const origins = hubOrigins(process.env);
  const settings = { origins, ...SERVER_DEFAULTS, ...checkOptions(options, SERVER_CHECKS) };
  return { ...settings, path_prefix: settings.path_prefix.replace(/\/$/, "") };
}
