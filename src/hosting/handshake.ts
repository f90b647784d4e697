import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocketServer } from "ws";
import { CLOSE_CODES } from "../protocol/streamMessages";
import { closeWith } from "./streamSocket";

/** Rejected origins that are logged. An attacker can make up any number. */
const MAX_LOGGED_ORIGINS = 20;
/** Longest origin in the log, in characters. */
const MAX_LOGGED_LENGTH = 100;
/**
 * Sockets that are being closed with a reason. Further ones get an HTTP error, whose connection
 * ends at once, while a peer may delay the end of a WebSocket for two seconds.
 */
const MAX_EXPLAINED = 20;

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

/** A handshake of a page that may not connect. */
export interface RejectedHandshake {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  /** The origins that the server would have to allow; none if that wouldn't help. */
  readonly missing: readonly string[];
}

/**
 * Rejects pages, and says why. Browsers hide an HTTP error from the page, so the handshake is
 * completed and the socket closed. The server's log says so too, once for each of the first 20
 * origins.
 */
export class RejectedPages {
  readonly #webSockets: Pick<WebSocketServer, "handleUpgrade">;
  readonly #logged = new Set<string>();
  #explained = 0;

  constructor(webSockets: Pick<WebSocketServer, "handleUpgrade">) {
    this.#webSockets = webSockets;
  }

  reject(rejected: RejectedHandshake): void {
    const { request, socket, head, missing } = rejected;
    this.#log(request, missing);
    if (this.#explained >= MAX_EXPLAINED) {
      rejectHandshake(socket, 403);
      return;
    }
    // Its end would never come.
    if (socket.destroyed) return;
    this.#explained += 1;
    socket.once("close", () => (this.#explained -= 1));
    this.#webSockets.handleUpgrade(request, socket, head, (ws) => {
      // Nobody listens to what the page sends.
      ws.on("error", () => undefined);
      closeWith(ws, CLOSE_CODES.forbiddenPage, reasonFor(missing));
    });
  }

  #log({ headers }: IncomingMessage, missing: readonly string[]): void {
    const from = headers.origin ?? `the host ${headers.host ?? "without a name"}`;
    if (this.#logged.has(from) || this.#logged.size >= MAX_LOGGED_ORIGINS) return;
    this.#logged.add(from);
    // As JSON, so that a line break in a header can't forge a line of the log.
    const shown = JSON.stringify(from.slice(0, MAX_LOGGED_LENGTH));
    console.warn(`jupyter-rfb-ts: rejected a viewer from ${shown}: ${reasonFor(missing)}`);
  }
}

function reasonFor(missing: readonly string[]): string {
  if (missing.length === 0) return "the page's origin isn't allowed";
  const names = missing.map((origin) => JSON.stringify(origin)).join(" and ");
  return `add ${names} to the server's "origins" option`;
}
