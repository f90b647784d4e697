import { errorMessage } from "../../../protocol/errors";

/**
 * Runs the only task of a child process. It exits with 0 when the task has succeeded; otherwise it
 * prints why not. A task that never settles keeps no process alive, and must not pass for one that
 * succeeded.
 */
export function runTrial(task: () => Promise<void>): void {
  let isSettled = false;
  process.exitCode = 1;
  process.once("beforeExit", () => {
    if (!isSettled) console.error("it never answers");
  });
  task().then(
    () => {
      isSettled = true;
      process.exitCode = 0;
    },
    (error: unknown) => {
      isSettled = true;
      console.error(errorMessage(error));
    },
  );
}
