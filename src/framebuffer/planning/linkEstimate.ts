import type { Departure, LedgerObserver, Receipt } from "../pacing/frameLedger";
import { LinkBounds, MIN_TRANSFER_SECONDS } from "./linkBounds";
import { fitLink, USUAL_JITTER, type Trip } from "./linkFit";
import { ProcessorEstimate } from "./processorEstimate";

/** Receipts that count. Older ones would hardly weigh. */
const TRIPS = 32;

/**
 * Frames of fewer bytes do not show the throughput: the cost of a message and chance outweigh them.
 */
export const MIN_TRANSFER_BYTES = 4096;

/** Frames of fewer than {@link MIN_TRANSFER_BYTES} do, if their transfer takes so many seconds. */
const MIN_MEASURED_SECONDS = 0.008;

/**
 * Receipts in a row that are all much slower than expected when the link has become slow, or all
 * much faster when it has become fast. A stall delays one: those behind it come at the link's pace.
 */
const DISAGREEING = 3;

/** As {@link DISAGREEING}, where they are late by more than a stall or two take. */
const DISAGREEING_GREATLY = 2;

/** By what factor a receipt is slower or faster than expected if it disagrees. */
const DISAGREEMENT = 2;

/** By how many seconds it is at least. */
const MIN_DISAGREEMENT = 0.01;

/** Seconds of lateness, of all together, that no usual stall takes. */
const GREAT_DISAGREEMENT = 0.4;

/**
 * By what factor the way may be faster than the quickest of the last frames: delays of programs
 * make small ones slower than it.
 */
const MOST_ABOVE_QUICKEST = 2;

/**
 * Estimates latency and throughput of the link from the receipts. "The link" is everything that
 * takes longer for more bytes: the network, Jupyter Server, and the page's decoder if the view
 * doesn't say its own time.
 *
 * A frame that has the link to itself takes the base latency and its transfer time. One that comes
 * while the link is busy arrives its transfer time after the one before. Both numbers are fitted to
 * the newest receipts by least squares, in which outliers count little (Huber's weights).
 */
export class LinkEstimate implements LedgerObserver {
  #lastReceipt = -Infinity;
  /** Seconds of the last round trips of frames of any size: latency is no longer than these. */
  #roundTrips: number[] = [];
  /** Newest first. */
  #trips: Trip[] = [];
  /** Receipts that disagree with the estimate, all in the same direction, newest first. */
  #doubtful: { readonly trip: Trip; readonly lateness: number }[] = [];
  /** What the quickest of the last frames and pings show. */
  readonly #bounds = new LinkBounds();
  #secondsPerByte = 0;
  #averageBytes = 0;
  #base: number | undefined;
  #roundTrip: number | undefined;
  #queueing = 0;
  /** Whether this end's processor is short, and delays frames that the link would not. */
  readonly processor: ProcessorEstimate;

  constructor(processor: ProcessorEstimate = new ProcessorEstimate()) {
    this.processor = processor;
  }

  /**
   * Seconds from sending an empty frame to its receipt on a free link; undefined before the first
   * receipt.
   */
  get baseLatency(): number | undefined {
    return this.#base;
  }

  /**
   * Bytes per second; undefined while transfers are too fast to measure, so that the link is no
   * limit.
   */
  get throughput(): number | undefined {
    return this.#secondsPerByte * this.#averageBytes < MIN_TRANSFER_SECONDS
      ? undefined
      : 1 / this.#secondsPerByte;
  }

  /**
   * Bytes per second that the link carries at least, without the view's time: what the last
   * receipts show for certain. 0 if the view doesn't say its time.
   */
  get carried(): number {
    return this.#bounds.carried;
  }

  /**
   * Seconds from sending the newest acknowledged frame to its receipt; undefined before the first.
   */
  get roundTrip(): number | undefined {
    return this.#roundTrip;
  }

  /**
   * Seconds that the newest acknowledged frame waited for others: round trip less latency and
   * transfer, >= 0.
   */
  get queueing(): number {
    return this.#queueing;
  }

  /**
   * Seconds that the transfer of so many bytes takes, without latency. 0 while the link is no
   * limit.
   */
  transferTime(bytes: number): number {
    return this.throughput === undefined ? 0 : bytes * this.#secondsPerByte;
  }

  /**
   * Bytes per second of the way alone, as far as the view says its own time: a page that decodes
   * slowly isn't a slow link. Infinity while the link is no limit.
   */
  get wayThroughput(): number {
    return Math.max(this.carried, this.throughput ?? Infinity);
  }

  /** Whether pings have measured the latency. */
  get isLatencyKnown(): boolean {
    return this.#bounds.isLatencyKnown;
  }

  /**
   * Seconds that so many bytes take at the rate of the quickest of the last frames, if that is less
   * than {@link transferTime} and the latency is known.
   *
   * @param frames - how many frames count, at most and by default 8
   */
  quickestTransfer(bytes: number, frames?: number): number {
    return Math.min(this.transferTime(bytes), bytes / this.#bounds.throughput(frames));
  }

  /** Seconds that so many bytes take on the way alone, without latency. */
  wayTime(bytes: number): number {
    return bytes / this.wayThroughput;
  }

  /**
   * As {@link wayTime}, but no less than the quickest of the last frames makes likely, if the
   * latency is known: after stalls, a slow link may seem to be a fast one.
   */
  cautiousWayTime(bytes: number): number {
    const quickest = this.#bounds.throughput();
    const most = quickest === 0 ? Infinity : MOST_ABOVE_QUICKEST * quickest;
    return Math.max(this.wayTime(bytes), bytes / Math.max(this.carried, most));
  }

  /**
   * An upper bound of {@link transferTime}: a transfer too fast to measure may have taken as long
   * as the shortest one that can be. Undefined while nothing was measured.
   */
  longestTransfer(bytes: number): number | undefined {
    if (this.#averageBytes === 0) return undefined;
    const slowest = Math.max(this.#secondsPerByte, MIN_TRANSFER_SECONDS / this.#averageBytes);
    return bytes * slowest;
  }

  /**
   * A lower bound of {@link transferTime}: a part of the measured time may have been delays of
   * programs, which weigh most with small frames. Where the latency is known, the quickest frame
   * had few.
   */
  shortestTransfer(bytes: number): number {
    if (this.isLatencyKnown) return this.quickestTransfer(bytes);
    const chance = this.#averageBytes === 0 ? 0 : USUAL_JITTER / this.#averageBytes;
    return this.throughput === undefined ? 0 : bytes * Math.max(0, this.#secondsPerByte - chance);
  }

  recordSend(departure: Departure): void {
    this.processor.recordSend(departure);
  }

  /** A receipt came. One that confirms nothing is ignored. */
  recordReceipt({ confirmed: frames, receivedAt, viewTime }: Receipt): void {
    const oldest = frames[0];
    const newest = frames.at(-1);
    if (oldest === undefined || newest === undefined) return;
    this.#roundTrip = receivedAt - newest.sentAt;
    const roundTrip = Math.max(0, this.#roundTrip - (viewTime ?? 0));
    // With the view's time taken off, a later receipt could seem earlier than the one before.
    const now = Math.max(newest.sentAt + roundTrip, this.#lastReceipt);
    if (viewTime !== undefined) this.#bounds.recordTransit(newest.bytes, roundTrip, now);
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
    const trip = {
      bytes,
      roundTrip: now - oldest.sentAt,
      sinceReceipt: now - this.#lastReceipt,
    };
    this.#lastReceipt = now;
    this.#roundTrips = [roundTrip, ...this.#roundTrips.slice(0, TRIPS - 1)];
    this.#base ??= roundTrip;
    if (this.#isMisleading(frames, trip)) return;
    if (bytes < MIN_TRANSFER_BYTES) this.#base = Math.min(this.#base, trip.roundTrip);
    if (this.#isMeasurable(trip)) this.#note(trip);
    this.#queueing = Math.max(0, roundTrip - this.#base - this.transferTime(newest.bytes));
  }

  /**
   * The view has answered a ping, which took so many seconds. It may have waited for frames, so the
   * shortest of several counts.
   */
  recordPing(seconds: number, now: number): void {
    this.#bounds.recordPing(seconds, now);
    if (this.#trips.length > 0) this.#fit();
    else this.#base = Math.min(this.#bounds.latency ?? seconds, ...this.#roundTrips);
  }

  /** The link may be another one now: forgets what is known about it. */
  reset(): void {
    this.#lastReceipt = -Infinity;
    this.#roundTrips = [];
    this.#bounds.reset();
    this.#trips = [];
    this.#doubtful = [];
    this.#secondsPerByte = 0;
    this.#averageBytes = 0;
    this.#base = undefined;
    this.#roundTrip = undefined;
    this.#queueing = 0;
  }

  /**
   * Whether the processor may have delayed frames or their receipt. It can only make the link look
   * slower than it is.
   */
  #isMisleading(frames: readonly Departure[], { bytes, roundTrip }: Trip): boolean {
    if (!frames.some((frame) => this.processor.wasShortFor(frame))) return false;
    return this.#trips.length === 0 || roundTrip > (this.#base ?? 0) + this.transferTime(bytes);
  }

  /** Whether a transfer takes long enough to be measured, or clearly less than estimated. */
  #isMeasurable({ bytes, roundTrip }: Trip): boolean {
    const transfer = this.transferTime(bytes);
    if (bytes >= MIN_TRANSFER_BYTES || transfer >= MIN_MEASURED_SECONDS) return true;
    return roundTrip < (this.#base ?? 0) + transfer - USUAL_JITTER;
  }

  /**
   * Whether a receipt came together with the one before, after a long round trip: a stall held both
   * back, so the time between them shows nothing.
   */
  #isReleased({ bytes, roundTrip, sinceReceipt }: Trip): boolean {
    const expected = bytes * this.#secondsPerByte;
    return sinceReceipt < expected / DISAGREEMENT && roundTrip > (this.#base ?? 0) + expected;
  }

  #note(trip: Trip): void {
    if (this.#isReleased(trip) || !this.#isBelievable(trip)) return;
    this.#averageBytes =
      this.#trips.reduce((sum, { bytes }) => sum + bytes, 0) / this.#trips.length;
    // One receipt alone cannot separate latency from transfer.
    if (this.#trips.length > 1 || this.#bounds.latency !== undefined) this.#fit();
  }

  /**
   * Adds a receipt to those that count. One that disagrees with the estimate waits until the next
   * ones agree or disagree as well.
   *
   * @returns whether what counts has changed
   */
  #isBelievable(trip: Trip): boolean {
    const lateness = this.#trips.length < DISAGREEING_GREATLY ? 0 : this.#lateness(trip);
    const [before] = this.#doubtful;
    const isContrary = before !== undefined && Math.sign(before.lateness) !== Math.sign(lateness);
    if (isContrary) {
      this.#trips.unshift(...this.#doubtful.map((one) => one.trip));
      this.#doubtful = [];
    }
    if (lateness === 0) {
      this.#trips.unshift(trip);
    } else {
      this.#doubtful.unshift({ trip, lateness });
      if (!this.#isAnotherLink()) return isContrary;
      const trips = this.#doubtful.map((one) => one.trip);
      this.#trips = this.#isLongWay(trips) ? [...trips, ...this.#trips] : trips;
      this.#doubtful = [];
    }
    this.#trips.length = Math.min(this.#trips.length, TRIPS);
    return true;
  }

  #isAnotherLink(): boolean {
    const count = this.#doubtful.length;
    const sum = this.#doubtful.reduce((total, { lateness }) => total + lateness, 0);
    return count >= (sum > GREAT_DISAGREEMENT ? DISAGREEING_GREATLY : DISAGREEING);
  }

  /**
   * Whether late receipts and those before show a longer latency than estimated, instead of another
   * link: frames that all waited for each other show only an upper bound of it. If so, this
   * corrects the base latency.
   */
  #isLongWay(late: readonly Trip[]): boolean {
    if (this.#bounds.latency !== undefined) return false;
    const longest = ({ bytes, roundTrip }: Trip): number =>
      roundTrip - bytes * this.#secondsPerByte;
    const base = Math.min(...late.map(longest));
    const agreeing = this.#trips.filter((trip) => longest(trip) >= base).length;
    if (base <= (this.#base ?? 0) || 2 * agreeing <= this.#trips.length) return false;
    if (base > Math.min(...this.#roundTrips)) return false;
    this.#base = base;
    return true;
  }

  /**
   * By how many seconds a receipt is late, or early if negative; 0 if it is about as expected.
   *
   * After a stall several receipts may come at once. That one follows the other closely shows no
   * fast link: a frame is early only if all of its round trip is short.
   */
  #lateness({ bytes, roundTrip, sinceReceipt }: Trip): number {
    const expected = bytes * this.#secondsPerByte;
    const longest = roundTrip - (this.#base ?? 0);
    const shortest = Math.min(sinceReceipt, longest);
    if (shortest > Math.max(DISAGREEMENT * expected, expected + MIN_DISAGREEMENT)) {
      return shortest - expected;
    }
    const isEarly = longest < Math.min(expected / DISAGREEMENT, expected - USUAL_JITTER);
    return isEarly ? longest - expected : 0;
  }

  #fit(): void {
    const { base, transfer } = fitLink(this.#trips, {
      base: this.#base ?? 0,
      transfer: this.#secondsPerByte * this.#averageBytes,
      averageBytes: this.#averageBytes,
      quickest: Math.min(...this.#roundTrips),
      latency: this.#bounds.latency,
    });
    this.#base = base;
    this.#secondsPerByte = transfer / this.#averageBytes;
  }
}
