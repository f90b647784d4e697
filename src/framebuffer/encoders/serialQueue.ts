/**
 * Runs tasks one after the other, in the order of the calls. One that fails does not stop the next.
 */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs a task when all earlier ones have settled. Settles as the task does. */
  run<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Settles when all tasks so far have settled. Never rejects. */
  whenIdle(): Promise<void> {
    return this.#last.then(() => undefined);
  }
}
