import { AwaitedFrames } from "../pacing/awaitedFrames";
import type { Departure } from "../sending/frameSender";

/** What a {@link LinkEstimate} must know of a frame that left. */
export type LinkDeparture = Pick<Departure, "index" | "sentAt" | "bytes">;

/** Receipts that are looked at. More tell no more, as old ones count for little. */
const TRIPS = 32;

/** How much less each older receipt counts: about the last ten decide, so that a change of the link is seen within as many frames. */
const AGEING = 0.85;

/** Seconds off the estimate from which on a receipt counts less: a pause of the page or the kernel says nothing about the link. */
const USUAL_JITTER = 0.004;

/**
 * How firmly the last base latency is kept, in receipts. Where all frames are equally large, receipts cannot tell latency from
 * transfer time; a change is then taken as one of the throughput, until frames of other sizes show better.
 */
const LATENCY_INERTIA = 0.3;

/** Rounds of weighing receipts by how far off they are. */
const WEIGHING_ROUNDS = 3;

/** Bytes below which a frame tells nothing of the throughput: the cost of a message and chance outweigh them. */
const MIN_TRANSFER_BYTES = 4096;

/** Seconds of transfer below which the link cannot be told from one without a limit. */
const MIN_TRANSFER_SECONDS = 0.001;

/** Frames that one receipt stood for. Times in seconds. */
interface Trip {
  readonly bytes: number;
  /** From sending the first of them until the receipt. */
  readonly roundTrip: number;
  /** From the receipt before until this one. */
  readonly sinceReceipt: number;
}

/**
 * What the receipts tell about the way to the view and back: how long it takes when nothing waits, and how many bytes a second go
 * through. "The link" is everything that takes longer for more bytes: the network, the Jupyter server, the page's decoder.
 *
 * A frame that has the link for itself takes base latency and its transfer time; one that comes while the link is busy arrives its
 * transfer time after the one before. Both numbers are fitted to the newest receipts, by least squares in which those far off count
 * little (Huber's weights).
 *
 * Frames are told in the order in which they are sent. Keeps a bounded number of them.
 */
export class LinkEstimate {
  readonly #awaited = new AwaitedFrames<LinkDeparture>(256);
  #lastReceipt = -Infinity;
  #trips: Trip[] = [];
  #secondsPerByte = 0;
  #averageBytes = 0;
  #base: number | undefined;
  #roundTrip: number | undefined;
  #queueing = 0;

  /** Seconds from sending to receipt for a frame of no bytes when nothing waits; undefined before the first receipt. */
  get baseLatency(): number | undefined {
    return this.#base;
  }

  /** Bytes per second; undefined while transfers are too quick to tell, so that the link is no limit. */
  get throughput(): number | undefined {
    return this.#secondsPerByte * this.#averageBytes < MIN_TRANSFER_SECONDS
      ? undefined
      : 1 / this.#secondsPerByte;
  }

  /** Seconds from sending to receipt of the newest frame acknowledged; undefined before. */
  get roundTrip(): number | undefined {
    return this.#roundTrip;
  }

  /** Seconds that the newest frame acknowledged waited for others: its round trip less base latency and its own transfer. >= 0. */
  get queueing(): number {
    return this.#queueing;
  }

  /** Seconds that so many bytes take to go through, without latency. 0 while the link is no limit. */
  transferTime(bytes: number): number {
    return this.throughput === undefined ? 0 : bytes * this.#secondsPerByte;
  }

  /** A frame, of whatever kind, was sent. */
  frameSent({ index, sentAt, bytes }: LinkDeparture): void {
    this.#awaited.add({ index, sentAt, bytes });
  }

  /**
   * A receipt came that stands for all frames up to `index`. One that brings nothing new is ignored.
   *
   * @param now seconds, by the clock of `sentAt`
   */
  acknowledged(index: number, now: number): void {
    const frames = this.#awaited.confirm(index);
    const oldest = frames[0];
    const newest = frames.at(-1);
    if (oldest === undefined || newest === undefined) return;
    const roundTrip = now - newest.sentAt;
    this.#roundTrip = roundTrip;
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
    const trip = {
      bytes,
      roundTrip: now - oldest.sentAt,
      sinceReceipt: now - this.#lastReceipt,
    };
    this.#lastReceipt = now;
    this.#base ??= roundTrip;
    if (bytes >= MIN_TRANSFER_BYTES) this.#note(trip);
    else this.#base = Math.min(this.#base, trip.roundTrip);
    this.#queueing = Math.max(0, roundTrip - this.#base - this.transferTime(newest.bytes));
  }

  /** The way to the view may be another now: what is known of it and what is awaited is forgotten. */
  reset(): void {
    this.#awaited.clear();
    this.#lastReceipt = -Infinity;
    this.#trips = [];
    this.#secondsPerByte = 0;
    this.#averageBytes = 0;
    this.#base = undefined;
    this.#roundTrip = undefined;
    this.#queueing = 0;
  }

  #note(trip: Trip): void {
    this.#trips.unshift(trip);
    if (this.#trips.length > TRIPS) this.#trips.pop();
    this.#averageBytes =
      this.#trips.reduce((sum, { bytes }) => sum + bytes, 0) / this.#trips.length;
    // The first one alone cannot be told apart.
    if (this.#trips.length > 1) this.#fit();
  }

  /** Fits base latency `base` and the transfer time `transfer` of a frame of average size to the newest receipts. */
  #fit(): void {
    const before = this.#base ?? 0;
    const quickest = Math.min(...this.#trips.map(({ roundTrip }) => roundTrip));
    // While no transfer was seen, base latency is not known but for an upper bound.
    const isNew = this.#secondsPerByte === 0;
    const inertia = isNew ? LATENCY_INERTIA / 100 : LATENCY_INERTIA;
    let base = isNew ? 0 : Math.min(before, quickest);
    let transfer = this.#secondsPerByte * this.#averageBytes;
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
      for (const { bytes, roundTrip, sinceReceipt } of this.#trips) {
        const size = bytes / this.#averageBytes;
        // Whether the link was busy with the frame before when this one could have come.
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
      base = Math.min(Math.max(0, solved), quickest);
      transfer = Math.max(0, (right - mixed * base) / sizes);
    }
    this.#base = base;
    this.#secondsPerByte = transfer / this.#averageBytes;
  }
}
