import type { Disposable } from "../../protocol/transport";

/**
 * Seconds without a receipt after which frames in flight are taken as lost. A view in use answers within a second even when the
 * network is slow, and ten are soon enough for somebody who looks at a picture that stands still.
 */
export const RECEIPT_TIMEOUT = 10;

/**
 * How often the same picture is sent again when no receipt comes. What is lost that often in a row is not lost by chance: nobody is
 * there, and a page that comes back says hello.
 */
export const MAX_RESENDS = 3;

/** What a {@link ReceiptWatch} needs. */
export interface ReceiptWatchOptions {
  /** Calls back in a fresh turn of the event loop. */
  defer(callback: () => void): Disposable;
  /** Calls back after so many seconds. */
  delay(seconds: number, callback: () => void): Disposable;
  /** Seconds since some moment, never going back. */
  monotonic(): number;
  /** Whether anything depends on a receipt. When that changes, {@link ReceiptWatch.update} is called. */
  waits(): boolean;
  /** A receipt is overdue. The time begins again. */
  onOverdue(): void;
}

/**
 * Notices that a receipt is overdue: something depends on one, and for {@link RECEIPT_TIMEOUT} seconds no frame was sent and no
 * receipt came. A frame or its receipt can be lost, as ZeroMQ drops what a slow subscriber does not take and a page may vanish
 * without a word.
 */
export class ReceiptWatch implements Disposable {
  readonly #options: ReceiptWatchOptions;
  /** When a frame was sent or a receipt came last. */
  #since = 0;
  /** Only while something depends on a receipt. */
  #timer: Disposable | undefined;

  constructor(options: ReceiptWatchOptions) {
    this.#options = options;
  }

  /** A frame was sent, or a receipt came: the time begins again. */
  restart(): void {
    this.#since = this.#options.monotonic();
    this.#stop();
    this.update();
  }

  /** What depends on a receipt may have changed. */
  update(): void {
    if (!this.#options.waits()) {
      this.#stop();
      return;
    }
    if (this.#timer !== undefined) return;
    const left = this.#since + RECEIPT_TIMEOUT - this.#options.monotonic();
    if (left > 0) this.#timer = this.#options.delay(left, () => this.#judgeLater());
    else this.#judgeLater();
  }

  /** Stops the time. */
  dispose(): void {
    this.#stop();
  }

  /** A kernel that was busy for long first takes the receipts that came meanwhile. */
  #judgeLater(): void {
    this.#timer = this.#options.defer(() => {
      this.#timer = undefined;
      if (!this.#options.waits()) return;
      this.#since = this.#options.monotonic();
      this.#options.onOverdue();
    });
  }

  #stop(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }
}
