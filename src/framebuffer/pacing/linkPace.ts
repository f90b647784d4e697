import type { Disposable } from "../../protocol/transport";
import type { LinkEstimate } from "../planning/linkEstimate";
import type { Runtime } from "../runtime";
import type { Departure, FrameLedger, LedgerObserver, Receipt } from "./frameLedger";

/** Seconds that the link may still take for what was sent when another frame begins. */
const MAX_BACKLOG = 0.04;

/** Seconds that what was sent may wait in front of a stalled link. */
const MAX_QUEUE = 0.05;

/**
 * The share of the estimated transfer times that counts. If the estimate were too slow, frames sent
 * at exactly that pace would never show it.
 */
const COUNTED_SHARE = 0.9;

/** What a {@link LinkPace} needs. */
export interface LinkPaceOptions {
  readonly clock: Pick<Runtime, "delay" | "monotonic">;
  /** Observes the ledger before this does. */
  readonly link: Pick<LinkEstimate, "baseLatency" | "cautiousWayTime" | "wayTime">;
  readonly ledger: Pick<FrameLedger, "bytesAwaited" | "encoding" | "inFlight">;
  /** The link may carry another frame. Called after {@link LinkPace.isFull} was true. */
  onFree(): void;
}

/**
 * Keeps the queue in front of the link short. Receipts that a stall held back come all at once; the
 * frames that they make room for would otherwise be sent all at once, and wait for each other.
 */
export class LinkPace implements LedgerObserver, Disposable {
  readonly #options: LinkPaceOptions;
  /** When the link will have carried what was sent. */
  #freeAt = -Infinity;
  /** What the transfer of the newest frame takes, in seconds. */
  #transfer = 0;
  #timer: Disposable | undefined;

  constructor(options: LinkPaceOptions) {
    this.#options = options;
  }

  /** Whether the link has enough to carry for now. Calls back when it no longer has. */
  isFull(): boolean {
    const { clock, ledger, link } = this.#options;
    const { baseLatency } = link;
    if (baseLatency === undefined || ledger.inFlight === 0) return false;
    const now = clock.monotonic();
    const coming = ledger.encoding * this.#transfer;
    // A receipt will make room.
    if (link.cautiousWayTime(ledger.bytesAwaited) + coming > baseLatency + MAX_QUEUE) return true;
    const free = Math.max(this.#freeAt, now) + coming;
    const left = free - MAX_BACKLOG - now;
    if (left <= 0) return false;
    this.#timer ??= clock.delay(left, () => {
      this.#timer = undefined;
      this.#options.onFree();
    });
    return true;
  }

  recordSend({ bytes, sentAt }: Departure): void {
    const { link } = this.#options;
    this.#transfer = link.wayTime(bytes) * COUNTED_SHARE;
    const isKnown = link.baseLatency !== undefined;
    this.#freeAt = (isKnown ? Math.max(this.#freeAt, sentAt) : sentAt) + this.#transfer;
  }

  recordReceipt({ receivedAt }: Receipt): void {
    // The link has carried all but what is still awaited, sooner than was estimated perhaps.
    const { ledger, link } = this.#options;
    this.#freeAt = Math.min(this.#freeAt, receivedAt + link.wayTime(ledger.bytesAwaited));
  }

  /** Stops its timer. */
  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }
}
