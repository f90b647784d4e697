import { WebSocket } from "ws";
import { unpackEnvelope } from "../../src/protocol/envelope";
import { parseFrameHeader } from "../../src/protocol/parseServerMessage";
import type { StreamFrameHeader, StreamServerMessage } from "../../src/protocol/streamMessages";

/** The images that every viewer can show. */
export const IMAGES: readonly string[] = ["image/jpeg", "image/png"];

/** A frame as it arrived. */
export interface Seen {
  readonly header: StreamFrameHeader;
  readonly payload: Uint8Array;
}

/** A viewer on a real socket that acknowledges what comes, unless it is stalled. */
export class StreamViewer {
  readonly frames: Seen[] = [];
  readonly texts: StreamServerMessage[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  refused: number | undefined;
  isStalled = false;
  readonly ws: WebSocket;

  constructor(url: string, hello: object = {}, options: WebSocket.ClientOptions = {}) {
    this.ws = new WebSocket(url, { perMessageDeflate: false, ...options });
    this.ws.on("open", () =>
      this.say({ type: "hello", supported: IMAGES, device_pixel_ratio: 1, ...hello }),
    );
    this.ws.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) {
        this.texts.push(JSON.parse(data.toString()) as StreamServerMessage);
        return;
      }
      const { header, payload } = unpackEnvelope(data);
      const seen = { header: parseFrameHeader(header), payload };
      this.frames.push(seen);
      if (this.isStalled) return;
      this.say({ type: "ack", seq: seen.header.seq, decode_queue_size: 0, displayed: true });
    });
    this.ws.on("close", (code, reason) => (this.closed = { code, reason: reason.toString() }));
    this.ws.on("unexpected-response", (_request, { statusCode }) => {
      this.refused = statusCode;
      this.ws.terminate();
    });
    this.ws.on("error", () => undefined);
  }

  say(message: unknown): void {
    if (this.ws.readyState !== WebSocket.OPEN) return;
    this.ws.send(typeof message === "string" ? message : JSON.stringify(message));
  }
}
