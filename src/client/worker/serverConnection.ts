/**
 * One WebSocket connection to a server, from opening to closing, with decoders of its own. Given up
 * when the server does not answer.
 */
import { FrameReceiver, type FrameReceiverOptions, type Timers } from "../../picture/index";
import { unpackEnvelope } from "../../protocol/envelope";
import { errorMessage } from "../../protocol/errors";
import type { FrameMessage, PingMessage } from "../../protocol/messages";
import { parseFrameHeader, parseServerMessage } from "../../protocol/parseServerMessage";
import { StreamFrameReader } from "../../protocol/streamFrames";
import type {
  StreamClientMessage,
  StreamFrameHeader,
  StreamPong,
  StreamServerMessage,
} from "../../protocol/streamMessages";
import type { StreamClose } from "../../protocol/closeMessage";
import type { Disposable } from "../../protocol/transport";
import { LinkWatch, type SilenceLimit } from "./linkWatch";
import { receiverMessage, type HelloContext } from "./wire";

/** The close code of a normal closure. @see RFC 6455, section 7.4.1 */
const NORMAL_CLOSURE = 1000;

/**
 * How long a socket may take to open, in milliseconds. Browsers wait for minutes, in which they try
 * ever more rarely: a new socket finds a network that is back earlier.
 */
const OPEN_LIMIT_MS = 10_000;
/**
 * How long a server may take to answer the first hello, in milliseconds. A server's own limit for
 * its `authenticate` is 10 s by default.
 */
const ANSWER_LIMIT_MS = 30_000;

/** The part of a WebSocket that is used here. */
export type SocketPort = Pick<
  WebSocket,
  "binaryType" | "readyState" | "onopen" | "onmessage" | "onclose" | "send" | "close"
>;

/** A server's text message about its frames. */
export type StreamControl = Exclude<StreamServerMessage, StreamPong | PingMessage | StreamClose>;

/** What a {@link ServerConnection} depends on. */
export interface ServerConnectionOptions extends Omit<FrameReceiverOptions, "send" | "onDone"> {
  readonly timers: Timers;
  /** How long the server may be silent. Pass the same object to the next connection. */
  readonly silence: SilenceLimit;
  openSocket(): SocketPort;
  /** The content of the next hello. */
  hello(): HelloContext;
  /** The socket is open. */
  onOpen(): void;
  /** The hello is sent, so other messages can be sent now. */
  onGreeted(): void;
  /** A message other than a frame, a ping, the answer to one or the last one has arrived. */
  onControl(message: StreamControl): void;
  /** A frame has arrived. */
  onFrame(header: StreamFrameHeader): void;
  /** A frame was painted or dropped. */
  onDone(frame: FrameMessage, isPainted: boolean, waiting: number): void;
  /** Bytes have arrived. */
  onBytes(count: number): void;
  /** The server closed the socket, or it could not be opened. */
  onClose(code: number, reason: string): void;
  /** The server did not answer for too long, and the socket is given up. */
  onTimeout(phase: TimeoutPhase): void;
}

/** What a server did not answer: the opening of a socket, the first hello, or a ping. */
export type TimeoutPhase = "open" | "hello" | "ping";

/** Exchanges messages with one server over one WebSocket. */
export class ServerConnection implements Disposable {
  readonly #options: ServerConnectionOptions;
  readonly #socket: SocketPort;
  readonly #receiver: FrameReceiver;
  readonly #reader = new StreamFrameReader();
  /** Ends when the server has answered the hello. */
  #deadline: Disposable;
  #link: LinkWatch | undefined;
  #isGreeted = false;
  #isDisposed = false;

  /**
   * @throws the browser's error for a URL that it does not open, such as a ws: URL in an https:
   *   page.
   */
  constructor(options: ServerConnectionOptions) {
    this.#options = options;
    this.#socket = options.openSocket();
    this.#receiver = new FrameReceiver({
      ...options,
      send: (message) => {
        const translated = receiverMessage(message, options.hello(), this.#receiver.waiting);
        if (translated !== undefined) this.#send(translated);
      },
      onDone: (frame, isPainted) => {
        options.onDone(frame, isPainted, this.#receiver.waiting);
      },
    });
    this.#deadline = options.timers.after(OPEN_LIMIT_MS, () => this.#giveUp("open"));
    const socket = this.#socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => void this.#greet();
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.#receive(event.data);
    socket.onclose = ({ code, reason }) => {
      this.#release();
      options.onClose(code, reason);
    };
  }

  /** Sends a message. Does nothing before the hello is sent and after the socket is closed. */
  send(message: StreamClientMessage): void {
    if (this.#isGreeted) this.#send(message);
  }

  /**
   * Sends the hello again, with changed content. The server answers with a keyframe; a pdum.rfb
   * server ignores it.
   */
  helloAgain(): void {
    if (this.#isGreeted) this.#receiver.hello();
  }

  /** Closes the socket and the decoders. No callback is called afterwards. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#release();
    this.#socket.close(NORMAL_CLOSURE);
  }

  async #greet(): Promise<void> {
    const { timers, silence, abilities } = this.#options;
    this.#deadline.dispose();
    this.#deadline = timers.after(ANSWER_LIMIT_MS, () => this.#giveUp("hello"));
    this.#options.onOpen();
    // A pdum.rfb server ignores every hello but the first, so the first one must announce all
    // abilities.
    await abilities.known;
    if (this.#isDisposed) return;
    this.#receiver.hello();
    this.#isGreeted = true;
    this.#options.onGreeted();
    this.#link = new LinkWatch({
      timers,
      limit: silence,
      ping: () => this.#send({ type: "ping" }),
      onDead: () => this.#giveUp("ping"),
    });
  }

  #giveUp(phase: TimeoutPhase): void {
    this.dispose();
    this.#options.onTimeout(phase);
  }

  #receive(data: string | ArrayBuffer): void {
    this.#link?.noteMessage();
    if (typeof data === "string") this.#receiveControl(data);
    else this.#receiveFrame(new Uint8Array(data));
  }

  #receiveControl(text: string): void {
    this.#options.onBytes(text.length);
    try {
      const message = parseServerMessage(text);
      if (message?.type === "pong") this.#link?.notePong();
      else if (message?.type === "ping") this.#send({ type: "pong", id: message.id });
      else if (message?.type === "close") this.#end(message);
      else if (message !== undefined) this.#handle(message);
    } catch (error) {
      this.#receiver.report("Cannot understand a message from the server", error);
    }
  }

  /** The server closes the socket. A proxy may not pass that on, or without the code. */
  #end({ code, reason }: StreamClose): void {
    this.dispose();
    this.#options.onClose(code, reason);
  }

  #handle(message: StreamControl): void {
    if (message.type === "config") this.#deadline.dispose();
    this.#options.onControl(message);
  }

  #receiveFrame(bytes: Uint8Array): void {
    this.#options.onBytes(bytes.length);
    try {
      const { header, payload } = unpackEnvelope(bytes);
      const frameHeader = parseFrameHeader(header);
      const { message, buffers } = this.#reader.read(frameHeader, payload);
      this.#options.onFrame(frameHeader);
      this.#receiver.push(message, buffers);
    } catch (error) {
      this.#receiver.report("Cannot understand a frame from the server", error);
      const reason = errorMessage(error);
      this.#receiver.noteLostFrame(`Cannot understand a frame: ${reason}`);
    }
  }

  #send(message: StreamClientMessage): void {
    // A closing socket accepts messages and drops them.
    if (this.#isDisposed || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
  }

  #release(): void {
    this.#isDisposed = true;
    this.#isGreeted = false;
    this.#deadline.dispose();
    this.#link?.dispose();
    const socket = this.#socket;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    this.#receiver.dispose();
  }
}
