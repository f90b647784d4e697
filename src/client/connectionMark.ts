/** Turns the state of a connection into a mark over the picture. */
import type { StreamStatus } from "../protocol/streamMessages";
import type { Disposable } from "../protocol/transport";
import type { MarkContent } from "../view/index";
import type { ConnectionState } from "./shared/types";

/** Milliseconds that the first connection may take before the view says that it connects. */
const CONNECTING_AFTER_MS = 1000;
/** Milliseconds that a connection may send no frame before the view says so. */
const EMPTY_AFTER_MS = 2000;

const CONNECTING: MarkContent = { kind: "wait", text: "Connecting" };
const EMPTY: MarkContent = { kind: "empty", text: "Nothing drawn yet" };
const RECONNECTING: MarkContent = { kind: "wait", text: "Connection lost. Reconnecting" };

/** Shows what is wrong with a connection. */
export class ConnectionMark implements Disposable {
  readonly #show: (content: MarkContent | undefined) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #problem: string | undefined;
  /** What the server says of its picture. */
  #server: MarkContent | undefined;
  #isPainted = false;
  #isEnded = false;

  /** The state is "connecting" at first. */
  constructor(show: (content: MarkContent | undefined) => void) {
    this.#show = show;
    this.#showLater(CONNECTING, CONNECTING_AFTER_MS);
  }

  /** Notes an error, which explains the end of the connection, before it or after. */
  problem(message: string): void {
    this.#problem = message;
    if (this.#isEnded) this.#showNow({ kind: "error", text: message });
  }

  setState(state: ConnectionState): void {
    if (state !== "negotiated") {
      // The next connection says again what is wrong.
      this.#server = undefined;
      this.#isPainted = false;
    }
    this.#isEnded = state === "closed" || state === "error";
    if (state === "reconnecting") this.#showNow(RECONNECTING);
    else if (state === "negotiated") this.#showLater(EMPTY, EMPTY_AFTER_MS);
    else if (this.#isEnded) {
      this.#showNow({ kind: "error", text: this.#problem ?? "The connection is closed" });
    }
  }

  /** The server says what is wrong with its picture. The mark lies over the last one. */
  setServerStatus({ kind, text }: StreamStatus): void {
    this.#server = kind === "ok" ? undefined : { kind, text };
    this.#showNow(this.#server);
    if (kind === "ok" && !this.#isPainted) this.#showLater(EMPTY, EMPTY_AFTER_MS);
  }

  /** The connection has shown a frame. */
  painted(): void {
    this.#problem = undefined;
    this.#isPainted = true;
    // That it is not empty any more follows the frame.
    if (this.#server?.kind === "empty") this.#server = undefined;
    this.#showNow(this.#server);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#show(undefined);
  }

  #showNow(content: MarkContent | undefined): void {
    clearTimeout(this.#timer);
    this.#show(content);
  }

  /** What is shown now stays until then. */
  #showLater(content: MarkContent, milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(content), milliseconds);
  }
}
