import type { IncomingMessage } from "node:http";
import { patientDelay, type Clock } from "../framebuffer/node";
import { ProtocolError } from "../protocol/errors";
import { parseClientMessage, type ParsedClientMessage } from "../protocol/parseClientMessage";
import { CLOSE_CODES, type StreamHello, type StreamPong } from "../protocol/streamMessages";
import type { Disposable } from "../protocol/transport";
import { authContext, isAccepted, type Principal } from "./auth";
import type { Beating, Heartbeat, Pulse } from "./heartbeat";
import { MessageRate } from "./messageRate";
import type { Complete, LimitOptions } from "./options";
import type { ServedStream, ServedViewer } from "./servedStream";
import type { SocketListener, StreamSocket } from "./streamSocket";

/** Messages kept until `authenticate` has decided. A viewer sends its size and a few events. */
const MAX_WAITING = 64;

const PONG = JSON.stringify({ type: "pong" } satisfies StreamPong);

/** What a {@link ViewerConnection} is made of. */
export interface ViewerConnectionOptions {
  readonly stream: ServedStream;
  readonly request: IncomingMessage;
  readonly limits: Complete<LimitOptions>;
  readonly clock: Clock;
  readonly heartbeat: Heartbeat;
  /** Creates the socket. */
  connect(listener: SocketListener): StreamSocket;
  /** The connection has ended. */
  onEnd(): void;
}

/** One connection: waits for the hello, accepts or rejects the viewer, and enforces its limits. */
export class ViewerConnection implements Disposable {
  readonly #options: ViewerConnectionOptions;
  readonly #socket: StreamSocket;
  readonly #rate: MessageRate;
  #state: "greeting" | "authenticating" | "open" | "closed" = "greeting";
  #timeout: Disposable | undefined;
  readonly #pulse: Pulse;
  #waiting: ParsedClientMessage[] = [];
  #viewer: ServedViewer | undefined;

  constructor(options: ViewerConnectionOptions) {
    this.#options = options;
    const { clock, limits } = options;
    this.#rate = new MessageRate(limits.max_message_rate, clock.monotonic());
    this.#socket = options.connect({
      onMessage: (text) => this.#receive(text),
      onPong: () => this.#pulse.heard(),
      onClose: () => this.dispose(),
    });
    this.#timeout = patientDelay(clock, limits.hello_timeout, () =>
      this.close(CLOSE_CODES.timeout, `no hello came in ${limits.hello_timeout} s`),
    );
    this.#pulse = options.heartbeat.watch(this.#beating());
  }

  /** Closes the socket with a code and a reason. */
  close(code: number, reason: string): void {
    if (this.#state === "closed") return;
    this.#socket.close(code, reason);
    this.dispose();
  }

  /** The socket is closed. */
  dispose(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#timeout?.dispose();
    this.#pulse.dispose();
    this.#waiting = [];
    this.#viewer?.dispose();
    this.#options.onEnd();
  }

  #receive(text: string | undefined): void {
    if (this.#state === "closed") return;
    this.#pulse.heard();
    try {
      // No message of a viewer is binary; pdum.rfb's server ignores those as well.
      const message = text === undefined ? undefined : parseClientMessage(text);
      // The server decides how many answers there are.
      const isAnswer = message !== undefined && this.#viewer?.awaits(message) === true;
      if (!isAnswer && this.#isTooFast()) return;
      if (message !== undefined) this.#take(message);
    } catch (error) {
      if (error instanceof ProtocolError) this.close(CLOSE_CODES.badMessage, error.message);
      else this.#fail(error);
    }
  }

  /** Counts a message. Closes the connection if there are too many. */
  #isTooFast(): boolean {
    const { clock, limits } = this.#options;
    if (this.#rate.take(clock.monotonic())) return false;
    const problem = `more than ${limits.max_message_rate} messages in a second`;
    this.close(CLOSE_CODES.tooManyMessages, problem);
    return true;
  }

  /** Ends this connection only: the other viewers' streams must go on. */
  #fail(error: unknown): void {
    this.#options.stream.reportError(error, "message");
    this.close(CLOSE_CODES.internalError, "the server failed to handle a message");
  }

  #take(message: ParsedClientMessage): void {
    if (message.type === "ping" && this.#state !== "greeting") {
      if (this.#socket.isOpen) this.#socket.sendText(PONG);
      return;
    }
    if (this.#viewer !== undefined) {
      this.#viewer.take(message);
      return;
    }
    if (this.#state === "authenticating") {
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push(message);
      else this.close(CLOSE_CODES.tooManyMessages, "too many messages before the first frame");
      return;
    }
    if (message.type !== "hello") {
      throw new ProtocolError(`message.type: expected hello first, got "${message.type}"`);
    }
    this.#timeout?.dispose();
    this.#state = "authenticating";
    this.#authenticate(message).catch((error: unknown) => this.#fail(error));
  }

  async #authenticate(hello: StreamHello): Promise<void> {
    const { stream, clock, limits, request } = this.#options;
    const { authenticate } = stream;
    let principal: Principal = null;
    if (authenticate !== undefined) {
      this.#timeout = patientDelay(clock, limits.auth_timeout, () =>
        this.close(CLOSE_CODES.unauthorized, "authentication took too long"),
      );
      principal = await Promise.resolve()
        .then(() => authenticate(authContext(request, stream.name, hello)))
        .catch((error: unknown) => {
          stream.reportError(error, "authenticate");
          return null;
        });
      this.#timeout.dispose();
      if (this.#isClosed()) return;
      if (!isAccepted(principal)) {
        this.close(CLOSE_CODES.unauthorized, "unauthorized");
        return;
      }
    }
    this.#open(hello, principal);
  }

  #open(hello: StreamHello, principal: Principal): void {
    const { stream, limits } = this.#options;
    if (stream.isClosed) {
      this.close(CLOSE_CODES.goingAway, "the stream was closed");
      return;
    }
    if (stream.isFull) {
      this.close(CLOSE_CODES.tooManyViewers, "the stream is full");
      return;
    }
    try {
      this.#viewer = stream.open({
        socket: this.#socket,
        principal,
        hello,
        maxBufferedBytes: limits.max_buffered_bytes,
      });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.close(CLOSE_CODES.unsupported, error.message);
      return;
    }
    this.#state = "open";
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.#viewer.take(message);
  }

  /** A method, because TypeScript doesn't know that the state changes during an await. */
  #isClosed(): boolean {
    return this.#state === "closed";
  }

  /** What the heartbeat does with it. */
  #beating(): Beating {
    const isCandidate = (): boolean => this.#viewer?.isCandidate === true;
    return {
      get isUrgent() {
        return isCandidate();
      },
      ping: () => this.#socket.ping(),
      becameSilent: () => this.#viewer?.becameSilent(),
      gone: () => {
        this.#socket.terminate();
        this.dispose();
      },
    };
  }
}
