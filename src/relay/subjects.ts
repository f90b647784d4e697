/**
 * The subjects on the broker. The direction comes first, so that permissions can let an edge
 * subscribe to what goes down and publish what goes up, and nothing else.
 */

/** What each publisher says about its stream. */
export const ALL_ANNOUNCEMENTS = "rfb.down.*.info";

/** What a publisher says about its stream. */
export function announcementSubject(stream: string): string {
  return `rfb.down.${token(stream)}.info`;
}

/** The frames of a rendition. */
export function frameSubject(stream: string, rendition: string): string {
  return `rfb.down.${token(stream)}.frames.${rendition}`;
}

/** What a publisher says to one edge. */
export function edgeSubject(stream: string, session: string): string {
  return `rfb.down.${token(stream)}.edge.${session}`;
}

/** What an edge says to a publisher. */
export function reportSubject(stream: string, session: string): string {
  return `rfb.up.${token(stream)}.${session}`;
}

/** What all edges say to a publisher. */
export function allReportsSubject(stream: string): string {
  return `rfb.up.${token(stream)}.*`;
}

/** What publishers of one name say to each other. */
export function claimSubject(stream: string): string {
  return `rfb.claim.${token(stream)}`;
}

/** The last token of a subject: the session of a report. */
export function lastToken(subject: string): string {
  return subject.slice(subject.lastIndexOf(".") + 1);
}

/** The name of the stream of a subject; undefined if it has none. */
export function streamOfSubject(subject: string): string | undefined {
  return subject.split(".")[2]?.replaceAll("%2E", ".");
}

/** A stream's name as one token: "." separates tokens. */
function token(stream: string): string {
  return stream.replaceAll(".", "%2E");
}
