import type { Clock } from "../framebuffer/node";
import { errorMessage, isPlainError, PlainError, safeText } from "../protocol/errors";
import { isPromiseLike } from "../protocol/promiseLike";
import { RepeatLimit } from "../protocol/repeatLimit";
import type { Disposable } from "../protocol/transport";

/** What `on_error` does by default. */
export function logToConsole(error: unknown, during: string): void {
  console.error(`jupyter-rfb-ts, ${during}:`, isPlainError(error) ? error.message : error);
}

/** Passes errors to the user's `on_error`, which can't stop the stream by failing itself. */
export class ErrorReporter implements Disposable {
  readonly #onError: (error: unknown, during: string) => void;
  readonly #repeats: RepeatLimit;
  readonly #once: RepeatLimit;

  constructor(onError: (error: unknown, during: string) => void, clock: Pick<Clock, "delay">) {
    this.#onError = onError;
    const delay: Clock["delay"] = (seconds, callback) => clock.delay(seconds, callback);
    this.#repeats = new RepeatLimit(delay);
    this.#once = new RepeatLimit(delay);
  }

  /** Reports an error. While an equal one repeats, it is reported once a second with a count. */
  report(error: unknown, during: string): void {
    const text = safeText(error);
    this.#repeats.add(`${during}: ${text}`, ({ note }) => {
      const counted = (): Error =>
        new (isPlainError(error) ? PlainError : Error)(`${errorMessage(error)}${note}`, {
          cause: error,
        });
      this.#pass(note === "" ? error : counted(), during);
    });
  }

  /**
   * Reports an error the first time only: a broken encoder fails at every frame. Texts that differ
   * each time, by a size for example, are reported once a second.
   */
  reportOnce(error: unknown, during: string): void {
    const text = `${during}: ${safeText(error)}`;
    this.#once.add(text, ({ before }) => {
      if (before === undefined || !before.startsWith(text)) this.#pass(error, during);
    });
  }

  /** Cancels the reports that are due later. */
  dispose(): void {
    this.#repeats.dispose();
    this.#once.dispose();
  }

  #pass(error: unknown, during: string): void {
    try {
      // It may be an async function, whatever its type says.
      const result: unknown = this.#onError(error, during);
      if (isPromiseLike(result)) Promise.resolve(result).catch(() => undefined);
    } catch {
      // There is nowhere left to report this to.
    }
  }
}
