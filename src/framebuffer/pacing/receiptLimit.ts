import type { LinkEstimate } from "../planning/linkEstimate";

/** The shortest limit, in seconds. Pages are often busy for that long. */
export const MIN_RECEIPT_LIMIT = 0.5;

/**
 * The longest limit, in seconds, unless the frames that are awaited take longer to transfer. Nobody
 * watches a frozen picture for longer.
 */
export const MAX_RECEIPT_LIMIT = 10;

/** The limit before the first receipt, in seconds: the page may still be loading. */
const FIRST_RECEIPT_LIMIT = 2;

/** How many times as long as measured a receipt may take. */
const PATIENCE = 4;

/**
 * How many times as long the limit is after each one that passed. Frames that are only late would
 * queue up behind each other with a smaller factor, on a link that became slow.
 */
const GROWTH = 4;

/** Bytes per second that a link is assumed to have before anything was measured: 1 Mbit/s. */
const SLOW_LINK = 125_000;

/** What {@link receiptLimit} depends on. */
export interface ReceiptLimitInput {
  readonly link: Pick<LinkEstimate, "roundTrip" | "longestTransfer">;
  /** Encoded bytes whose receipts have not come. */
  readonly bytesAwaited: number;
  /** How often in a row a receipt was overdue. */
  readonly missed: number;
}

/**
 * Seconds without a receipt after which the frames in flight are considered lost: four times the
 * measured round trip, and four times what the transfer takes; 0.5 s at least. The limit grows
 * while no receipt comes, up to 10 s.
 */
export function receiptLimit({ link, bytesAwaited, missed }: ReceiptLimitInput): number {
  const transfer = link.longestTransfer(bytesAwaited) ?? bytesAwaited / SLOW_LINK;
  const usual = link.roundTrip === undefined ? FIRST_RECEIPT_LIMIT : PATIENCE * link.roundTrip;
  const limit = Math.max(MIN_RECEIPT_LIMIT, usual, PATIENCE * transfer);
  return Math.min(limit * GROWTH ** missed, Math.max(MAX_RECEIPT_LIMIT, PATIENCE * transfer));
}
