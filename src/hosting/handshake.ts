import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** Rejected origins that are logged. An attacker can make up any number. */
const MAX_LOGGED_ORIGINS = 20;
/** Longest origin in the log, in characters. */
const MAX_LOGGED_LENGTH = 100;

/**
 * Answers a WebSocket handshake with an HTTP error, and ends the connection: the peer need not hang
 * up for that.
 */
export function rejectHandshake(socket: Duplex, status: 403 | 404 | 503): void {
  const reason = { 403: "Forbidden", 404: "Not Found", 503: "Service Unavailable" }[status];
  socket.on("error", () => undefined);
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/**
 * Logs rejected origins, each once, because a browser doesn't show the page why it can't connect.
 */
export class RejectedOrigins {
  readonly #logged = new Set<string>();

  /** Logs the origin of a rejected request. */
  log({ headers }: IncomingMessage): void {
    const from = headers.origin ?? `the host ${headers.host ?? "without a name"}`;
    if (this.#logged.has(from) || this.#logged.size >= MAX_LOGGED_ORIGINS) return;
    this.#logged.add(from);
    // As JSON, so that a line break in a header can't forge a line of the log.
    const shown = JSON.stringify(from.slice(0, MAX_LOGGED_LENGTH));
    console.warn(
      `jupyter-rfb-ts: rejected a viewer from ${shown}; to allow it, add its origin to the option origins`,
    );
  }
}
