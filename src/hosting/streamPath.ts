import { matching } from "../protocol/checks";
import { describeValue } from "../protocol/errors";

/** The stream of an address without a name. */
export const DEFAULT_STREAM = "default";

/** Names that a stream can't have, because they are paths of the side channel. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "health",
  "metrics",
  "streams",
  "recorded-events",
]);

/** Longest name of a stream, in characters. */
const MAX_NAME_LENGTH = 100;

/**
 * A path below which streams are, as browsers send it: with escapes, without "." and "..".
 *
 * @see RFC 3986, section 3.3
 */
export const PATH_PREFIX = matching(
  /^(\/(?!\.{1,2}(\/|$))([\w.~!$&'()*+,;=:@-]|%[\dA-Fa-f]{2})+)*\/?$/,
  'a path such as "/user/ada/proxy/absolute/8765"',
);

/** The path of a request's URL, as it came: nothing in it is resolved or decoded. */
export function pathOf(url: string | undefined): string {
  return (url ?? "/").split("?", 1)[0] ?? "/";
}

/** The query of a request's URL with its question mark, as it came; "" if there is none. */
export function queryOf(url: string | undefined): string {
  return (url ?? "").slice(pathOf(url).length);
}

/**
 * The part of a URL's path that follows a hub's own path, from its slash on.
 *
 * @param own - the hub's path: "" or one such as "/rfb"
 * @returns undefined if the path isn't the hub's
 */
export function pathWithin(own: string, url: string | undefined): string | undefined {
  const path = pathOf(url);
  if (path === own) return "/";
  return path.startsWith(`${own}/`) ? path.slice(own.length) : undefined;
}

/**
 * The name of the stream at a path within a hub: the first part, as with pdum.rfb. It is "", which
 * no stream has, for a path such as "//x".
 */
export function streamNameAt(path: string): string {
  const [, first = ""] = path.split("/");
  return path === "/" ? DEFAULT_STREAM : first;
}

/** The path of a stream within a hub. */
export function pathOfStream(name: string): string {
  return `/${name === DEFAULT_STREAM ? "" : name}`;
}

/** @throws TypeError or RangeError if `name` can't be the name of a stream */
export function checkStreamName(name: unknown): asserts name is string {
  const isName =
    typeof name === "string" &&
    name.length <= MAX_NAME_LENGTH &&
    /^[\w.-]+$/.test(name) &&
    !/^\.+$/.test(name) &&
    !RESERVED_NAMES.has(name);
  if (isName) return;
  const problem = `name: expected 1..${MAX_NAME_LENGTH} letters, digits, "-", "_" and ".", and none of ${[...RESERVED_NAMES].join(", ")}, got ${describeValue(name)}`;
  throw typeof name === "string" ? new RangeError(problem) : new TypeError(problem);
}
