/** Fits latency and transfer time of a link to what receipts show. */

/**
 * The weight of a receipt relative to the next newer one: about ten decide, so a change shows
 * within ten frames.
 */
const AGEING = 0.85;

/**
 * Seconds off the estimate from which on a receipt counts less: pauses of the page or the kernel
 * are not the link.
 */
export const USUAL_JITTER = 0.004;

/**
 * The weight of the last base latency, in receipts. With frames of equal size a fit cannot separate
 * latency from transfer time; a change then counts as one of the throughput, until frames of other
 * sizes come.
 */
const LATENCY_INERTIA = 0.3;

/**
 * By how many seconds a second the base latency may grow. After a stall a few receipts would
 * otherwise look like a longer latency, and the link as if it had no limit.
 */
const LATENCY_GROWTH = 0.02;

/** Rounds in which receipts are weighted by how far off they are. */
const WEIGHING_ROUNDS = 3;

/** The frames that one receipt confirmed. Times are in seconds. */
export interface Trip {
  readonly bytes: number;
  /** From sending the first of them until the receipt. */
  readonly roundTrip: number;
  /** From the receipt before to this one. */
  readonly sinceReceipt: number;
}

/** What is believed of a link. Times are in seconds. */
export interface LinkFit {
  /** From sending an empty frame to its receipt on a free link. */
  readonly base: number;
  /** Transfer of a frame of average size; 0 before the first fit. */
  readonly transfer: number;
}

/** What a fit begins with. */
export interface FitStart extends LinkFit {
  /** Of the trips. */
  readonly averageBytes: number;
  /**
   * The shortest round trip in seconds, also of frames that are too small to count. Bounds the
   * latency where it is not known.
   */
  readonly quickest: number;
  /** The latency in seconds that pings show; undefined without them. */
  readonly latency: number | undefined;
}

/**
 * Fits base latency and transfer time to the newest receipts.
 *
 * @param trips - newest first, at least one
 * @param from - the estimate so far
 */
export function fitLink(trips: readonly Trip[], from: FitStart): LinkFit {
  const { averageBytes, base: before, latency, quickest } = from;
  const newest = trips[0]?.sinceReceipt ?? 0;
  // Before the first transfer only an upper bound of the base latency is known.
  const isNew = from.transfer === 0;
  const inertia = isNew ? LATENCY_INERTIA / 100 : LATENCY_INERTIA;
  const longest = isNew ? Infinity : before + LATENCY_GROWTH * Math.min(newest, 1);
  const limited = (seconds: number): number =>
    latency === undefined
      ? Math.min(Math.max(0, seconds), quickest, longest)
      : Math.min(Math.max(latency, seconds), latency + USUAL_JITTER);
  let base = isNew && latency === undefined ? 0 : limited(before);
  let { transfer } = from;
  for (let round = 0; round < WEIGHING_ROUNDS; round++) {
    const isFirst = transfer === 0;
    // Sums of the normal equations.
    let latencies = inertia;
    let mixed = 0;
    let sizes = 0;
    let latencySum = inertia * before;
    let sizeSum = 0;
    let queuedSizeSum = 0;
    let age = 1;
    for (const { bytes, roundTrip, sinceReceipt } of trips) {
      const size = bytes / averageBytes;
      // Whether the link was busy with the frame before.
      const queued = sinceReceipt < roundTrip - base;
      const seconds = queued ? sinceReceipt : roundTrip;
      const off = Math.abs(seconds - (queued ? 0 : base) - transfer * size);
      const weight = isFirst ? age : age * Math.min(1, USUAL_JITTER / off);
      age *= AGEING;
      sizes += weight * size * size;
      if (queued) {
        queuedSizeSum += weight * size * seconds;
      } else {
        latencies += weight;
        mixed += weight * size;
        latencySum += weight * seconds;
        sizeSum += weight * size * seconds;
      }
    }
    const right = sizeSum + queuedSizeSum;
    const determinant = latencies * sizes - mixed * mixed;
    const solved = determinant > 0 ? (latencySum * sizes - mixed * right) / determinant : before;
    base = limited(solved);
    transfer = Math.max(0, (right - mixed * base) / sizes);
  }
  return { base, transfer };
}
