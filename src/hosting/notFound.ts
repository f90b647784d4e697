/** What the server says where it has nothing to answer with. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { send, text, type Answer } from "./httpAnswer";

/** What there is instead. */
export interface Elsewhere {
  /** Whether a stream is at this path, for viewers that connect by WebSocket. */
  readonly isStream: boolean;
  /** Whether the server has the viewer page. */
  readonly hasPage: boolean;
  /** The path of all streams: "" or one such as "/rfb". */
  readonly path: string;
}

/** Answers with 404 and a line that helps: HTML for a person with a browser, text for programs. */
export function sendNotFound(
  { isStream, hasPage, path }: Elsewhere,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const line = isStream
    ? "not found: here is a stream for WebSocket viewers, but no page; to see it in a browser, start its server with the option page: true"
    : `not found: this server has streams for WebSocket viewers; see ${path}${hasPage ? "/" : "/streams"}`;
  const isPerson = /\btext\/html\b/.test(request.headers.accept ?? "");
  if (isPerson) response.setHeader("Content-Security-Policy", "default-src 'none'");
  send(response, 404, isPerson ? page(line) : text(`${line}\n`));
}

/** @param line - without characters that HTML has a meaning for */
function page(line: string): Answer {
  const head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Not found</title>';
  return { type: "text/html; charset=utf-8", body: `${head}<p>${line}</p></html>\n` };
}
