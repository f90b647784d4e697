/**
 * Keeps a kernel usable after `npm install`. TypeScript's watcher then asks tslab for a timer for
 * the changed folder, and another one for the next cell. tslab has only one: from then on every
 * cell fails with "Unexpected pending rebuildTimer".
 *
 * Closing TypeScript's watchers gives the timer back. That cell opens them again, which takes a
 * second or two.
 */
import { aroundCells } from "./cellHandler";
import type { TslabModule } from "./tslabKernelInternals";

/** What runs cells, completes names and explains them: tslab's executor. */
interface Executor {
  execute: (code: string) => Promise<unknown>;
  inspect: (...args: unknown[]) => unknown;
  complete: (...args: unknown[]) => unknown;
  readonly close: () => void;
}

/**
 * Has tslab go on after packages have changed. Does nothing if this tslab differs from what is
 * expected.
 */
export function installChangedPackages(tslab: TslabModule): void {
  const known = new WeakSet();
  aroundCells(tslab, ({ handler: { executor } }, run) => {
    if (isExecutor(executor) && !known.has(executor)) {
      known.add(executor);
      retry(executor);
    }
    return run();
  });
}

/** Has an executor's methods try again with new watchers. The failed call has run no code. */
function retry(executor: Executor): void {
  const { execute, inspect, complete } = executor;
  executor.execute = async (code): Promise<unknown> => {
    try {
      return await execute(code);
    } catch (error) {
      restart(executor, error);
      return execute(code);
    }
  };
  const retried =
    (method: (...args: unknown[]) => unknown) =>
    (...args: unknown[]): unknown => {
      try {
        return method(...args);
      } catch (error) {
        restart(executor, error);
        return method(...args);
      }
    };
  executor.inspect = retried(inspect);
  executor.complete = retried(complete);
}

function restart(executor: Executor, error: unknown): void {
  if (!(error instanceof Error) || error.message !== "Unexpected pending rebuildTimer") throw error;
  executor.close();
}

function isExecutor(value: unknown): value is Executor {
  const executor = value as Partial<Executor> | null | undefined;
  return (["execute", "inspect", "complete", "close"] as const).every(
    (name) => typeof executor?.[name] === "function",
  );
}
