/** A WebSocket as far as a viewer's connection uses it; tests bring their own. */
import { WebSocket } from "ws";
import { CLOSE_CODES } from "../protocol/streamMessages";

/** Close codes by which `ws` says that a message was malformed or too large. @see RFC 6455, section 7.4.1 */
const BROKEN_MESSAGE_CODES: ReadonlySet<number | undefined> = new Set([1002, 1003, 1007, 1009]);

/** One viewer's socket. */
export interface StreamSocket {
  readonly isOpen: boolean;
  /** Bytes that were sent and did not leave yet. */
  readonly bufferedBytes: number;
  /** @throws Error when the socket is closed */
  sendText(text: string): void;
  /** Sends one binary message in parts, which must not be changed afterwards. @throws Error when the socket is closed */
  sendBinary(parts: readonly Uint8Array[]): void;
  /** Asks for a sign of life. */
  ping(): void;
  /** Ends the connection, telling why. */
  close(code: number, reason: string): void;
  /** Ends the connection at once. */
  terminate(): void;
}

/** Hears of a socket. */
export interface SocketListener {
  /** A text, or undefined for a binary message. */
  onMessage(text: string | undefined): void;
  /** A sign of life. */
  onPong(): void;
  onClose(): void;
}

/** The WebSocket of a viewer: a message that `ws` refuses is answered by the protocol's own code. */
export class ViewerWebSocket extends WebSocket {
  override close(code?: number, data?: string | Buffer): void {
    if (BROKEN_MESSAGE_CODES.has(code) && code !== CLOSE_CODES.unsupported) {
      super.close(CLOSE_CODES.badMessage, "the message is malformed or too large");
    } else {
      super.close(code, data);
    }
  }
}

/** Makes a socket of one of `ws`. */
export function streamSocket(ws: WebSocket, listener: SocketListener): StreamSocket {
  ws.on("message", (data, isBinary) => {
    listener.onMessage(isBinary ? undefined : (data as Buffer).toString("utf8"));
  });
  ws.on("pong", () => listener.onPong());
  ws.on("close", () => listener.onClose());
  // A broken connection closes too; what was wrong with it concerns nobody else.
  ws.on("error", () => undefined);
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
      // As fragments of one message: large frames need not be copied to put a header before them.
      parts.forEach((part, at) => ws.send(part, { binary: true, fin: at === parts.length - 1 }));
    },
    ping() {
      if (ws.readyState === WebSocket.OPEN) ws.ping();
    },
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
  };
}

function expectOpen(ws: WebSocket): void {
  if (ws.readyState !== WebSocket.OPEN) throw new Error("Cannot send: the viewer is gone");
}
