/** Controls the kernels without messages of Jupyter: see ours.cjs. */
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { listenAnywhere } from "../../scripts/lib/ports.mjs";

/** Milliseconds that a command may take in addition to its own `seconds`. */
const PATIENCE_MS = 60_000;

/** A server on 127.0.0.1 to which the kernels connect. */
export class Control {
  #server = createServer((socket) => this.#accept(socket));
  /** @type {Map<string, import("node:net").Socket>} */
  #sockets = new Map();
  /** @type {Map<string, () => void>} */
  #awaited = new Map();
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  #open = new Map();
  #lastId = 0;

  /** @returns {Promise<number>} its port */
  listen() {
    return listenAnywhere(this.#server);
  }

  /** Waits until a kernel has connected.
   * @param {string} name "ours" or "theirs"
   * @returns {Promise<void>} */
  connected(name) {
    if (this.#sockets.has(name)) return Promise.resolve();
    return new Promise((resolve) => this.#awaited.set(name, resolve));
  }

  /** @param {string} name
   * @param {string} op
   * @param {object} [args]
   * @returns {Promise<any>} the command's result */
  call(name, op, args = {}) {
    const socket = this.#sockets.get(name);
    if (socket === undefined) throw new Error(`bench: the kernel of ${name} is not connected`);
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`bench: ${name} gave no answer to ${op}`)),
        PATIENCE_MS + 1000 * (("seconds" in args && Number(args.seconds)) || 300),
      );
      /** @template T
       * @param {(value: T) => void} settle */
      const ending = (settle) => (/** @type {T} */ value) => {
        clearTimeout(timer);
        settle(value);
      };
      this.#open.set(id, { resolve: ending(resolve), reject: ending(reject) });
      socket.write(`${JSON.stringify({ id, op, args })}\n`);
    });
  }

  /** Forgets a kernel, so that its successor can be waited for.
   * @param {string} name */
  forget(name) {
    this.#sockets.get(name)?.destroy();
    this.#sockets.delete(name);
  }

  close() {
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#server.close();
  }

  /** @param {import("node:net").Socket} socket */
  #accept(socket) {
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    createInterface({ input: socket }).on("line", (line) => {
      const message = JSON.parse(line);
      if (typeof message.hello === "string") {
        this.#sockets.set(message.hello, socket);
        this.#awaited.get(message.hello)?.();
        this.#awaited.delete(message.hello);
        return;
      }
      const waiting = this.#open.get(message.id);
      this.#open.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.result);
      else waiting?.reject(new Error(message.error));
    });
  }
}
