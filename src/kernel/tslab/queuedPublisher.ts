import { inspect } from "node:util";
import type { Disposable } from "../../protocol/transport";
import { MAX_WAITING_BYTES, PublishQueue, type Frames } from "./publishQueue";
import { FURTHER_PATIENCE_MS, LONGEST_PATIENCE_MS, PATIENCE_MS, STEP } from "./sendPatience";
import {
  LINGER_MS,
  neverWait,
  replaceAll,
  withReplaced,
  type LingeringSocket,
  type ZmqSocket,
} from "./tslabKernelInternals";

/** zeromq.js's socket to all front ends. */
interface ZmqPublisher extends LingeringSocket {
  /** Whether `send` fails if a subscriber's queue is full, instead of dropping. Write-only. */
  noDrop: boolean;
}

type Send = (frames: Frames) => Promise<void>;

const OVERFLOW = `Messages are lost from here on: ${MAX_WAITING_BYTES / 2 ** 20} MB wait for front \
ends that read them more slowly than they are sent. Send fewer at once\n`;

const STALLED = `A front end or the Jupyter server lost messages, as it read fewer than ${STEP} in \
${PATIENCE_MS / 1000} s (in up to ${LONGEST_PATIENCE_MS / 1000} s if they are large, in \
${FURTHER_PATIENCE_MS / 1000} s if some were lost shortly before). If output is missing here or \
in another page, run its cells again\n`;

/**
 * Puts a {@link PublishQueue} in front of the socket to all front ends, for tslab's own messages
 * too. ZeroMQ would drop those beyond the 1000 that may wait for a front end: thousands in one
 * turn, or fewer while its own thread has no core.
 */
export class QueuedPublisher implements Disposable {
  readonly #print: (text: string) => void;
  readonly #queue: PublishQueue | undefined;
  /** Whether a stall has to be reported. */
  #stalled = false;
  /** Whether a failed send was reported. The report may fail in the same way. */
  #failed = false;

  /**
   * @param iopub - tslab's socket. Without `noDrop`, it drops messages as before.
   * @param print - Prints to the stderr of the current cell.
   * @param last - Called once `send` is replaced. If either fails, nothing has changed.
   */
  constructor(iopub: ZmqSocket, print: (text: string) => void, last: () => void = () => undefined) {
    this.#print = print;
    if (hasNoDrop(iopub)) this.#queue = this.#install(iopub, last);
    else last();
    neverWait(iopub);
  }

  #install(iopub: ZmqPublisher, last: () => void): PublishQueue {
    const publisher = Reflect.getPrototypeOf(iopub) ?? iopub;
    const original = Reflect.get(publisher, "send") as Send;
    /** Returns false if a queue is full. Never throws. */
    const send = (frames: Frames): boolean => {
      const sent = callAsync(() => original.call(iopub, frames));
      const isRoom = !isFull(sent);
      sent.catch((error: unknown) => {
        if (isRoom) this.#reportFailure(error);
      });
      return isRoom;
    };
    const queue = new PublishQueue(
      {
        get isClosed() {
          return iopub.closed;
        },
        trySend: send,
        sendToReady: (frames) => {
          setNoDrop(iopub, false);
          send(frames);
          setNoDrop(iopub, true);
        },
      },
      (reason) => {
        if (reason === "overflow") this.#print(OVERFLOW);
        else this.#stalled = true;
      },
    );
    const replacement: Send = function (this: unknown, frames) {
      if (this !== iopub) return original.call(this, frames);
      queue.send(frames);
      return Promise.resolve();
    };
    // The socket itself is sealed.
    replaceAll(publisher, { send: replacement }, last);
    setNoDrop(iopub, true);
    iopub.linger = LINGER_MS;
    return queue;
  }

  #reportFailure(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#print(`A message to the front ends was lost: ${inspect(error)}\n`);
  }

  /**
   * A front end has sent a request: reports in the cell that ran last if messages were lost. These
   * may have been for another front end, but one that reads nothing sees no report.
   */
  heard(): void {
    if (!this.#stalled) return;
    this.#stalled = false;
    this.#print(STALLED);
  }

  /** Sends what waits as far as there is room for it, before tslab closes the socket. */
  dispose(): void {
    this.#queue?.dispose();
  }
}

function hasNoDrop(socket: ZmqSocket): socket is ZmqPublisher {
  return "noDrop" in socket;
}

/** ZeroMQ uses the option for the next message. zeromq.js warns that it wouldn't. */
function setNoDrop(socket: ZmqPublisher, value: boolean): void {
  withReplaced(
    process,
    "emitWarning",
    () => undefined,
    () => (socket.noDrop = value),
  );
}

/** Calls a function. An error that it throws becomes that of the Promise. */
function callAsync(call: () => Promise<void>): Promise<void> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Whether a `send` failed as a queue is full. Only `inspect` says at once how a Promise ended. */
function isFull(sent: Promise<void>): boolean {
  return inspect(sent, { depth: 2, customInspect: false }).includes("EAGAIN");
}
