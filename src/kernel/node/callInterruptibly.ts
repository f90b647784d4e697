import { Script } from "node:vm";

/** Where a call is found by the script, which can't take arguments. */
const CALL = Symbol.for("jupyter-rfb-ts.call");

const scope = globalThis as { [CALL]?: (() => unknown) | undefined };
const script = new Script(`globalThis[Symbol.for(${JSON.stringify(CALL.description)})]()`, {
  filename: __filename,
});

/**
 * Calls a function so that SIGINT ends it, even in an endless loop: "Interrupt Kernel" in a
 * notebook. tslab runs cells in the same way. A Promise that it returns can't be interrupted.
 *
 * @throws Error when it was interrupted, or what it throws
 */
export function callInterruptibly<Result>(callback: () => Result): Result {
  const outer = scope[CALL];
  scope[CALL] = callback;
  try {
    return script.runInThisContext({ breakOnSigint: true, displayErrors: false }) as Result;
  } catch (error) {
    const { code } = (error ?? {}) as { readonly code?: unknown };
    if (code !== "ERR_SCRIPT_EXECUTION_INTERRUPTED") throw error;
    // Node's own error says nothing more.
    throw new Error("interrupted");
  } finally {
    scope[CALL] = outer;
  }
}
