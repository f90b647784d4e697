import type { ServerResponse } from "node:http";

/** A Content-Type and a body. */
export interface Answer {
  readonly type: string;
  readonly body: string;
}

/** An answer of plain text. */
export function text(body: string): Answer {
  return { type: "text/plain; charset=utf-8", body };
}

/** An answer of JSON. */
export function json(value: unknown): Answer {
  return { type: "application/json; charset=utf-8", body: `${JSON.stringify(value)}\n` };
}

/** Sends an answer; to a HEAD request without the body. */
export function send(response: ServerResponse, status: number, { type, body }: Answer): void {
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
