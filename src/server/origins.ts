/** Which pages may connect. Any page on the web can open a WebSocket to a server that its reader's browser reaches. */

/** Names of this machine in a URL. */
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** What the rule needs of a request. */
export interface OriginQuestion {
  /** The Origin header; undefined from anything but a browser. */
  readonly origin: string | undefined;
  /** The Host header. */
  readonly host: string | undefined;
  /** Origins that are allowed beside, such as "https://example.org"; "*" for all. */
  readonly allowed: readonly string[];
  /** Whether the server can be reached from this machine only. */
  readonly isLoopback: boolean;
}

/**
 * Whether a request may come from where it says: from this machine's own pages, from the same origin, from one that is named, or from
 * a program that is no browser, which could say anything.
 *
 * A server on the loopback interface is asked under its own names only: another name that leads here, and so would be the same origin,
 * is an attacker's (DNS rebinding).
 */
export function isOriginAllowed({ origin, host, allowed, isLoopback }: OriginQuestion): boolean {
  if (allowed.includes("*")) return true;
  const hostname = host === undefined ? undefined : nameOf(`http://${host}`);
  const isKnownHost =
    hostname === undefined ||
    LOOPBACK_NAMES.has(hostname) ||
    allowed.some((one) => nameOf(one) === hostname);
  if (isLoopback && !isKnownHost) return false;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  const url = parse(origin);
  if (url === undefined) return false;
  if (LOOPBACK_NAMES.has(url.hostname)) return true;
  return host !== undefined && url.host === parse(`${url.protocol}//${host}`)?.host;
}

/** Whether a host to listen on is reached from this machine only. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function nameOf(url: string): string | undefined {
  return parse(url)?.hostname;
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
