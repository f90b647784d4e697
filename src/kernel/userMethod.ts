import { hasKernel } from "../widgets";
import { pictureRuntime } from "./pictureRuntime";

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
      return pictureRuntime().callInterruptibly(method);
    });
  }
}
