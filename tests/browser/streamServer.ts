/** A web server with a page and a stream that the test controls. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import { packEnvelope } from "../../src/protocol/envelope";
import type { StreamServerMessage } from "../../src/protocol/streamMessages";

const ROOT = join(import.meta.dirname, "../..");

/** A message of a client, with the fields of its type. */
export type ClientMessage = Readonly<Record<string, unknown>> & { readonly type: string };

/** One connection to the stream. */
export class Viewer {
  /** The messages that arrived. */
  readonly messages: ClientMessage[] = [];
  /** The close code; undefined while the connection is open. */
  closeCode: number | undefined;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) throw new Error("A client sent a binary message");
      this.messages.push(JSON.parse(data.toString()) as ClientMessage);
    });
    socket.on("close", (code) => (this.closeCode = code));
  }

  /** The events that arrived, without their messages. */
  get events(): ClientMessage[] {
    return this.ofType("event").map(({ event }) => event as ClientMessage);
  }

  /** The messages of one type. */
  ofType(type: string): ClientMessage[] {
    return this.messages.filter((message) => message.type === type);
  }

  /** Waits until the messages meet a condition. */
  async until(isReached: (viewer: this) => boolean): Promise<this> {
    await expect.poll(() => isReached(this), { timeout: 10_000 }).toBe(true);
    return this;
  }

  /** Waits for an event of a type, and returns the last one. */
  async event(type: string): Promise<ClientMessage> {
    const last = (): ClientMessage | undefined =>
      this.events.filter((event) => event.type === type).at(-1);
    await this.until(() => last() !== undefined);
    return last() as ClientMessage;
  }

  /** Waits for the receipt of a frame. */
  async receipt(seq: number): Promise<ClientMessage> {
    const find = (): ClientMessage | undefined =>
      this.ofType("ack").find((message) => message.seq === seq);
    await this.until(() => find() !== undefined);
    return find() as ClientMessage;
  }

  sendControl(message: StreamServerMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  /** Announces the format of the frames. */
  sendConfig(width: number, height: number, fields: object = {}): void {
    const config = { type: "config", transport: "image", width, height, coords: "frame-pixels" };
    this.#socket.send(JSON.stringify({ ...config, ...fields }));
  }

  /** Sends a whole picture. */
  sendImage(seq: number, width: number, height: number, png: Uint8Array, fields = {}): void {
    const header = { type: "image_frame", seq, timestamp_us: seq * 1000, width, height };
    this.sendBytes(packEnvelope({ ...header, mime: "image/png", ...fields }, png));
  }

  close(code: number, reason = ""): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** The response for a path of the server. */
export interface Answer {
  readonly type: string;
  readonly content: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Serves /lib/, what the test adds, and the stream at /stream. */
export class StreamServer {
  readonly viewers: Viewer[] = [];
  /** Called for each connection. */
  onViewer: (viewer: Viewer) => void = () => undefined;
  readonly #pages = new Map<string, Answer>();
  #server: Server | undefined;
  #sockets: WebSocketServer | undefined;
  #port = 0;

  /** Starts listening, on the previous port if there was one. */
  async start(): Promise<this> {
    const server = createServer((request, response) => this.#answer(request, response));
    const sockets = new WebSocketServer({ server, path: "/stream" });
    sockets.on("connection", (socket) => {
      const viewer = new Viewer(socket);
      this.viewers.push(viewer);
      this.onViewer(viewer);
    });
    await new Promise<void>((done, fail) => {
      server.once("error", fail);
      server.listen(this.#port, "127.0.0.1", done);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#sockets = sockets;
    return this;
  }

  /** The URL of its pages. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The URL of its stream. */
  get streamUrl(): string {
    return `ws://127.0.0.1:${this.#port}/stream`;
  }

  /** Adds a page. */
  serve(path: string, answer: Answer): void {
    this.#pages.set(path, answer);
  }

  /** Waits for the n-th connection, from 0. */
  async viewer(index: number): Promise<Viewer> {
    await expect.poll(() => this.viewers.length, { timeout: 10_000 }).toBeGreaterThan(index);
    return this.viewers[index] as Viewer;
  }

  /** Stops without closing its connections, like a server that crashes. */
  async stop(): Promise<void> {
    for (const viewer of this.viewers) viewer.terminate();
    this.#sockets?.close();
    this.#server?.closeAllConnections();
    await new Promise((done) => this.#server?.close(done) ?? done(undefined));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? "/", this.url).pathname;
    const answer = this.#pages.get(path) ?? libraryFile(path);
    if (answer === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { type, content, headers } = answer;
    response.writeHead(200, { "content-type": type, ...headers }).end(content);
  }
}

function libraryFile(path: string): Answer | undefined {
  if (!/^\/lib\/client\/\w+\.js$/.test(path)) return undefined;
  return { type: "text/javascript", content: readFileSync(join(ROOT, path)) };
}
