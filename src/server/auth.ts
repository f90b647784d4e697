/** Who may look. The library has the hook only; what a token is, and how it is checked, is the user's. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { StreamHello } from "../protocol/streamMessages";

/** What `authenticate` may look at. */
export interface AuthContext {
  /** What the viewer gave as its token; for plain HTTP the bearer token of the Authorization header. */
  readonly token: string | undefined;
  /** The headers of the handshake. */
  readonly headers: IncomingHttpHeaders;
  readonly cookies: Readonly<Record<string, string>>;
  /** The path of the request, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Where the request came from. Behind a proxy that is the proxy. */
  readonly remote: { readonly address: string; readonly port: number } | undefined;
  /** The viewer's hello; undefined for plain HTTP. */
  readonly hello: StreamHello | undefined;
  /** The name of the stream that is asked for. */
  readonly stream: string;
}

/**
 * Lets a viewer in, or not. Called once for each connection after its hello and before any frame, and for each request of plain HTTP.
 *
 * @returns who it is, in whatever form the application likes: events carry it as `principal`. null or undefined turns the viewer
 * away, as does an error, which is not shown to the viewer.
 */
export type Authenticate = (context: AuthContext) => unknown;

/** What the application knows a viewer as; null where everybody may look. */
export type Principal = unknown;

/** Puts together what `authenticate` may look at. */
export function authContext(
  request: IncomingMessage,
  stream: string,
  hello: StreamHello | undefined,
): AuthContext {
  const { headers, socket } = request;
  // The base only makes a URL of the path.
  const url = new URL(request.url ?? "/", "http://host");
  const { remoteAddress: address, remotePort: port } = socket;
  return {
    token: hello === undefined ? bearerToken(headers.authorization) : hello.token,
    headers,
    cookies: parseCookies(headers.cookie),
    path: url.pathname,
    query: url.searchParams,
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
    // The first of two with the same name is that of the longer path.
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
