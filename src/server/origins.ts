/**
 * Which pages may connect. A check is needed because any page on the web can open a WebSocket to a
 * server that its visitor's browser reaches.
 */

/** Names of this machine in a URL. */
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** What {@link isOriginAllowed} decides on. */
export interface OriginQuestion {
  /** The Origin header; undefined if the request isn't from a browser. */
  readonly origin: string | undefined;
  /** The Host header. */
  readonly host: string | undefined;
  /** More origins that are allowed, such as "https://example.org"; "*" for all. */
  readonly allowed: readonly string[];
  /** Whether only this machine can reach the server. */
  readonly isLoopback: boolean;
}

/**
 * Whether to serve a request: one from a page of this machine, of the same origin or of an allowed
 * one, or from a program that isn't a browser, which could send any headers anyway.
 *
 * A server on the loopback interface is served under its own names only. Under another name, which
 * an attacker's DNS points here (DNS rebinding), the attacker's page would be of the same origin.
 */
export function isOriginAllowed({ origin, host, allowed, isLoopback }: OriginQuestion): boolean {
  if (allowed.includes("*")) return true;
  const hostname = host === undefined ? undefined : hostnameOf(`http://${host}`);
  const isKnownHost =
    hostname === undefined ||
    LOOPBACK_NAMES.has(hostname) ||
    allowed.some((one) => hostnameOf(one) === hostname);
  if (isLoopback && !isKnownHost) return false;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  const url = parse(origin);
  if (url === undefined) return false;
  if (LOOPBACK_NAMES.has(url.hostname)) return true;
  return host !== undefined && url.host === parse(`${url.protocol}//${host}`)?.host;
}

/** Whether only this machine can reach a server that listens on `host`. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function hostnameOf(url: string): string | undefined {
  return parse(url)?.hostname;
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
