import type { LinkEstimate } from "../planning/linkEstimate";
import type { Departure, LedgerObserver, Receipt } from "./frameLedger";
import { RateTrial, SMOOTH_ENOUGH } from "./rateTrial";

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
 * The most frames in flight on a slow link: half a second at 15 frames a second. More would only
 * queue up.
 */
const MAX_IN_FLIGHT = 8;

/**
 * The share of an interval, or of the work for a frame if that is longer, from which on a transfer
 * limits the rate, if latency is long. With less, trials find out.
 */
const LIMITING_TRANSFER = 0.7;

/** The share of a new trip in the average: it goes back a second or two, and includes stalls. */
const TRIP_SHARE = 1 / 40;

/** The longest trip that counts, in seconds. Longer ones show a lost connection, not a stall. */
const LONGEST_TRIP = 1;

/**
 * If the newest frame is larger than the mean of the last ones by this factor, the link may not
 * carry as many of that size. Not the largest of them: keyframes of video would queue up.
 */
const GROWN = 1.5;

/** What a {@link FlightLimit} needs. */
export interface FlightLimitOptions {
  /** Observes the ledger before this does. */
  readonly link: Pick<LinkEstimate, "baseLatency" | "throughput" | "transferTime" | "wayTime">;
  /** The user's number, >= 1. */
  usual(): number;
  /**
   * Whether frames are small enough for more than that. However small they are, two in flight are
   * only two in a round trip.
   */
  areFramesSmall(): boolean;
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
 * In addition to the frame that is being worked on, one is needed for each interval that the way
 * there and back takes. Whether a further one helps depends on how much of the work is done at the
 * same time, on different processors, which {@link RateTrial} finds out.
 *
 * On a long way that often stalls, frames take longer than the way without stalls. By Little's law,
 * the wanted rate then needs as many in flight as are wanted in the time that a frame takes on
 * average.
 */
export class FlightLimit implements LedgerObserver {
  readonly #options: FlightLimitOptions;
  readonly #trial = new RateTrial();
  #trips: readonly Trip[] = [];
  /** The shortest way from the kernel to the view and back, in seconds. */
  #way = NO_WAY;
  /** Seconds from a frame's draw to its receipt, on average. */
  #averageTrip = 0;
  /** Of the newest frame in motion that was sent. */
  #newestBytes = 0;
  /** Receipts since the throughput of the link became known. */
  #measured = 0;
  #drawing = 0;
  /** Whether the view says how long it took for a frame. */
  #isViewKnown = false;
  /** How many the receipts so far allow, if more than the user's number. */
  #opened = 0;

  constructor(options: FlightLimitOptions) {
    this.#options = options;
  }

  /** How many frames may be in flight. */
  get current(): number {
    const usual = this.#options.usual();
    const wanted = this.#isViewKnown
      ? Math.max(this.#needed + this.#extra, this.#neededInStalls)
      : Math.max(usual, this.#needed);
    return Math.min(this.#most, Math.max(usual, this.#opened), wanted);
  }

  /** How many parts of a picture at rest may be in flight. They need not be seen soon. */
  get atRest(): number {
    return Math.max(this.current, this.#options.usual());
  }

  /**
   * How many frames are in flight if one goes every `interval` seconds, and what is done on
   * different processors overlaps: one more than latency alone needs. Never fewer than the user's
   * number, which trials may reach.
   */
  at(interval: number): number {
    return Math.min(this.#most, Math.max(this.#options.usual(), this.#neededAt(interval)) + 1);
  }

  /** get_frame() took so many seconds. */
  drew(seconds: number): void {
    this.#drawing = seconds;
  }

  recordSend({ bytes, purpose }: Departure): void {
    if (purpose === "draw") this.#newestBytes = bytes;
  }

  recordReceipt({ frame, held, receivedAt, seen, viewTime }: Receipt): void {
    const before = this.current;
    if (viewTime !== undefined) this.#isViewKnown = true;
    if (frame?.purpose !== "draw") return;
    const { bytes, encodingSeconds, sentAt } = frame;
    // One more for each receipt: the first can't distinguish latency from a slow transfer.
    this.#opened = before + 1;
    this.#noteWay(Math.max(0, receivedAt - sentAt - (viewTime ?? 0)), receivedAt);
    const work = this.#drawing + encodingSeconds + (viewTime ?? 0);
    this.#noteTrip(this.#drawing + encodingSeconds + receivedAt - sentAt);
    this.#trips = [...this.#trips.slice(1 - REMEMBERED), { work, bytes }];
    this.#trial.record({
      now: receivedAt,
      interval: this.#options.interval(),
      isLimited: this.#options.isDrawWanted(),
      isScreenLimit: held > 0,
      seen,
      mayRise: this.#mayRise,
    });
  }

  /** Another view is there. */
  reset(): void {
    this.#trips = [];
    this.#opened = 0;
    this.#way = NO_WAY;
    this.#averageTrip = 0;
    this.#measured = 0;
    this.#isViewKnown = false;
    this.#trial.reset();
  }

  #noteWay(seconds: number, now: number): void {
    const isOld = now - this.#way.at > SHORTEST_LASTS;
    if (isOld || seconds <= this.#way.seconds) this.#way = { seconds, at: now };
  }

  #noteTrip(seconds: number): void {
    this.#measured = this.#options.link.throughput === undefined ? 0 : this.#measured + 1;
    const share = Math.max(TRIP_SHARE, 1 / Math.max(1, this.#measured));
    this.#averageTrip += (Math.min(seconds, LONGEST_TRIP) - this.#averageTrip) * share;
  }

  get #most(): number {
    const usual = this.#options.usual();
    return this.#options.areFramesSmall() ? Math.max(usual, MAX_IN_FLIGHT) : usual;
  }

  /** Whether a trial can show what one more frame in flight gives. */
  get #mayRise(): boolean {
    const tried = this.#needed + this.#trial.extra;
    return !this.#isLinkLimit && tried >= this.#neededInStalls && tried < this.#most;
  }

  /** Frames in flight in addition to those that are needed. */
  get #extra(): number {
    return this.#isLinkLimit ? 0 : this.#trial.extra;
  }

  /**
   * Whether the link limits the rate. With a long latency it does where transfers take long, or
   * where frames should be frequent enough by what each takes, so that a stall is the reason.
   * Further frames in flight would only queue up. With a short latency only trials can show it.
   */
  get #isLinkLimit(): boolean {
    const interval = this.#options.interval();
    if (this.#latency <= interval) return false;
    const { transfer, work } = this.#times;
    const longest = Math.max(interval, work);
    if (this.#options.link.wayTime(this.#bytes) > LIMITING_TRANSFER * longest) return true;
    return (work + this.#latency + transfer) / this.#needed <= interval / SMOOTH_ENOUGH;
  }

  /** Frames in flight that give the full rate if only one is worked on at a time. */
  get #needed(): number {
    if (this.#trips.length === 0) return 1;
    const { transfer, work } = this.#times;
    const negligible = this.#isViewKnown ? NEGLIGIBLE_WAY : 0;
    return this.#neededAt(Math.max(this.#options.interval(), work, transfer), negligible);
  }

  /**
   * Frames in flight that give the full rate on a long way, with its stalls. 0 where the link
   * limits the rate: further frames would queue up in front of it after a stall. Also 0 where that
   * isn't certain, as its throughput became known just now, or frames have become larger. A slow
   * view doesn't get more than it can take.
   */
  get #neededInStalls(): number {
    const { link } = this.#options;
    const interval = this.#options.interval();
    if (this.#measured < REMEMBERED || !this.#options.areFramesSmall()) return 0;
    if (this.#latency <= interval) return 0;
    if (link.wayTime(this.#bytes) > LIMITING_TRANSFER * interval) return 0;
    if (this.#newestBytes > GROWN * this.#bytes) return 0;
    const { transfer, work } = this.#times;
    const longest = Math.max(interval, work, transfer);
    return Math.ceil(this.#averageTrip / longest - NEGLIGIBLE_WAY);
  }

  /** One frame that is worked on, and those on the way. */
  #neededAt(interval: number, negligible = 0): number {
    return 1 + Math.ceil(this.#latency / interval - negligible);
  }

  /** Seconds on the way there and back, without transfer. */
  get #latency(): number {
    const { baseLatency = 0 } = this.#options.link;
    // The measured way holds the transfer, and the latency a part of the view's time.
    return this.#isViewKnown ? Math.min(baseLatency, this.#way.seconds) : baseLatency;
  }

  /** What the newest frames take. */
  get #times(): { readonly work: number; readonly transfer: number } {
    // Frames that wait for each other seem to take longer.
    const work = Math.min(...this.#trips.map((trip) => trip.work));
    return { work, transfer: this.#options.link.transferTime(this.#bytes) };
  }

  /** The mean of the newest frames. */
  get #bytes(): number {
    const sum = this.#trips.reduce((total, { bytes }) => total + bytes, 0);
    return sum / Math.max(1, this.#trips.length);
  }
}
