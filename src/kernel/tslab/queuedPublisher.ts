import { inspect } from "node:util";
import type { Disposable } from "../../protocol/transport";
import { MAX_WAITING_BYTES, PATIENCE_MS, PublishQueue, type Frames } from "./publishQueue";
import { neverWait, replaceAll, withReplaced, type ZmqSocket } from "./tslabKernelInternals";

/** zeromq.js's socket to all front ends. */
interface ZmqPublisher extends ZmqSocket {
  /** Whether `send` fails if a subscriber's queue is full, instead of dropping. Write-only. */
  noDrop: boolean;
  /** Milliseconds for which messages may wait once the socket is closed. -1 is forever. */
  linger: number;
}

/** ZeroMQ holds up the end of the process as long. Jupyter kills it 5 s after its request. */
const LINGER_MS = 2000;

type Send = (frames: Frames) => Promise<void>;

const OVERFLOW = `Messages are lost from here on: ${MAX_WAITING_BYTES / 2 ** 20} MB wait for front \
ends that read them more slowly than they are sent. Send fewer at once\n`;

const STALLED = `A front end or the Jupyter server read nothing for ${PATIENCE_MS / 1000} s, and \
lost messages. Run the cells again whose output is missing\n`;

/**
 * Puts a {@link PublishQueue} in front of the socket to all front ends, for tslab's own messages
 * too. ZeroMQ would drop those beyond the 1000 that may wait for a front end: thousands in one
 * turn, or fewer while its own thread has no core.
 */
export class QueuedPublisher implements Disposable {
  readonly #iopub: ZmqSocket;
  readonly #print: (text: string) => void;
  readonly #queue: PublishQueue | undefined;
  /** Whether a stall has to be reported. */
  #stalled = false;

  /**
   * @param iopub - tslab's socket. Without `noDrop`, it drops messages as before.
   * @param print - Prints to the stderr of the current cell.
   */
  constructor(iopub: ZmqSocket, print: (text: string) => void) {
    this.#iopub = iopub;
    this.#print = print;
    neverWait(iopub);
    if (!hasNoDrop(iopub)) return;
    const publisher = Reflect.getPrototypeOf(iopub) ?? iopub;
    const original = Reflect.get(publisher, "send") as Send;
    const send: Send = (frames) => original.call(iopub, frames);
    const queue = new PublishQueue(
      {
        get isClosed() {
          return iopub.closed;
        },
        trySend: (frames) => !isFull(send(frames)),
        sendToReady: (frames) => {
          setNoDrop(iopub, false);
          void send(frames);
          setNoDrop(iopub, true);
        },
      },
      (reason) => {
        if (reason === "overflow") print(OVERFLOW);
        else this.#stalled = true;
      },
    );
    this.#queue = queue;
    const replacement: Send = function (this: unknown, frames) {
      if (this !== iopub) return original.call(this, frames);
      queue.send(frames);
      return Promise.resolve();
    };
    setNoDrop(iopub, true);
    // The socket itself is sealed.
    replaceAll(publisher, { send: replacement }, () => undefined);
  }

  /**
   * A front end has sent a request, so it reads again: reports what was lost when it or another
   * one didn't.
   */
  heard(): void {
    if (!this.#stalled) return;
    this.#stalled = false;
    this.#print(STALLED);
  }

  /** Sends what waits as far as there is room for it, before tslab closes the socket. */
  dispose(): void {
    this.#queue?.dispose();
    if (hasNoDrop(this.#iopub) && !this.#iopub.closed) this.#iopub.linger = LINGER_MS;
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

/** Whether a `send` failed as a queue is full. Only `inspect` says at once how a Promise ended. */
function isFull(sent: Promise<void>): boolean {
  if (!inspect(sent, { depth: 2, customInspect: false }).includes("EAGAIN")) return false;
  sent.catch(() => undefined);
  return true;
}
