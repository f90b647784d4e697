import type { Disposable } from "../../protocol/transport";

/**
 * Seconds of quiet after which lossy parts are sent again without loss. The value is jupyter_rfb's.
 */
export const LOSSLESS_DELAY = 0.3;

/** What a {@link LosslessRedraw} needs. */
export interface LosslessRedrawOptions {
  /** Seconds of quiet; null for never. @defaultValue {@link LOSSLESS_DELAY} */
  after?(): number | null | undefined;
  /** Calls back after so many seconds. */
  delay(seconds: number, callback: () => void): Disposable;
  /** Whether a frame may be sent now. When it may again, {@link LosslessRedraw.retry} is called. */
  maySend(): boolean;
  /** Sends the newest frame without loss. */
  send(): void;
}

/**
 * Makes a picture at rest exact: when no request and no other frame follows a lossy frame for a
 * while, the same frame is sent again without loss. If it cannot be sent then, because no view is
 * visible, for example, it is sent as soon as it can be.
 */
export class LosslessRedraw implements Disposable {
  readonly #options: LosslessRedrawOptions;
  #wanted = false;
  #timer: Disposable | undefined;

  constructor(options: LosslessRedrawOptions) {
    this.#options = options;
  }

  /** Whether lossy parts wait for the picture to rest. */
  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  /**
   * A frame was sent: it replaces the one before.
   *
   * @param isPart - whether it is a part of the frame without loss. The next part is due at once.
   */
  frameSent(lossless: boolean, isPart = false): void {
    this.cancel();
    if (lossless) return;
    this.#wanted = true;
    if (!isPart) this.#startTimer();
  }

  /** The picture is about to change: restarts the delay. */
  postpone(): void {
    if (this.#wanted) this.#startTimer();
  }

  /** Sends the frame if it was due while it couldn't be sent. Returns whether it did. */
  retry(): boolean {
    if (!this.#wanted || this.#timer !== undefined || !this.#options.maySend()) return false;
    this.#wanted = false;
    this.#options.send();
    return true;
  }

  /** Sends nothing. */
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
