import { Script } from "node:vm";
import { hasKernel } from "../widgets";

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

/**
 * How many calls of a method can be interrupted. Each starts a thread, which took up to a tenth of
 * a small animation's processor time. Most endless loops are endless from the first call.
 */
const GUARDED_CALLS = 100;

/** Where a method prints. */
interface Printing {
  run<Result>(callback: () => Result): Result;
}

/** A method of the user's. In a notebook it prints at its cell, and can be interrupted. */
export class UserMethod {
  readonly #printing: Printing;
  #calls = 0;

  constructor(printing: Printing) {
    this.#printing = printing;
  }

  /** Calls the method. The first calls can be interrupted. */
  call<Result>(method: () => Result): Result {
    if (!hasKernel()) return method();
    return this.#printing.run(() => {
      if (this.#calls >= GUARDED_CALLS) return method();
      this.#calls += 1;
      return callInterruptibly(method);
    });
  }
}
