/** A slow link on 127.0.0.1: a TCP proxy that passes bytes on late and not faster than a rate. */
import { connect, createServer } from "node:net";

/** Held back in each direction before the sender has to wait, in bytes: what a router with 100 ms of queue at 20 Mbit/s holds. */
const QUEUE_BYTES = 250_000;
/** Largest piece that is passed on at once, in bytes: a few TCP segments. */
const PIECE_BYTES = 6_000;

/** A proxy; nothing is held back until {@link ThrottlingProxy.throttle} is called. */
export class ThrottlingProxy {
  #bytesPerMs = Infinity;
  #delayMs = 0;
  /** When the link is free again, one for each direction: all connections share it. */
  #freeAt = { up: 0, down: 0 };
  /** @type {Set<import("node:net").Socket>} */
  #sockets = new Set();
  #server;

  /** @param {number} targetPort */
  constructor(targetPort) {
    this.#server = createServer((client) => {
      const server = connect(targetPort, "127.0.0.1");
      for (const socket of [client, server]) {
        socket.setNoDelay(true);
        this.#sockets.add(socket);
        socket.on("close", () => this.#sockets.delete(socket));
      }
      this.#pass(client, server, "up");
      this.#pass(server, client, "down");
    });
  }

  /** @returns {Promise<number>} its port */
  listen() {
    return new Promise((resolve) => {
      this.#server.listen(0, "127.0.0.1", () => {
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  }

  /** @param {{ mbitPerSecond: number, roundTripMs: number }} link */
  throttle({ mbitPerSecond, roundTripMs }) {
    this.#bytesPerMs = (mbitPerSecond * 1e6) / 8 / 1000;
    this.#delayMs = roundTripMs / 2;
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  /** @param {import("node:net").Socket} from
   * @param {import("node:net").Socket} to
   * @param {"up" | "down"} direction */
  #pass(from, to, direction) {
    let held = 0;
    /** @type {{ piece: Buffer, at: number }[]} */
    const queue = [];
    let isWaiting = false;
    /** One timer for the first piece: with one for each they could change places. */
    const deliver = () => {
      isWaiting = false;
      const now = performance.now();
      for (let first = queue[0]; first !== undefined && first.at <= now; first = queue[0]) {
        queue.shift();
        held -= first.piece.length;
        if (!to.destroyed) to.write(first.piece);
      }
      if (held < QUEUE_BYTES / 2 && from.isPaused()) from.resume();
      const next = queue[0];
      if (next === undefined || isWaiting) return;
      isWaiting = true;
      setTimeout(deliver, Math.max(0, next.at - now));
    };
    /** @param {Buffer} piece */
    const passPiece = (piece) => {
      const now = performance.now();
      const sentAt = Math.max(now, this.#freeAt[direction]) + piece.length / this.#bytesPerMs;
      this.#freeAt[direction] = sentAt;
      queue.push({ piece, at: sentAt + this.#delayMs });
      held += piece.length;
    };
    from.on("data", (/** @type {Buffer} */ chunk) => {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        passPiece(chunk.subarray(at, at + PIECE_BYTES));
      }
      if (held > QUEUE_BYTES) from.pause();
      if (!isWaiting) deliver();
    });
    from.on("end", () => {
      const last = queue.at(-1);
      const wait = last === undefined ? 0 : last.at - performance.now() + 5;
      setTimeout(() => to.end(), Math.max(0, wait));
    });
    from.on("error", () => to.destroy());
  }
}
