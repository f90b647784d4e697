/** Who may view a stream. The application decides what a token is and how to check it. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { StreamHello } from "../protocol/streamMessages";
import { pathOf } from "./streamPath";

/** What `authenticate` gets to decide on. */
export interface AuthContext {
  /**
   * The token that the viewer sent; for plain HTTP, the bearer token of the Authorization header.
   */
  readonly token: string | undefined;
  /** The headers of the handshake. */
  readonly headers: IncomingHttpHeaders;
  /** The cookies of the handshake, decoded. */
  readonly cookies: Readonly<Record<string, string>>;
  /** The path of the request as it came, without the query. {@link stream} is made from it. */
  readonly path: string;
  /** The query of the request. */
  readonly query: URLSearchParams;
  /** Where the request came from. Behind a proxy, that is the proxy. */
  readonly remote: { readonly address: string; readonly port: number } | undefined;
  /** The viewer's hello; undefined for plain HTTP. */
  readonly hello: StreamHello | undefined;
  /** The name of the requested stream. */
  readonly stream: string;
}

/**
 * Accepts or rejects a viewer. Called once for each connection, after its hello and before any
 * frame, and for each stream that a request of plain HTTP is about: for /streams, /metrics and
 * /recorded-events, not for /health and your own pages.
 *
 * @returns who the viewer is, in any form that suits the application; events carry it as
 * `principal`. null, undefined and false reject the viewer, and so do an error and a Promise that
 * rejects or takes too long. Any other value accepts it: 0 and "" too, which may be an id or a
 * name. The viewer doesn't see the error's text.
 */
export type Authenticate = (context: AuthContext) => unknown;

/** What `authenticate` returned for a viewer; null if the stream has no `authenticate`. */
export type Principal = unknown;

/** Whether what `authenticate` returned accepts the viewer. */
export function isAccepted(principal: Principal): boolean {
  return principal !== null && principal !== undefined && principal !== false;
}

/** Collects what `authenticate` gets. */
export function authContext(
  request: IncomingMessage,
  stream: string,
  hello: StreamHello | undefined,
): AuthContext {
  const { headers, socket } = request;
  const path = pathOf(request.url);
  const { remoteAddress: address, remotePort: port } = socket;
  return {
    token: hello === undefined ? bearerToken(headers.authorization) : hello.token,
    headers,
    cookies: parseCookies(headers.cookie),
    path,
    query: new URLSearchParams(request.url?.slice(path.length)),
    remote: address === undefined ? undefined : { address, port: port ?? 0 },
    hello,
    stream,
  };
}

function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
}

/** @see RFC 6265, section 5.4: names and values separated by "=", pairs by ";" */
function parseCookies(header: string | undefined): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of header?.split(";") ?? []) {
    const at = pair.indexOf("=");
    if (at < 1) continue;
    const name = pair.slice(0, at).trim();
    const value = pair
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1");
    // Browsers send the cookie of the longest path first. It wins over others of its name.
    cookies[name] ??= decoded(value);
  }
  return cookies;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
