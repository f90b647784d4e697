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
  /** One ws: or wss: URL or more. */
  readonly urls: readonly string[];
  readonly timers: Timers;
  readonly log: Log;
  /** A random number from 0 up to, not including, 1. */
  random(): number;
  /**
   * Opens a connection.
   *
   * @throws the browser's error for a URL that it does not open.
   */
  open(url: string, events: ConnectionEvents): ConnectionPort;
  /** Another connection is about to be opened. Not called for the first one. */
  onReconnect(): void;
  onState(state: ConnectionState): void;
  /** Something happened that the user should know. */
  onError(message: string): void;
}

/**
 * Opens a connection, and another one when it is lost, to the next URL if there are several. Gives
 * up when a server refuses it.
 */
export class ReconnectingConnection implements Disposable {
  readonly #options: ReconnectingConnectionOptions;
  #connection: ConnectionPort | undefined;
  /** The pause before the next attempt; undefined while none is scheduled. */
  #pause: Disposable | undefined;
  /** The number of failed attempts since the last working connection. */
  #failures = 0;
  /** Which URL is used. */
  #current = 0;
  #state: ConnectionState = "connecting";
  /** The reasons of the current outage, and whether the user was shown them. */
  readonly #reasons = new Map<string, boolean>();
  /** How many URLs in a row the browser did not open, or accept no view of this page. */
  #refusedUrls = 0;
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
    this.#reasons.clear();
    this.#hasWorked = true;
    this.#failures = 0;
    this.#refusedUrls = 0;
    this.#setState("negotiated");
  }

  /** Makes a scheduled attempt to reconnect now. */
  hurry(): void {
    if (this.#pause !== undefined) this.#connect();
  }

  /** Replaces the connection by another one now, even if the server refused the last one. */
  reconnect(): void {
    this.#reasons.clear();
    this.#refusedUrls = 0;
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
    const url = this.#url;
    this.#options.log(`connecting to ${withoutSecrets(url)}`);
    try {
      this.#connection = this.#options.open(url, {
        onOpen: () => this.#setState("open"),
        onClose: (code, reason) => this.#onClose(code, reason),
        onTimeout: (phase) => this.#onTimeout(phase),
      });
    } catch (error) {
      // The browser would not open this URL the next time either.
      this.#refuse(errorMessage(error).replaceAll(url, withoutSecrets(url)));
    }
  }

  /** Goes on with the next URL, if it is not the last one that is refused. */
  #refuse(reason: string): void {
    this.#refusedUrls += 1;
    if (this.#refusedUrls >= this.#options.urls.length) this.#giveUp(reason);
    else this.#retry(reason);
  }

  #onClose(code: number, reason: string): void {
    const wasOpen = this.#state === "open" || this.#state === "negotiated";
    this.#options.log(`closed with code ${code}${reason === "" ? "" : ` (${reason})`}`);
    this.#connection = undefined;
    const verdict = verdictOn(code, reason);
    if (verdict.kind === "give-up") this.#giveUp(verdict.reason);
    else if (verdict.kind === "refused") this.#refuse(verdict.reason);
    else {
      this.#refusedUrls = 0;
      this.#retry(this.#reasonToReport(verdict, wasOpen));
    }
  }

  #onTimeout(phase: TimeoutPhase): void {
    this.#options.log(`no answer to: ${phase}`);
    this.#connection = undefined;
    this.#refusedUrls = 0;
    // A socket that did not open has waited long enough. Waiting longer after each would only find
    // a network that is back later; no server is spared.
    if (phase === "open") this.#failures = 0;
    if (phase === "hello") this.#retry("the server does not answer");
    else this.#retry(phase === "open" ? this.#noConnection() : undefined);
  }

  /** @param reason - why, if the user should know it. Shown when the last of the servers failed. */
  #retry(reason: string | undefined): void {
    if (reason !== undefined && !this.#reasons.has(reason)) this.#reasons.set(reason, false);
    if (this.#isLastUrl) this.#report();
    this.#setState("reconnecting");
    this.#schedule();
  }

  #report(): void {
    for (const [reason, isShown] of this.#reasons) {
      this.#reasons.set(reason, true);
      if (!isShown) this.#options.onError(`Cannot show the stream: ${reason}; trying again`);
    }
  }

  #schedule(): void {
    const { timers, urls } = this.#options;
    // Another server may work: the pauses become longer only when all have failed.
    const rounds = Math.floor(this.#failures / urls.length);
    const pause = pauseBefore(rounds, this.#options.random());
    this.#failures += 1;
    this.#current = (this.#current + 1) % urls.length;
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

  get #isLastUrl(): boolean {
    return this.#current === this.#options.urls.length - 1;
  }

  get #url(): string {
    return this.#options.urls[this.#current] ?? "";
  }

  #noConnection(): string | undefined {
    const { urls } = this.#options;
    if (this.#hasWorked || !this.#isLastUrl) return undefined;
    return `no connection to ${urls.map(withoutSecrets).join(", ")}: is the server running, and does it accept pages of this origin?`;
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
