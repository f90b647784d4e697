import { Worker } from "node:worker_threads";
import { errorMessage } from "../../../protocol/errors";
import type { Disposable } from "../../../protocol/transport";
import { nodeClock } from "../../node/clock";
import { sharedCopy } from "../../node/sharedMemory";
import type { Clock } from "../../runtime";
import type { RawFrame } from "../../source/frame";
import { builtFile } from "../probe/builtFile";
import { secondsToEncode, TimeLimitError, withTimeLimit } from "../timeLimit";
import type { ImageJob, ImageJobResult } from "./imageJob";
import type { ImageAnswer, ImageRequest } from "./imageWorkerMain";

/**
 * The most threads. One is enough for two frames in flight; the other is for a lossless frame,
 * which may take long.
 */
const MAX_WORKERS = 2;

interface Pending {
  /** Seconds that the job may take when no other is ahead of it. */
  readonly seconds: number;
  readonly resolve: (result: ImageJobResult) => void;
  readonly reject: (reason: unknown) => void;
}

/** The part of a Worker that is used here. */
export interface ImageThread {
  on(event: "message", listener: (answer: ImageAnswer) => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
  on(event: "exit", listener: (code: number) => void): unknown;
  postMessage(request: ImageRequest): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

/** Starts a thread. Tests pass their own. */
export type StartWorker = () => ImageThread;

/** Encodes images and scales frames. */
export interface ImageWorkers extends Disposable {
  /**
   * Does a job. The frame's pixels must not change until it has settled.
   *
   * @throws the job's error (as a rejection); TimeLimitError when it takes longer than it may
   */
  run(job: ImageJob): Promise<ImageJobResult>;
}

/**
 * The threads that encode and scale. A thread starts when it is needed, and doesn't keep an idle
 * process alive.
 */
export class ImageWorkerPool implements ImageWorkers {
  readonly #workers: ImageWorker[];

  constructor(start: StartWorker = startImageWorker, clock: Pick<Clock, "delay"> = nodeClock) {
    this.#workers = Array.from({ length: MAX_WORKERS }, () => new ImageWorker(start, clock));
  }

  /**
   * Does a job. The frame's pixels must not change until it has settled. They are copied unless
   * they lie in shared memory.
   *
   * @throws the job's error (as a rejection); TimeLimitError when it takes longer than it may;
   *   Error when the thread crashed, was replaced because another job hung, or was disposed of. The
   *   next job starts a new thread.
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
  readonly #clock: Pick<Clock, "delay">;
  readonly #pending = new Map<number, Pending>();
  #worker: ImageThread | undefined;
  #nextId = 1;
  #isDisposed = false;

  constructor(start: StartWorker, clock: Pick<Clock, "delay">) {
    this.#start = start;
    this.#clock = clock;
  }

  /** The number of jobs under way. */
  get load(): number {
    return this.#pending.size;
  }

  async run(job: ImageJob): Promise<ImageJobResult> {
    if (this.#isDisposed) throw new Error("Cannot encode: the encoders were disposed of");
    const worker = (this.#worker ??= this.#started());
    const request: ImageRequest = {
      id: this.#nextId++,
      job: { ...job, frame: shareable(job.frame) },
    };
    const seconds = secondsToEncode(job.frame);
    // The thread may work on the jobs before first.
    const before = [...this.#pending.values()].reduce((sum, pending) => sum + pending.seconds, 0);
    const result = new Promise<ImageJobResult>((resolve, reject) => {
      worker.postMessage(request);
      this.#pending.set(request.id, { seconds, resolve, reject });
      worker.ref();
    });
    try {
      return await withTimeLimit(this.#clock, before + seconds, result);
    } catch (error) {
      if (error instanceof TimeLimitError) this.#replace(worker);
      throw error;
    }
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

  /** Ends a thread in which a job hangs. */
  #replace(worker: ImageThread): void {
    if (worker !== this.#worker) return;
    this.#end(worker, new Error("Cannot encode: the encoding thread was replaced, as it hung"));
    void worker.terminate();
  }

  #started(): ImageThread {
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

  #settle(worker: ImageThread, answer: ImageAnswer): void {
    const pending = this.#pending.get(answer.id);
    if (pending === undefined || worker !== this.#worker) return;
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) worker.unref();
    if ("error" in answer) pending.reject(answer.error);
    else pending.resolve(answer.result);
  }

  /** Forgets a thread that has ended. */
  #end(worker: ImageThread, reason: Error): void {
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
