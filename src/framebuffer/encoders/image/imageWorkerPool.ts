import { Worker } from "node:worker_threads";
import { errorMessage } from "../../../protocol/errors";
import type { Disposable } from "../../../protocol/transport";
import { sharedCopy } from "../../node/sharedMemory";
import type { RawFrame } from "../../source/frame";
import { builtFile } from "../probe/builtFile";
import type { ImageAnswer, ImageJob, ImageJobResult, ImageRequest } from "./imageWorkerMain";

/**
 * The most threads. One is enough for two frames in flight; the other is for a lossless frame,
 * which may take long.
 */
const MAX_WORKERS = 2;

interface Pending {
  readonly resolve: (result: ImageJobResult) => void;
  readonly reject: (reason: unknown) => void;
}

/** Starts a thread. Tests pass their own. */
export type StartWorker = () => Worker;

/**
 * The threads that encode and scale. A thread starts when it is needed, and doesn't keep an idle
 * process alive.
 */
export class ImageWorkerPool implements Disposable {
  readonly #workers: ImageWorker[];

  constructor(start: StartWorker = startImageWorker) {
    this.#workers = Array.from({ length: MAX_WORKERS }, () => new ImageWorker(start));
  }

  /**
   * Does a job. The frame's pixels must not change until it has settled. They are copied unless
   * they lie in shared memory.
   *
   * @throws the job's error (as a rejection); Error when the thread crashed or was disposed of. The
   * next job starts a new thread.
   */
  async run(job: ImageJob): Promise<ImageJobResult> {
    const [first, ...others] = this.#workers;
    if (first === undefined) throw new Error("Cannot encode: there is no worker");
    const worker = others.reduce((best, other) => (other.load < best.load ? other : best), first);
    return worker.run(job);
  }

  /** Ends the threads and rejects the jobs under way. */
  dispose(): void {
    for (const worker of this.#workers) worker.dispose();
  }
}

function startImageWorker(): Worker {
  // The kernel's arguments and environment aren't meant for the thread.
  return new Worker(builtFile("image/imageWorkerMain"), { argv: [], execArgv: [], env: {} });
}

/** One thread, started by the first job. */
class ImageWorker {
  readonly #start: StartWorker;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #nextId = 1;
  #isDisposed = false;

  constructor(start: StartWorker) {
    this.#start = start;
  }

  /** The number of jobs under way. */
  get load(): number {
    return this.#pending.size;
  }

  run(job: ImageJob): Promise<ImageJobResult> {
    return new Promise((resolve, reject) => {
      if (this.#isDisposed) throw new Error("Cannot encode: the encoders were disposed of");
      const worker = (this.#worker ??= this.#started());
      const request: ImageRequest = {
        id: this.#nextId++,
        job: { ...job, frame: shareable(job.frame) },
      };
      worker.postMessage(request);
      this.#pending.set(request.id, { resolve, reject });
      worker.ref();
    });
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const worker = this.#worker;
    if (worker !== undefined) {
      this.#end(worker, new Error("Cannot encode: the encoders were disposed of"));
      void worker.terminate();
    }
  }

  #started(): Worker {
    const worker = this.#start();
    worker.unref();
    worker.on("message", (answer: ImageAnswer) => this.#settle(worker, answer));
    worker.on("error", (error) => {
      const reason = errorMessage(error);
      this.#end(worker, new Error(`Cannot encode: the encoding thread broke down: ${reason}`));
    });
    worker.on("exit", (code) =>
      this.#end(worker, new Error(`Cannot encode: the encoding thread ended with code ${code}`)),
    );
    return worker;
  }

  #settle(worker: Worker, answer: ImageAnswer): void {
    const pending = this.#pending.get(answer.id);
    if (pending === undefined || worker !== this.#worker) return;
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) worker.unref();
    if ("error" in answer) pending.reject(answer.error);
    else pending.resolve(answer.result);
  }

  /** Forgets a thread that has ended. */
  #end(worker: Worker, reason: Error): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    worker.unref();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(reason);
  }
}

/**
 * The frame in memory that another thread sees: itself if its memory is shared, otherwise a copy.
 */
function shareable(frame: RawFrame): RawFrame {
  if (frame.data.buffer instanceof SharedArrayBuffer) return frame;
  return { ...frame, data: sharedCopy(frame.data) };
}
