import { patientDelay } from "../patientDelay";
import type { Clock } from "../runtime";

/** Seconds for any call of an encoder: reading a library from a slow disk, on a busy machine. */
const BASE_SECONDS = 10;
/**
 * Seconds for each million pixels of a frame: ten times what the slowest encoder, jpeg-js, takes.
 */
const SECONDS_PER_MEGAPIXEL = 1;

/** A call took longer than it may. The message completes "it failed: ...". */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";

  constructor(seconds: number) {
    super(`it took longer than ${Math.ceil(seconds)} s`);
  }
}

/** Seconds that encoding or scaling a frame may take. A library that takes longer hangs. */
export function secondsToEncode({ width, height }: { width: number; height: number }): number {
  return BASE_SECONDS + (SECONDS_PER_MEGAPIXEL * width * height) / 1e6;
}

/**
 * Settles as a task does, or rejects when it takes too long. The task itself goes on. Time in which
 * the calling thread is blocked hardly counts.
 *
 * @throws TimeLimitError (as a rejection)
 */
export function withTimeLimit<Result>(
  clock: Pick<Clock, "delay">,
  seconds: number,
  task: Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = patientDelay(clock, seconds, () => reject(new TimeLimitError(seconds)));
    task.then(resolve, reject).finally(() => timer.dispose());
  });
}
