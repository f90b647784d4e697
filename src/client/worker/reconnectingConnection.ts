/**
 * Keeps a view connected to its server. Pure policy: connections, timers and randomness are
 * injected.
 */
import type { Timers } from "../../picture/index";
import { errorMessage } from "../../protocol/errors";
import type { StreamClientMessage } from "../../protocol/streamMessages";
import type { Disposable } from "../../protocol/transport";
import type { Log } from "../shared/log";
import type { ConnectionState } from "../shared/types";
import { withoutSecrets } from "../shared/withoutSecrets";
import { pauseBefore, verdictOn, type CloseVerdict } from "./reconnect";
import type { ServerConnection, ServerConnectionOptions, TimeoutPhase } from "./serverConnection";

/** The part of a {@link ServerConnection} that is used here. */
export type ConnectionPort = Pick<ServerConnection, "send" | "helloAgain" | "dispose">;

/** The events of a connection that decide about the next one. */
export type ConnectionEvents = Pick<ServerConnectionOptions, "onOpen" | "onClose" | "onTimeout">;

/** What a {@link ReconnectingConnection} depends on. */
export interface ReconnectingConnectionOptions {
  /** A ws: or wss: URL. */
  readonly url: string;
  readonly timers: Timers;
  readonly log: Log;
  /** A random number from 0 up to, not including, 1. */
  random(): number;
  /**
   * Opens a connection.
   *
   * @throws the browser's error for a URL that it does not open.
   */
  open(events: ConnectionEvents): ConnectionPort;
  /** Another connection is about to be opened. Not called for the first one. */
  onReconnect(): void;
  onState(state: ConnectionState): void;
  /** Something happened that the user should know. */
  onError(message: string): void;
}

/**
 * Opens a connection, opens another one when it is lost, and gives up when the server refuses it.
 */
export class ReconnectingConnection implements Disposable {
  readonly #options: ReconnectingConnectionOptions;
  #connection: ConnectionPort | undefined;
  /** The pause before the next attempt; undefined while none is scheduled. */
  #pause: Disposable | undefined;
  /** The number of failed attempts since the last working connection. */
  #failures = 0;
  #state: ConnectionState = "connecting";
  /** The reason of the current outage that the user was shown. Each is shown once. */
  #reported: string | undefined;
  /** Whether the server ever answered a hello. */
  #hasWorked = false;
  #isDisposed = false;

  constructor(options: ReconnectingConnectionOptions) {
    this.#options = options;
    this.#connect();
  }

  /** The state of the connection. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Sends a message. Does nothing while there is no connection. */
  send(message: StreamClientMessage): void {
    this.#connection?.send(message);
  }

  /** Sends the hello again, with changed content. */
  helloAgain(): void {
    this.#connection?.helloAgain();
  }

  /** The server has answered the hello, so the connection works. */
  succeed(): void {
    this.#reported = undefined;
    this.#hasWorked = true;
    this.#failures = 0;
    this.#setState("negotiated");
  }

  /** Makes a scheduled attempt to reconnect now. */
  hurry(): void {
    if (this.#pause !== undefined) this.#connect();
  }

  /** Replaces the connection by another one now, even if the server refused the last one. */
  reconnect(): void {
    this.#reported = undefined;
    this.#connect();
  }

  /** Closes the connection for good. */
  dispose(): void {
    this.#isDisposed = true;
    this.#end();
  }

  #connect(): void {
    const isFirst = this.#connection === undefined && this.#state === "connecting";
    this.#end();
    if (!isFirst) {
      this.#options.onReconnect();
      this.#setState("reconnecting");
    }
    const { url } = this.#options;
    this.#options.log(`connecting to ${withoutSecrets(url)}`);
    try {
      this.#connection = this.#options.open({
        onOpen: () => this.#setState("open"),
        onClose: (code, reason) => this.#onClose(code, reason),
        onTimeout: (phase) => this.#onTimeout(phase),
      });
    } catch (error) {
      // The browser does not open this URL, and would not open it the next time either.
      this.#giveUp(errorMessage(error).replaceAll(url, withoutSecrets(url)));
    }
  }

  #onClose(code: number, reason: string): void {
    const wasOpen = this.#state === "open" || this.#state === "negotiated";
    this.#options.log(`closed with code ${code}${reason === "" ? "" : ` (${reason})`}`);
    this.#connection = undefined;
    const verdict = verdictOn(code, reason);
    if (verdict.kind === "give-up") {
      this.#giveUp(verdict.reason);
      return;
    }
    this.#report(this.#reasonToReport(verdict, wasOpen));
    this.#setState("reconnecting");
    this.#schedule();
  }

  #onTimeout(phase: TimeoutPhase): void {
    this.#options.log(`no answer to: ${phase}`);
    this.#connection = undefined;
    if (phase === "open") this.#report(this.#noConnection());
    if (phase === "hello") this.#report("the server does not answer");
    this.#setState("reconnecting");
    // A socket that did not open has waited long enough. Waiting longer after each would only find
    // a network that is back later; no server is spared.
    if (phase === "open") this.#failures = 0;
    this.#schedule();
  }

  /** Shows the reason of an outage to the user, once. */
  #report(reason: string | undefined): void {
    if (reason === undefined || this.#reported === reason) return;
    this.#reported = reason;
    this.#options.onError(`Cannot show the stream: ${reason}; trying again`);
  }

  #schedule(): void {
    const { timers } = this.#options;
    const pause = pauseBefore(this.#failures, this.#options.random());
    this.#failures += 1;
    this.#pause = timers.after(pause, () => this.#connect());
  }

  #end(): void {
    this.#pause?.dispose();
    this.#pause = undefined;
    this.#connection?.dispose();
    this.#connection = undefined;
  }

  /** The reason to show to the user. A restart of a server that has worked is none. */
  #reasonToReport(verdict: CloseVerdict, wasOpen: boolean): string | undefined {
    if (verdict.kind === "retry-and-report") return verdict.reason;
    return wasOpen ? undefined : this.#noConnection();
  }

  #noConnection(): string | undefined {
    if (this.#hasWorked) return undefined;
    const url = withoutSecrets(this.#options.url);
    return `no connection to ${url}: is the server running, and does it accept pages of this origin?`;
  }

  #giveUp(reason: string): void {
    this.#setState("closed");
    this.#options.onError(`Cannot show the stream: ${reason}`);
  }

  #setState(state: ConnectionState): void {
    if (this.#isDisposed || state === this.#state) return;
    this.#options.log(`state: ${state}`);
    this.#state = state;
    this.#options.onState(state);
  }
}
