import { isPromiseLike } from "../protocol/promiseLike";

/** Errors that are remembered, to report each once. Later ones are reported each time. */
const MAX_REMEMBERED = 100;

/** Passes errors to the user's `on_error`, which can't stop the stream by failing itself. */
export class ErrorReporter {
  readonly #onError: (error: unknown, during: string) => void;
  readonly #remembered = new Set<string>();

  constructor(onError: (error: unknown, during: string) => void) {
    this.#onError = onError;
  }

  /** Reports an error. */
  report(error: unknown, during: string): void {
    try {
      // It may be an async function, whatever its type says.
      const result: unknown = this.#onError(error, during);
      if (isPromiseLike(result)) Promise.resolve(result).catch(() => undefined);
    } catch {
      // There is nowhere left to report this to.
    }
  }

  /** Reports an error the first time only: a broken encoder fails at every frame. */
  reportOnce(error: unknown, during: string): void {
    const text = `${during}: ${String(error)}`;
    if (this.#remembered.has(text)) return;
    // Bounded, because a text may differ each time, by a size in it for example.
    if (this.#remembered.size < MAX_REMEMBERED) this.#remembered.add(text);
    this.report(error, during);
  }
}
