import type { LinkEstimate } from "../planning/linkEstimate";

/** Seconds that a receipt has at least: a page that is busy for that long is nothing unusual. */
export const MIN_RECEIPT_LIMIT = 0.5;

/**
 * Seconds after which nothing is awaited any longer, unless the frames in flight take longer to
 * transfer. Ten are soon enough for a person who looks at a picture that stands still.
 */
export const MAX_RECEIPT_LIMIT = 10;

/** Seconds that the first receipt has: the page may still be opening. */
const FIRST_RECEIPT_LIMIT = 2;

/** How many times as long as expected a receipt may take. */
const PATIENCE = 4;

/** Bytes per second that a link has at least while nothing was measured: 1 Mbit/s. */
const SLOW_LINK = 125_000;

/** What {@link receiptLimit} depends on. */
export interface ReceiptLimitInput {
  readonly link: Pick<LinkEstimate, "roundTrip" | "longestTransfer">;
  /** Encoded bytes that were sent and not acknowledged. */
  readonly bytesInFlight: number;
  /** How often in a row a receipt was overdue. */
  readonly missed: number;
}

/**
 * Seconds without a receipt after which the frames in flight are considered lost: four times what
 * was measured and what their transfer takes, 0.5 s at least. It doubles each time that nothing
 * comes, up to 10 s.
 */
export function receiptLimit({ link, bytesInFlight, missed }: ReceiptLimitInput): number {
  const transfer = link.longestTransfer(bytesInFlight) ?? bytesInFlight / SLOW_LINK;
  const usual = link.roundTrip === undefined ? FIRST_RECEIPT_LIMIT : PATIENCE * link.roundTrip;
  const limit = Math.max(MIN_RECEIPT_LIMIT, usual, PATIENCE * transfer);
  return Math.min(limit * 2 ** missed, Math.max(MAX_RECEIPT_LIMIT, PATIENCE * transfer));
}
