/** A slow link on 127.0.0.1: a TCP proxy that delays bytes, limits their rate, and stalls as after a lost packet. */
import { connect, createServer } from "node:net";
import { listenAnywhere } from "../../scripts/lib/ports.mjs";
import { randomNumbers } from "./pictures.mjs";

/** Bytes of a connection that are held back in each direction before the sender has to wait: 100 ms of queue at 20 Mbit/s. */
const QUEUE_BYTES = 250_000;
/** What a packet carries, in bytes: an Ethernet frame less the headers of IP and TCP. */
const PACKET_BYTES = 1460;

/**
 * @typedef {object} LinkConditions
 * @property {number} mbitPerSecond
 * @property {number} roundTripMs
 * @property {number} [lostShare] of the packets; each of them, and all of its connection behind it, comes late
 * @property {number} [stallMs] by how much: the time until a lost packet was sent again and has arrived
 */

/** What waits in front of the link. @typedef {{ bytes: number, ms: number }} Queue */

/** One direction of the link. All connections share it; each gets its bytes in order. */
class Direction {
  #bytesPerMs = Infinity;
  #delayMs = 0;
  #lostShare = 0;
  #stallMs = 0;
  #random;
  /** When the link is done with what it has begun. */
  #freeAt = 0;
  /** Pieces that the link has not begun, oldest first. @type {{ piece: Buffer, at: number, lane: Lane }[]} */
  #waiting = [];
  #waitingBytes = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** The most that waited. @type {Queue} */
  longest = { bytes: 0, ms: 0 };
  carriedBytes = 0;

  /** @param {number} seed */
  constructor(seed) {
    this.#random = randomNumbers(seed);
  }

  /** @param {LinkConditions} conditions */
  change({ mbitPerSecond, roundTripMs, lostShare = 0, stallMs = 200 }) {
    this.#serve();
    this.#bytesPerMs = (mbitPerSecond * 1e6) / 8 / 1000;
    this.#delayMs = roundTripMs / 2;
    this.#lostShare = lostShare;
    this.#stallMs = stallMs;
    this.#serve();
  }

  /** @param {Buffer} chunk
   * @param {Lane} lane */
  push(chunk, lane) {
    this.#serve();
    const at = performance.now();
    const size = this.#bytesPerMs === Infinity ? chunk.length : PACKET_BYTES;
    for (let begin = 0; begin < chunk.length; begin += size) {
      const piece = chunk.subarray(begin, begin + size);
      this.#waiting.push({ piece, at, lane });
      this.#waitingBytes += piece.length;
    }
    const ms = Math.max(0, this.#freeAt - at) + this.#waitingBytes / this.#bytesPerMs;
    if (ms > this.longest.ms) this.longest = { bytes: ms * this.#bytesPerMs, ms };
    this.#serve();
  }

  /** Hands over what the link has carried until now. */
  #serve() {
    const now = performance.now();
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const { piece, at, lane } = first;
      const begin = Math.max(at, this.#freeAt);
      if (begin > now) break;
      this.#waiting.shift();
      this.#waitingBytes -= piece.length;
      this.#freeAt = begin + piece.length / this.#bytesPerMs;
      this.carriedBytes += piece.length;
      const isLost = this.#random() < this.#lostShare * 2 ** 32;
      lane.carry(piece, this.#freeAt + this.#delayMs, isLost ? this.#stallMs : 0);
    }
    if (this.#waiting.length === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#serve();
      },
      Math.max(0, this.#freeAt - now),
    );
  }
}

/** One direction of a connection: what was lost holds back all that is behind it. */
class Lane {
  #from;
  #to;
  /** @type {{ piece: Buffer, at: number }[]} */
  #queue = [];
  #held = 0;
  #notBefore = 0;
  #isEnding = false;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /** @param {import("node:net").Socket} from
   * @param {import("node:net").Socket} to
   * @param {Direction} direction */
  constructor(from, to, direction) {
    this.#from = from;
    this.#to = to;
    from.on("data", (/** @type {Buffer} */ chunk) => {
      this.#held += chunk.length;
      if (this.#held > QUEUE_BYTES) from.pause();
      direction.push(chunk, this);
    });
    from.on("end", () => {
      this.#isEnding = true;
      this.#endIfEmpty();
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      if (!this.#isEnding) to.destroy();
    });
  }

  /** @param {Buffer} piece
   * @param {number} at when it arrives
   * @param {number} stallMs by how much it is late */
  carry(piece, at, stallMs) {
    this.#notBefore = Math.max(this.#notBefore, at) + stallMs;
    this.#queue.push({ piece, at: this.#notBefore });
    this.#deliver();
  }

  /** One timer for the first piece: with one for each they could change places. */
  #deliver() {
    if (this.#timer !== undefined) return;
    const now = performance.now();
    for (
      let first = this.#queue[0];
      first !== undefined && first.at <= now;
      first = this.#queue[0]
    ) {
      this.#queue.shift();
      this.#held -= first.piece.length;
      if (!this.#to.destroyed) this.#to.write(first.piece);
    }
    if (this.#held < QUEUE_BYTES / 2 && this.#from.isPaused()) this.#from.resume();
    this.#endIfEmpty();
    const next = this.#queue[0];
    if (next === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#deliver();
      },
      Math.max(0, next.at - now),
    );
  }

  #endIfEmpty() {
    if (this.#isEnding && this.#held === 0) this.#to.end();
  }
}

/** A proxy; nothing is held back until {@link ThrottlingProxy.throttle} is called. */
export class ThrottlingProxy {
  #up = new Direction(1);
  #down = new Direction(2);
  #isCut = false;
  /** @type {Set<import("node:net").Socket>} */
  #sockets = new Set();
  #server;

  /** @param {number} targetPort */
  constructor(targetPort) {
    this.#server = createServer((client) => {
      client.on("error", () => undefined);
      if (this.#isCut) {
        client.destroy();
        return;
      }
      const server = connect(targetPort, "127.0.0.1");
      for (const socket of [client, server]) {
        socket.setNoDelay(true);
        this.#sockets.add(socket);
        socket.on("close", () => this.#sockets.delete(socket));
      }
      new Lane(client, server, this.#up);
      new Lane(server, client, this.#down);
    });
  }

  /** @returns {Promise<number>} its port */
  listen() {
    return listenAnywhere(this.#server);
  }

  /** Sets what the link is like from now on. What waits in front of it stays.
   * @param {LinkConditions} conditions */
  throttle(conditions) {
    this.#up.change(conditions);
    this.#down.change(conditions);
  }

  /** Passes everything on at once from now on. */
  release() {
    this.throttle({ mbitPerSecond: Infinity, roundTripMs: 0 });
  }

  /** The most that waited in front of the link on the way to the page since the last call. The link's delay and stalls don't count.
   * @returns {Queue} */
  takeLongestQueue() {
    const { longest } = this.#down;
    this.#down.longest = { bytes: 0, ms: 0 };
    return longest;
  }

  /** Bytes that the link has carried to the page so far. */
  get carriedBytes() {
    return this.#down.carriedBytes;
  }

  /** Ends all connections, and accepts none until {@link ThrottlingProxy.mend}. */
  cut() {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Accepts connections again. */
  mend() {
    this.#isCut = false;
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
