import type { LinkEstimate } from "../planning/linkEstimate";
import type { LedgerObserver, Receipt } from "./frameLedger";
import { RateTrial } from "./rateTrial";

/** Receipts whose times count: a third of a second of smooth motion. */
const REMEMBERED = 20;

/** Seconds for which the shortest way counts. Later the link may be another one. */
const SHORTEST_LASTS = 10;

/**
 * The part of an interval that the way may take without one more frame: the way through a server on
 * the same machine takes less.
 */
const NEGLIGIBLE_WAY = 0.4;

/**
 * Receipts before which no more than the user's number are in flight, if they are for frames of so
 * many bytes: the first ones can't tell a long way from a slow link.
 */
const FIRST_RECEIPTS = 4;
const LARGE_FRAME = 16_384;

/**
 * The part of an interval from which on a transfer shows that the link limits the rate. Further
 * frames in flight would wait in front of it, or for it when it stands still.
 */
const LIMITING_TRANSFER = 0.25;

/** What a {@link FlightLimit} needs. */
export interface FlightLimitOptions {
  /** Observes the ledger before this does. */
  readonly link: Pick<LinkEstimate, "baseLatency" | "transferTime">;
  /** Whether a draw waits for receipts. */
  isDrawWanted(): boolean;
  /** Seconds from one frame to the next that are aimed at. */
  readonly interval: () => number;
}

/** Before the first receipt. */
const NO_WAY = { seconds: Infinity, at: 0 };

/** A frame in motion. */
interface Trip {
  /** Seconds in which kernel and view were busy with it. */
  readonly work: number;
  readonly bytes: number;
}

/**
 * Decides how many frames are in flight: as few as give the full rate, since each further one only
 * waits for those before it. Views that don't say how long they took for a frame don't pace their
 * receipts either: for them it is the user's number, or more where latency needs them.
 *
 * Beside the frame that is being worked on, one is needed for each interval that the way there and
 * back takes. Whether a further one helps depends on how much of the work is done at the same time,
 * on different processors, which {@link RateTrial} finds out.
 */
export class FlightLimit implements LedgerObserver {
  readonly #options: FlightLimitOptions;
  readonly #trial = new RateTrial();
  #trips: readonly Trip[] = [];
  /** The shortest way from the kernel to the view and back, in seconds. */
  #way = NO_WAY;
  #drawing = 0;
  /** Whether the view says how long it took for a frame. */
  #isViewKnown = false;
  #most = 1;

  constructor(options: FlightLimitOptions) {
    this.#options = options;
  }

  /**
   * How many frames may be in flight.
   *
   * @param usual - the user's number, >= 1
   * @param most - >= `usual`
   */
  current(usual: number, most: number): number {
    this.#most = this.#isWayUnsure ? usual : most;
    if (!this.#isViewKnown) return Math.min(this.#most, Math.max(usual, this.#needed));
    return Math.min(this.#most, this.#needed + this.#extra);
  }

  /** get_frame() took so many seconds. */
  drew(seconds: number): void {
    this.#drawing = seconds;
  }

  recordReceipt({ frame, held, receivedAt, seen, viewTime }: Receipt): void {
    if (viewTime !== undefined) this.#isViewKnown = true;
    if (frame?.purpose !== "draw") return;
    const { bytes, encodingSeconds, sentAt } = frame;
    this.#noteWay(Math.max(0, receivedAt - sentAt - (viewTime ?? 0)), receivedAt);
    const work = this.#drawing + encodingSeconds + (viewTime ?? 0);
    this.#trips = [...this.#trips.slice(1 - REMEMBERED), { work, bytes }];
    this.#trial.record({
      now: receivedAt,
      isLimited: this.#options.isDrawWanted(),
      isScreenLimit: held > 0,
      seen,
      mayRise: !this.#isLinkLimit && this.#needed + this.#trial.extra < this.#most,
    });
  }

  /** Another view is there. */
  reset(): void {
    this.#trips = [];
    this.#way = NO_WAY;
    this.#isViewKnown = false;
    this.#trial.reset();
  }

  #noteWay(seconds: number, now: number): void {
    const isOld = now - this.#way.at > SHORTEST_LASTS;
    if (isOld || seconds <= this.#way.seconds) this.#way = { seconds, at: now };
  }

  /** Seconds that the transfer of a frame takes. */
  get #transfer(): number {
    const bytes = this.#trips.reduce((sum, trip) => sum + trip.bytes, 0);
    return this.#options.link.transferTime(bytes / Math.max(1, this.#trips.length));
  }

  get #isWayUnsure(): boolean {
    const isLarge = this.#trips.some(({ bytes }) => bytes >= LARGE_FRAME);
    return isLarge && this.#trips.length < FIRST_RECEIPTS;
  }

  get #isLinkLimit(): boolean {
    return this.#transfer > LIMITING_TRANSFER * this.#options.interval();
  }

  /** Frames in flight in addition to those that latency needs. */
  get #extra(): number {
    return this.#isLinkLimit ? 0 : this.#trial.extra;
  }

  /** Frames in flight that give the full rate if only one is worked on at a time. */
  get #needed(): number {
    const { interval, link } = this.#options;
    const { baseLatency = 0 } = link;
    if (this.#trips.length === 0) return 1;
    // The measured way holds the transfer, and the latency a part of the view's time.
    const way = this.#isViewKnown ? Math.min(baseLatency, this.#way.seconds) : baseLatency;
    const negligible = this.#isViewKnown ? NEGLIGIBLE_WAY : 0;
    // Frames that wait for each other seem to take longer.
    const work = Math.min(...this.#trips.map((trip) => trip.work));
    const slowest = Math.max(interval(), work, this.#transfer);
    return 1 + Math.ceil(way / slowest - negligible);
  }
}
