import type { Disposable } from "../../protocol/transport";
import { SendPatience } from "./sendPatience";
import { systemClock, type TimerClock } from "./timerClock";

/** Milliseconds between two tries to send what waits. They double after each failure. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

/** Bytes that may wait. */
export const MAX_WAITING_BYTES = 256 * 1024 * 1024;

/** What a message takes in memory besides its parts, roughly. */
const OVERHEAD_BYTES = 1024;

/** Messages that are sent in one turn of the event loop. */
const BATCH = 500;

/** The parts of a message. */
export type Frames = readonly (Uint8Array | string)[];

/** A socket that sends each message to all front ends. Neither method throws. */
export interface PublishSocket {
  readonly isClosed: boolean;
  /** Sends a message, or returns false if a front end has no room for it. Then nobody gets it. */
  trySend(frames: Frames): boolean;
  /**
   * Sends a message to those front ends that have room for it. Until the others have read half of
   * what they have, they get nothing, and nothing waits for them.
   */
  sendToReady(frames: Frames): void;
}

/** Why messages are lost: a front end reads too slowly, or too many wait. */
export type LossReason = "stalled" | "overflow";

/**
 * Sends messages in order. Where a front end has no room for one, this one and all after it wait.
 *
 * A front end that has no room for as long as {@link SendPatience} allows loses messages, so that
 * the others get them. When {@link MAX_WAITING_BYTES} wait, new messages are lost, except for
 * statuses: without its idle, a cell would seem to run forever.
 */
export class PublishQueue implements Disposable {
  readonly #socket: PublishSocket;
  readonly #onLoss: (reason: LossReason) => void;
  readonly #clock: TimerClock;
  #waiting: Frames[] = [];
  /** The index in #waiting of the first message that hasn't been sent. */
  #next = 0;
  #bytes = 0;
  #timer: unknown;
  #pause = FIRST_PAUSE_MS;
  readonly #patience = new SendPatience();
  #triedAt = 0;
  /** Whether an overflow was reported since messages began to wait. */
  #overflowed = false;
  #reporting = false;
  #disposed = false;

  /**
   * @param onLoss - Called when messages begin to be lost. What it sends is never lost by an
   *   overflow.
   * @param clock - Default: the system's.
   */
  constructor(
    socket: PublishSocket,
    onLoss: (reason: LossReason) => void,
    clock: TimerClock = systemClock,
  ) {
    this.#socket = socket;
    this.#onLoss = onLoss;
    this.#clock = clock;
  }

  /** Sends a message, or queues a copy of it. Does nothing once the socket is closed. */
  send(frames: Frames): void {
    if (this.#socket.isClosed) return;
    if (this.#disposed) {
      this.#socket.sendToReady(frames);
      return;
    }
    // No timer runs during a long turn, but front ends read.
    if (this.#isWaiting && this.#clock.now() - this.#triedAt >= FIRST_PAUSE_MS) this.#trySome();
    if (this.#isWaiting || !this.#trySend(frames)) this.#add(frames);
  }

  /** Sends what waits to those front ends that have room for it. From now on, nothing waits. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    while (this.#isWaiting && !this.#socket.isClosed) {
      if (!this.#sendSome()) this.#leaveBehind();
    }
    this.#clear();
  }

  get #isWaiting(): boolean {
    return this.#next < this.#waiting.length;
  }

  #add(frames: Frames): void {
    const bytes = memoryOf(frames);
    if (this.#bytes + bytes > MAX_WAITING_BYTES && !this.#reporting && !isStatus(frames)) {
      if (this.#overflowed) return;
      // Before the report, which may send all that waits.
      this.#overflowed = true;
      this.#report("overflow");
      return;
    }
    this.#bytes += bytes;
    // The sender may write to its memory once this returns.
    this.#waiting.push(
      frames.map((frame) => (typeof frame === "string" ? frame : new Uint8Array(frame))),
    );
    this.#timer ??= this.#clock.setTimer(this.#tryAgain, this.#pause);
  }

  readonly #tryAgain = (): void => {
    this.#timer = undefined;
    if (this.#socket.isClosed) {
      this.#clear();
      return;
    }
    this.#trySome();
    if (this.#isWaiting) this.#timer ??= this.#clock.setTimer(this.#tryAgain, this.#pause);
  };

  /** Sends some of what waits. Leaves a front end behind if it had no room for too long. */
  #trySome(): void {
    // A process that was suspended, or did something else, wasn't waiting for front ends.
    const now = this.#clock.now();
    const waited = Math.min(now - this.#triedAt, LONGEST_PAUSE_MS);
    if (this.#sendSome()) return;
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
    if (!this.#patience.recordFailure(waited, now)) return;
    this.#leaveBehind();
    this.#report("stalled");
  }

  /** Sends the first of the messages that wait. Returns false if none could be sent. */
  #sendSome(): boolean {
    for (let count = 0; count < BATCH; count++) {
      const frames = this.#waiting[this.#next];
      if (frames === undefined) break;
      if (!this.#trySend(frames)) return count > 0;
      this.#remove(frames);
    }
    return true;
  }

  #trySend(frames: Frames): boolean {
    this.#triedAt = this.#clock.now();
    const isSent = this.#socket.trySend(frames);
    if (isSent) this.#patience.recordSent(bytesOf(frames));
    return isSent;
  }

  /** Sends the first message to those front ends that have room for it. */
  #leaveBehind(): void {
    const frames = this.#waiting[this.#next];
    if (frames === undefined) return;
    this.#socket.sendToReady(frames);
    this.#patience.recordSent(bytesOf(frames));
    this.#remove(frames);
  }

  #remove(frames: Frames): void {
    this.#bytes -= memoryOf(frames);
    this.#waiting[this.#next] = [];
    this.#next += 1;
    this.#pause = FIRST_PAUSE_MS;
    if (!this.#isWaiting) this.#clear();
    else if (this.#next > this.#waiting.length / 2) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
  }

  #clear(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
    this.#next = 0;
    this.#bytes = 0;
    this.#pause = FIRST_PAUSE_MS;
    this.#overflowed = false;
  }

  #report(reason: LossReason): void {
    const before = this.#reporting;
    this.#reporting = true;
    try {
      this.#onLoss(reason);
    } finally {
      // A report may send what waits, and cause another one.
      this.#reporting = before;
    }
  }
}

function bytesOf(frames: Frames): number {
  return frames.reduce((bytes, frame) => bytes + frame.length, 0);
}

function memoryOf(frames: Frames): number {
  return bytesOf(frames) + OVERHEAD_BYTES;
}

/** Whether the header, which is the first JSON text, is that of a status. */
function isStatus(frames: Frames): boolean {
  const header = frames.find((frame) => typeof frame === "string" && frame.startsWith("{"));
  return String(header).includes('"msg_type":"status"');
}
