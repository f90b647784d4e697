import { nodeClock } from "../../node/clock";
import type { Clock } from "../../runtime";
import { secondsToEncode, withTimeLimit } from "../timeLimit";
import { doImageJob, type ImageJob, type ImageJobResult } from "./imageJob";
import type { ImageWorkers } from "./imageWorkerPool";

/**
 * Does jobs on the calling thread, in runtimes whose worker threads don't suit: in Deno a job takes
 * 0.2 s there. sharp has threads of its own; jpeg-js and zlib block.
 */
export class CallerThread implements ImageWorkers {
  readonly #clock: Pick<Clock, "delay">;
  readonly #do: typeof doImageJob;
  #isDisposed = false;

  constructor(clock: Pick<Clock, "delay"> = nodeClock, work: typeof doImageJob = doImageJob) {
    this.#clock = clock;
    this.#do = work;
  }

  async run(job: ImageJob): Promise<ImageJobResult> {
    if (this.#isDisposed) throw new Error("Cannot encode: the encoders were disposed of");
    return withTimeLimit(this.#clock, secondsToEncode(job.frame), this.#do(job));
  }

  dispose(): void {
    this.#isDisposed = true;
  }
}
