import type { Server as HttpServer } from "node:http";
import { isLoopbackHost } from "../hosting/origins";
import type { Disposable } from "../protocol/transport";

/**
 * Warns, once, if other machines reach a server on which anybody may view a stream: most frameworks
 * listen on all interfaces by default.
 */
export class ReachWarning implements Disposable {
  readonly #http: HttpServer;
  /** The first stream without `authenticate`. */
  #name: string | undefined;
  readonly #onListening = (): void => this.#warn();

  constructor(http: HttpServer) {
    this.#http = http;
  }

  /** A stream without `authenticate` is there. The server may listen later. */
  openStream(name: string): void {
    if (this.#name !== undefined) return;
    this.#name = name;
    if (this.#http.listening) this.#warn();
    else this.#http.once("listening", this.#onListening);
  }

  dispose(): void {
    this.#http.off("listening", this.#onListening);
  }

  #warn(): void {
    const address = this.#http.address();
    // Others don't reach a pipe or a socket of the file system.
    if (address === null || typeof address === "string" || isLoopbackHost(address.address)) return;
    console.warn(
      `jupyter-rfb-ts: other machines can reach port ${address.port}, and anyone could watch the stream "${this.#name}" and send it events; set its authenticate option, listen on 127.0.0.1, or pass insecure: true to attach()`,
    );
  }
}
