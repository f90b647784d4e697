import type { Disposable } from "../../protocol/transport";
import type { Runtime } from "../runtime";
import type { Departure, FrameLedger, LedgerObserver } from "./frameLedger";

/**
 * How often the same picture is sent again while no receipt comes. After so many losses no view is
 * there. A page that comes back says hello.
 */
export const MAX_RESENDS = 5;

/** What a {@link ReceiptWatch} needs. */
export interface ReceiptWatchOptions {
  readonly clock: Pick<Runtime, "defer" | "delay" | "monotonic">;
  readonly ledger: Pick<FrameLedger, "unconfirmedIndex" | "giveUp">;
  /**
   * Seconds without a receipt after which frames in flight are considered lost; undefined where
   * none can be lost.
   *
   * @param missed - how often in a row a receipt was overdue before
   */
  limit(missed: number): number | undefined;
  /** Whether a draw is wanted, and only receipts are missing. */
  isHeldUp(): boolean;
  /** Whether the newest picture may be sent again: nothing else is going on. */
  mayResend(): boolean;
  /** The frames in flight were given up. */
  onGivenUp(): void;
  /** Sends the newest picture again. Never throws. */
  resend(): void;
}

/**
 * Notices that a receipt is overdue: something depends on one, and for a while no frame was sent
 * and no receipt came. A frame or its receipt can be lost: Jupyter Server drops messages above
 * its rate limits, a front end that reads too slowly loses messages, and a page may disappear
 * without notice.
 *
 * The frames in flight are then given up, and the newest picture is sent again where no draw is
 * wanted that would replace it.
 */
export class ReceiptWatch implements LedgerObserver, Disposable {
  readonly #options: ReceiptWatchOptions;
  /** When a frame was last sent or a receipt last came. */
  #since = 0;
  #missed = 0;
  /** How often the newest picture was sent again. */
  #resends = 0;
  /** Runs only while something depends on a receipt. */
  #timer: Disposable | undefined;
  #isDisposed = false;

  constructor(options: ReceiptWatchOptions) {
    this.#options = options;
  }

  recordSend({ index }: Departure): void {
    // A new picture, or the first copy for a new view.
    if (index === this.#options.ledger.unconfirmedIndex) this.#resends = 0;
    this.#restart();
  }

  recordReceipt(): void {
    this.reset();
  }

  /** Another view is there: it gets the usual time. */
  reset(): void {
    this.#missed = 0;
    this.#resends = 0;
    this.#restart();
  }

  /** What depends on a receipt may have changed. */
  update(): void {
    const limit = this.#waits() ? this.#options.limit(this.#missed) : undefined;
    if (limit === undefined) {
      this.#stop();
      return;
    }
    if (this.#timer !== undefined) return;
    const { clock } = this.#options;
    const left = this.#since + limit - clock.monotonic();
    if (left > 0) this.#timer = clock.delay(left, () => this.#judgeLater());
    else this.#judgeLater();
  }

  /** Stops the timer. */
  dispose(): void {
    this.#isDisposed = true;
    this.#stop();
  }

  #waits(): boolean {
    if (this.#isDisposed) return false;
    return this.#options.isHeldUp() || this.#mayResend();
  }

  #mayResend(): boolean {
    const { ledger } = this.#options;
    const isLost = ledger.unconfirmedIndex !== undefined && this.#resends < MAX_RESENDS;
    return isLost && this.#options.mayResend();
  }

  #restart(): void {
    this.#since = this.#options.clock.monotonic();
    this.#stop();
    this.update();
  }

  /**
   * Decides one turn later: a kernel that was busy must first read the receipts that have arrived.
   */
  #judgeLater(): void {
    this.#timer = this.#options.clock.defer(() => {
      this.#timer = undefined;
      if (this.#waits()) this.#giveUp();
    });
  }

  #giveUp(): void {
    this.#since = this.#options.clock.monotonic();
    this.#missed += 1;
    this.#options.ledger.giveUp();
    this.#options.onGivenUp();
    if (!this.#mayResend()) return;
    this.#resends += 1;
    this.#options.resend();
    this.update();
  }

  #stop(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }
}
