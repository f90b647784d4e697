import type { Disposable } from "../../protocol/transport";

/** Seconds of quiet after which what is lossy is sent once more, lossless. The value is jupyter_rfb's. */
export const LOSSLESS_DELAY = 0.3;

/** What a {@link LosslessRedraw} needs. */
export interface LosslessRedrawOptions {
  /** Seconds of quiet; null for never. @defaultValue {@link LOSSLESS_DELAY} */
  after?(): number | null | undefined;
  /** Calls back after so many seconds. */
  delay(seconds: number, callback: () => void): Disposable;
  /** Whether a frame may be sent now. When it may again, {@link LosslessRedraw.retry} is called. */
  maySend(): boolean;
  /** Sends the newest frame lossless. */
  send(): void;
}

/**
 * Sees to it that a picture which comes to rest is shown exactly: when a lossy frame was followed by some seconds of quiet
 * without a request or another frame, the same frame goes once more, lossless. If that is not possible then, because no view can
 * be seen, say, it goes as soon as it is.
 */
export class LosslessRedraw implements Disposable {
  readonly #options: LosslessRedrawOptions;
  #wanted = false;
  #timer: Disposable | undefined;

  constructor(options: LosslessRedrawOptions) {
    this.#options = options;
  }

  /** A frame goes out: it replaces the one before. */
  frameSent(lossless: boolean): void {
    this.cancel();
    if (lossless) return;
    this.#wanted = true;
    this.#startTimer();
  }

  /** Something is going on: the time of quiet starts again. */
  postpone(): void {
    if (this.#wanted) this.#startTimer();
  }

  /** Sends the frame if its time has come and it could not be sent then. Returns whether it did. */
  retry(): boolean {
    if (!this.#wanted || this.#timer !== undefined || !this.#options.maySend()) return false;
    this.#wanted = false;
    this.#options.send();
    return true;
  }

  /** Nothing is sent. */
  cancel(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#wanted = false;
  }

  /** The same as {@link cancel}. */
  dispose(): void {
    this.cancel();
  }

  #startTimer(): void {
    this.#timer?.dispose();
    const seconds = this.#options.after?.();
    if (seconds === null) {
      this.cancel();
      return;
    }
    this.#timer = this.#options.delay(seconds ?? LOSSLESS_DELAY, () => {
      this.#timer = undefined;
      this.retry();
    });
  }
}
