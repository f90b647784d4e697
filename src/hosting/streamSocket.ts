import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import { MAX_CLOSE_TEXT, type StreamClose } from "../protocol/closeMessage";
import { CLOSE_CODES } from "../protocol/streamMessages";

/**
 * The codes with which `ws` closes for a malformed or too large message.
 *
 * @see RFC 6455, section 7.4.1
 */
const BROKEN_MESSAGE_CODES: ReadonlySet<number | undefined> = new Set([1002, 1003, 1007, 1009]);

/** Longest reason of a close frame, in bytes. @see RFC 6455, section 5.5: 125 with the code */
const MAX_REASON_BYTES = 120;

/** What a viewer's connection uses of a WebSocket. Tests have their own implementation. */
export interface StreamSocket {
  readonly isOpen: boolean;
  /** Bytes that were sent but have not left this process yet. */
  readonly bufferedBytes: number;
  /** @throws Error if the socket is closed */
  sendText(text: string): void;
  /**
   * Sends one binary message in parts. Don't change them afterwards.
   *
   * @throws Error if the socket is closed
   */
  sendBinary(parts: readonly Uint8Array[]): void;
  /** Gives the system in one call what is sent during a callback. Until then, all of it waits. */
  batch<Result>(send: () => Result): Result;
  ping(): void;
  /** Ends the connection with a code and a reason, of any length. */
  close(code: number, reason: string): void;
  /** Ends the connection at once. */
  terminate(): void;
}

/** Gets what happens to a {@link StreamSocket}. */
export interface SocketListener {
  /** A message came: its text, or undefined for a binary one. */
  onMessage(text: string | undefined): void;
  onPong(): void;
  onClose(): void;
}

/** A `ws` socket that closes with the protocol's own code when `ws` rejects a message. */
export class ViewerWebSocket extends WebSocket {
  override close(code?: number, data?: string | Buffer): void {
    if (BROKEN_MESSAGE_CODES.has(code) && code !== CLOSE_CODES.unsupported) {
      closeWith(this, CLOSE_CODES.badMessage, "the message is malformed or too large");
    } else {
      super.close(code, data);
    }
  }
}

/**
 * Closes a viewer's socket. The code and the reason also go before it as a message, because
 * jupyter-server-proxy passes no close codes on.
 */
export function closeWith(ws: WebSocket, code: number, reason: string): void {
  if (ws.readyState === WebSocket.OPEN) {
    const last: StreamClose = { type: "close", code, reason: reason.slice(0, MAX_CLOSE_TEXT) };
    ws.send(JSON.stringify(last));
  }
  const text = Buffer.from(reason).subarray(0, MAX_REASON_BYTES).toString("utf8");
  // The cut may have left a part of a character.
  ws.close(code, text.replace(/\uFFFD+$/, ""));
}

/**
 * Adapts a socket of `ws`.
 *
 * @param below - what it writes to
 */
export function streamSocket(
  ws: WebSocket,
  below: Pick<Duplex, "cork" | "uncork">,
  listener: SocketListener,
): StreamSocket {
  ws.on("message", (data, isBinary) => {
    listener.onMessage(isBinary ? undefined : (data as Buffer).toString("utf8"));
  });
  ws.on("pong", () => listener.onPong());
  ws.on("close", () => listener.onClose());
  // A close follows each error. The cause is the viewer's network, so nobody needs a report.
  ws.on("error", () => undefined);
  const batch = <Result>(send: () => Result): Result => {
    below.cork();
    try {
      return send();
    } finally {
      below.uncork();
    }
  };
  return {
    get isOpen() {
      return ws.readyState === WebSocket.OPEN;
    },
    get bufferedBytes() {
      return ws.bufferedAmount;
    },
    sendText(text) {
      expectOpen(ws);
      ws.send(text);
    },
    sendBinary(parts) {
      expectOpen(ws);
      // Fragments of one message: a header before a large frame needs no copy of the frame.
      batch(() => {
        parts.forEach((part, at) => ws.send(part, { binary: true, fin: at === parts.length - 1 }));
      });
    },
    batch,
    ping() {
      if (ws.readyState === WebSocket.OPEN) ws.ping();
    },
    close: (code, reason) => closeWith(ws, code, reason),
    terminate: () => ws.terminate(),
  };
}

function expectOpen(ws: WebSocket): void {
  if (ws.readyState !== WebSocket.OPEN) throw new Error("Cannot send: the viewer is gone");
}
