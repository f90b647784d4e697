/**
 * Which pages may connect. A check is needed because any page on the web can open a WebSocket to a
 * server that its visitor's browser reaches.
 */

import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";
import type { Check } from "../protocol/checks";

/** A URL's hostname that is this machine: also each 127.x.y.z, and that as an IPv6 address. */
const LOOPBACK_NAME =
  /^(localhost\.?|127(\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])$/;

/** Origins as browsers send them: also "null" and those of applications; or "*" for all. */
export const ORIGINS: Check<readonly string[]> = {
  expected: 'a list of origins such as "https://example.org", "null" or "*"',
  type: "array",
  accepts: (value): value is readonly string[] =>
    Array.isArray(value) && value.every((one) => ORIGIN.accepts(one)),
};

/** Longest origin that a page is told about, in characters: two of them fit a message's reason. */
const MAX_ORIGIN_LENGTH = 200;

/** One of {@link ORIGINS}. */
export const ORIGIN: Check<string> = {
  expected: 'an origin such as "https://example.org", "null" or "*"',
  type: "string",
  accepts: (value): value is string => value === "*" || isOrigin(value),
};

function isOrigin(value: unknown): boolean {
  if (typeof value !== "string") return false;
  if (value === "null") return true;
  try {
    const { origin } = new URL(value);
    // The URL standard has no origin for a scheme that it doesn't know, such as "vscode-webview:".
    return origin === value || (origin === "null" && /^[a-z][\w+.-]*:\/\/[^/?#\s]*$/i.test(value));
  } catch {
    return false;
  }
}

/** What {@link isOriginAllowed} decides on. */
export interface OriginQuestion {
  /** The Origin header; undefined if the request isn't from a browser. */
  readonly origin: string | undefined;
  /** The Host header. */
  readonly host: string | undefined;
  /** More origins that are allowed, such as "https://example.org"; "*" for all. */
  readonly allowed: readonly string[];
  /** Whether the request came from this machine. */
  readonly isLocal: boolean;
}

/**
 * Whether to serve a request: one from a page of this machine, of the same origin or of an allowed
 * one, or from a program that isn't a browser, which could send any headers anyway.
 *
 * A request from this machine must be for one of its own names or addresses, or for the name of an
 * allowed origin. Under another name, which an attacker's DNS points here (DNS rebinding), the
 * attacker's page would be of the same origin. Only such a request can come from a page of this
 * machine: elsewhere "localhost" is another machine.
 */
export function isOriginAllowed({ origin, host, allowed, isLocal }: OriginQuestion): boolean {
  if (allowed.includes("*")) return true;
  const name = host === undefined ? undefined : hostnameOf(`http://${host}`);
  const isKnownHost =
    name === undefined || isOwnName(name) || allowed.some((one) => hostnameOf(one) === name);
  if (isLocal && !isKnownHost) return false;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  const url = parse(origin);
  if (url === undefined) return false;
  if (isLocal && LOOPBACK_NAME.test(url.hostname)) return true;
  return host !== undefined && url.host === parse(`${url.protocol}//${host}`)?.host;
}

/**
 * The origins to add to `allowed` for a request that {@link isOriginAllowed} rejects; none if it
 * can't be told, as for a header that no browser sends.
 */
export function missingOrigins(question: OriginQuestion): readonly string[] {
  const { origin, host = "", allowed } = question;
  const scheme = (origin === undefined ? undefined : parse(origin)?.protocol) ?? "https:";
  const isWeb = scheme === "http:" || scheme === "https:";
  const ofHost = `${isWeb ? scheme : "https:"}//${host}`;
  // The fewest first: the page's own origin is enough unless a proxy has changed the host.
  const choices = origin === undefined ? [[ofHost]] : [[origin], [ofHost], [origin, ofHost]];
  const isEnough = (more: readonly string[]): boolean =>
    more.every((one) => one !== "*" && one.length <= MAX_ORIGIN_LENGTH && isOrigin(one)) &&
    isOriginAllowed({ ...question, allowed: [...allowed, ...more] });
  return choices.find(isEnough) ?? [];
}

/** Whether only this machine can reach a server that listens on `host`. */
export function isLoopbackHost(host: string): boolean {
  const name = hostnameOf(`http://${host.includes(":") ? `[${host}]` : host}`);
  return name !== undefined && LOOPBACK_NAME.test(name);
}

/** Whether a request came from this machine: by its loopback interface, or by its own address. */
export function isLocalRequest({ socket }: Pick<IncomingMessage, "socket">): boolean {
  const { localAddress, remoteAddress } = socket;
  if (localAddress === undefined || remoteAddress === undefined) return false;
  return (
    localAddress === remoteAddress ||
    (isLoopbackHost(localAddress) && isLoopbackHost(remoteAddress))
  );
}

/** Whether a host names this machine. No DNS can point an address elsewhere. */
function isOwnName(host: string): boolean {
  const own = hostname().toLowerCase();
  const isAddress = isIP(host.replace(/^\[|\]$/g, "")) !== 0;
  return isAddress || LOOPBACK_NAME.test(host) || host === own || host === `${own}.local`;
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
