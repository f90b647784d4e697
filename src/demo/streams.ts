/** The streams of the page's server: where they are, and which there are. */

/** The name of the stream at a server's own address. */
const DEFAULT_STREAM = "default";

/** The path of the stream that the page at a path shows. A stream and its page have one path. */
export function streamPath(path: string): string {
  return path.replace(/\/index\.html$/, "/");
}

/** The name of the stream at a path. */
export function streamName(path: string): string {
  return /[^/]*$/.exec(streamPath(path))?.[0] || DEFAULT_STREAM;
}

/** The address of a stream's page, relative to those of the server's other pages. */
export function pageOf(name: string): string {
  return `./${name === DEFAULT_STREAM ? "" : encodeURIComponent(name)}`;
}

/** The streams that the user may view; "refused" if the server requires a token, or another one. */
export type StreamList = readonly string[] | "refused";

/**
 * Asks the page's server for its streams.
 *
 * @param query - the page's own, which may hold what the server wants to know
 * @returns none if the server doesn't answer: it may be gone
 */
export async function listStreams(token: string | undefined, query: string): Promise<StreamList> {
  const headers = token === undefined ? undefined : { Authorization: `Bearer ${token}` };
  try {
    const answer = await fetch(`streams${query}`, headers && { headers });
    if (answer.status === 401) return "refused";
    return answer.ok ? namesIn(await answer.json()) : [];
  } catch {
    return [];
  }
}

/** Whether a token can be part of a header, which {@link listStreams} needs. */
export function fitsHeader(token: string | undefined): boolean {
  return token === undefined || /^[\x21-\x7e]+$/.test(token);
}

function namesIn(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    const name = typeof one === "object" && one !== null && "name" in one ? one.name : undefined;
    return typeof name === "string" ? [name] : [];
  });
}
