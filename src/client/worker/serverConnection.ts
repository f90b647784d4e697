/** One WebSocket from its opening to its end, with its own decoders: nothing of it is used for the next. */
import { errorMessage } from "../../protocol/errors";
import { unpackEnvelope } from "../../protocol/envelope";
import type { FrameMessage, ViewAbility } from "../../protocol/messages";
import { StreamFrameReader } from "../../protocol/streamFrames";
import type {
  StreamClientMessage,
  StreamFrameHeader,
  StreamServerMessage,
} from "../../protocol/streamMessages";
import { parseFrameHeader, parseServerMessage } from "../../protocol/streamParse";
import type { Disposable } from "../../protocol/transport";
import type { ViewAbilities } from "../../picture/abilities";
import { FrameReceiver } from "../../picture/frameReceiver";
import type { Painting } from "../../picture/painting";
import { receiverMessage, type HelloContext } from "./wire";

/** The code with which a client that is done closes its socket. */
const NORMAL_CLOSURE = 1000;

/** As much of a WebSocket as is used here. */
export type SocketPort = Pick<
  WebSocket,
  "binaryType" | "readyState" | "onopen" | "onmessage" | "onclose" | "send" | "close"
>;

/** What a {@link Connection} needs of the world. */
export interface ConnectionOptions {
  openSocket(): SocketPort;
  readonly abilities: ViewAbilities;
  /** What turned out not to work in an earlier connection; added to. */
  readonly withdrawn: Set<ViewAbility>;
  isWanted(ability: ViewAbility): boolean;
  /** What the next hello says. */
  hello(): HelloContext;
  readonly maxWaiting: number;
  /** Shows a picture, which is closed afterwards. */
  paint(painting: Painting, frame: FrameMessage): void;
  onOpen(): void;
  /** The hello is sent: further messages may be. */
  onGreeted(): void;
  onControl(message: StreamServerMessage): void;
  /** A frame came. */
  onFrame(header: StreamFrameHeader): void;
  onDone(frame: FrameMessage, isPainted: boolean, waiting: number): void;
  onRecovery(): void;
  /** So many bytes came. */
  onBytes(count: number): void;
  /** Something is wrong with what came. At most once. */
  onError(message: string, error: unknown): void;
  /** The socket is closed, and not by this side. */
  onClose(code: number, reason: string): void;
}

/** Speaks with one server. */
export class Connection implements Disposable {
  readonly #options: ConnectionOptions;
  readonly #socket: SocketPort;
  readonly #receiver: FrameReceiver;
  readonly #reader = new StreamFrameReader();
  /** Of the frame whose receipt is about to be sent. */
  #isPainted = false;
  #isGreeted = false;
  #isDisposed = false;

  /** @throws what the browser throws for a URL that it does not open, such as ws: in a page by https. */
  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#socket = options.openSocket();
    this.#receiver = new FrameReceiver({
      send: (message) => {
        const receipt = { isPainted: this.#isPainted, waiting: this.#receiver.waiting };
        const translated = receiverMessage(message, options.hello(), receipt);
        if (translated !== undefined) this.#send(translated);
      },
      paint: (painting, frame) => options.paint(painting, frame),
      reportError: (message, error) => options.onError(message, error),
      abilities: options.abilities,
      isWanted: (ability) => options.isWanted(ability),
      withdrawn: options.withdrawn,
      onDone: (frame, isPainted) => {
        this.#isPainted = isPainted;
        options.onDone(frame, isPainted, this.#receiver.waiting);
      },
      onRecovery: () => options.onRecovery(),
      maxWaiting: options.maxWaiting,
    });
    const socket = this.#socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => void this.#greet();
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.#take(event.data);
    socket.onclose = ({ code, reason }) => {
      this.#release();
      options.onClose(code, reason);
    };
  }

  /** Sends a message. Nothing happens before the hello, and when the socket is closed. */
  send(message: StreamClientMessage): void {
    if (this.#isGreeted) this.#send(message);
  }

  /** Tells the server what has changed of the hello. It answers with a keyframe; pdum.rfb's server passes over it. */
  helloAgain(): void {
    if (this.#isGreeted) this.#receiver.hello();
  }

  /** Closes the socket and releases the decoders. Nothing is told any more. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#release();
    this.#socket.close(NORMAL_CLOSURE);
  }

  async #greet(): Promise<void> {
    this.#options.onOpen();
    // pdum.rfb's server hears the first hello only, so that it must say all.
    await this.#options.abilities.known;
    if (this.#isDisposed) return;
    this.#receiver.hello();
    this.#isGreeted = true;
    this.#options.onGreeted();
  }

  #take(data: string | ArrayBuffer): void {
    if (typeof data === "string") this.#takeControl(data);
    else this.#takeFrame(new Uint8Array(data));
  }

  #takeControl(text: string): void {
    this.#options.onBytes(text.length);
    try {
      const message = parseServerMessage(text);
      if (message !== undefined) this.#options.onControl(message);
    } catch (error) {
      this.#receiver.report("Cannot understand a message from the server", error);
    }
  }

  #takeFrame(bytes: Uint8Array): void {
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
      this.#receiver.lose(`Cannot understand a frame: ${reason}`);
    }
  }

  #send(message: StreamClientMessage): void {
    // A socket that is closing takes messages and loses them.
    if (this.#isDisposed || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
  }

  #release(): void {
    this.#isDisposed = true;
    this.#isGreeted = false;
    const socket = this.#socket;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    this.#receiver.dispose();
  }
}
