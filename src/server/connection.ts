import type { IncomingMessage } from "node:http";
import type { Runtime } from "../framebuffer";
import { ProtocolError } from "../protocol/errors";
import { CLOSE_CODES, type StreamHello } from "../protocol/streamMessages";
import { parseClientMessage, type ParsedClientMessage } from "../protocol/streamParse";
import type { Disposable } from "../protocol/transport";
import { authContext, type Principal } from "./auth";
import type { Display } from "./display";
import type { Complete, LimitOptions } from "./options";
import { MessageRate } from "./rates";
import type { SocketListener, StreamSocket } from "./streamSocket";
import { Viewer } from "./viewer";

/** Messages that are kept while `authenticate` takes its time. A viewer sends its size, and perhaps some events. */
const MAX_WAITING = 64;

/** Longest reason of a close frame in bytes. @see RFC 6455, section 5.5: 125 with the code */
const MAX_REASON_BYTES = 120;

/** What a {@link Connection} is made of. */
export interface ConnectionOptions {
  readonly display: Display;
  readonly request: IncomingMessage;
  readonly limits: Complete<LimitOptions>;
  readonly runtime: Runtime;
  /** Makes the socket. */
  connect(listener: SocketListener): StreamSocket;
  /** It is over. */
  onEnd(): void;
}

/** One connection: waits for the hello, lets the viewer in or not, and keeps it within its limits. */
export class Connection implements Disposable {
  readonly #options: ConnectionOptions;
  readonly #socket: StreamSocket;
  readonly #rate: MessageRate;
  #state: "greeting" | "authenticating" | "open" | "closed" = "greeting";
  #timer: Disposable | undefined;
  #heartbeat: Disposable | undefined;
  #missedPongs = 0;
  #waiting: ParsedClientMessage[] = [];
  #viewer: Viewer | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { runtime, limits } = options;
    this.#rate = new MessageRate(limits.max_message_rate, runtime.monotonic());
    this.#socket = options.connect({
      onMessage: (text) => this.#receive(text),
      onPong: () => (this.#missedPongs = 0),
      onClose: () => this.dispose(),
    });
    this.#timer = runtime.delay(limits.hello_timeout, () =>
      this.#refuse(CLOSE_CODES.timeout, `no hello came in ${limits.hello_timeout} s`),
    );
    this.#watchLife();
  }

  /** Ends the connection, telling why. */
  close(code: number, reason: string): void {
    this.#refuse(code, reason);
  }

  /** The socket is closed. */
  dispose(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#timer?.dispose();
    this.#heartbeat?.dispose();
    this.#waiting = [];
    this.#viewer?.dispose();
    this.#options.onEnd();
  }

  #receive(text: string | undefined): void {
    if (this.#state === "closed") return;
    const { runtime, limits } = this.#options;
    if (!this.#rate.take(runtime.monotonic())) {
      this.#refuse(
        CLOSE_CODES.tooManyMessages,
        `more than ${limits.max_message_rate} messages in a second`,
      );
      return;
    }
    // Nothing that a viewer says is binary; pdum.rfb's server passes over it as well.
    if (text === undefined) return;
    try {
      this.#take(parseClientMessage(text));
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.#refuse(CLOSE_CODES.badMessage, error.message);
        return;
      }
      // Whatever a viewer sends, the others' streams go on.
      this.#options.display.reportError(error, "message");
      this.#refuse(CLOSE_CODES.internalError, "the server failed to handle a message");
    }
  }

  #take(message: ParsedClientMessage): void {
    if (this.#viewer !== undefined) {
      this.#viewer.take(message);
      return;
    }
    if (this.#state === "authenticating") {
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push(message);
      else this.#refuse(CLOSE_CODES.tooManyMessages, "too many messages before the first frame");
      return;
    }
    if (message.type !== "hello") {
      throw new ProtocolError(`message.type: expected hello first, got "${message.type}"`);
    }
    this.#timer?.dispose();
    this.#state = "authenticating";
    void this.#letIn(message);
  }

  async #letIn(hello: StreamHello): Promise<void> {
    const { display, runtime, limits, request } = this.#options;
    const { authenticate } = display.settings;
    let principal: Principal = null;
    if (authenticate !== undefined) {
      this.#timer = runtime.delay(limits.auth_timeout, () =>
        this.#refuse(CLOSE_CODES.unauthorized, "authentication took too long"),
      );
      principal = await Promise.resolve()
        .then(() => authenticate(authContext(request, display.name, hello)))
        .catch((error: unknown) => {
          display.reportError(error, "authenticate");
          return null;
        });
      this.#timer.dispose();
      if (this.#isClosed()) return;
      if (principal === null || principal === undefined || principal === false) {
        this.#refuse(CLOSE_CODES.unauthorized, "unauthorized");
        return;
      }
    }
    this.#open(hello, principal);
  }

  #open(hello: StreamHello, principal: Principal): void {
    const { display, limits } = this.#options;
    if (display.isClosed) {
      this.#refuse(CLOSE_CODES.goingAway, "the stream was closed");
      return;
    }
    if (display.client_count >= display.settings.max_viewers) {
      this.#refuse(CLOSE_CODES.tooManyViewers, "the stream has as many viewers as it takes");
      return;
    }
    try {
      this.#viewer = new Viewer({
        display,
        socket: this.#socket,
        principal,
        hello,
        maxBufferedBytes: limits.max_buffered_bytes,
      });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#refuse(CLOSE_CODES.unsupported, error.message);
      return;
    }
    this.#state = "open";
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.#viewer.take(message);
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }

  #refuse(code: number, reason: string): void {
    if (this.#state === "closed") return;
    const text = Buffer.from(reason).subarray(0, MAX_REASON_BYTES).toString("utf8");
    this.#socket.close(code, text.replace(/\uFFFD+$/, ""));
    this.dispose();
  }

  #watchLife(): void {
    const { runtime, limits } = this.#options;
    this.#heartbeat = runtime.delay(limits.ping_interval, () => {
      if (this.#missedPongs >= 2) {
        this.#socket.terminate();
        this.dispose();
        return;
      }
      this.#missedPongs += 1;
      this.#socket.ping();
      this.#watchLife();
    });
  }
}
