import type { LedgerObserver, Receipt } from "../pacing/frameLedger";
import { LOSSLESS_QUALITY } from "../settings";
import { MIN_TRANSFER_BYTES, type LinkEstimate } from "./linkEstimate";
import { LevelCosts, type FrameCosts } from "./levelCosts";
import { ProcessorRelief, type ObservedRate } from "./processorRelief";
import { qualityLevels, type QualityLevel } from "./qualityLevel";
import { RiseTiming, type Room } from "./riseTiming";

/** Frames whose times are averaged: a third of a second of smooth motion. */
const OBSERVED = 10;

/** Receipts for frames sent at a level before that level is judged. With fewer, chance decides. */
const MIN_JUDGED = 4;

/**
 * The share of the wanted interval that transfers may fill. In a full link the queue only grows.
 */
const LINK_LOAD = 0.85;

/**
 * Where latency and drawing alone take longer than the wanted interval, transfer and encoding may
 * still take this share of them. Less would cost quality and hardly add frames.
 */
const WORTHWHILE_SHARE = 1 / 8;

/** How many times as long as wanted the interval may be before quality is lowered. */
const INTERVAL_SLACK = 1.08;

/**
 * The share of the allowed time that a better level may take. With more, quality would fall again
 * at once.
 */
const ROOM_TO_RISE = 0.75;

/** How many times the allowed time the current level may take before quality is lowered. */
const FALL_SLACK = 1.15;

/**
 * From this round trip on, in seconds, two receipts are enough to judge: more would take too long.
 */
const SLOW_ROUND_TRIP = 0.5;

/**
 * The share of the time in which frames are under way, from which on the link limits the rate, not
 * drawing.
 */
const BUSY_SHARE = 0.8;

/**
 * The share of the allowed time that transfers of a level with much room may take: half of what a
 * better level may otherwise take.
 */
const MUCH_ROOM = ROOM_TO_RISE / 2;

/** The share of the way to the best level that fits by which quality rises at once. */
const RISE_SHARE = 2 / 3;

/**
 * How many times as many bytes a frame may have when quality rises: small frames don't show
 * transfer times more exactly than that.
 */
const MAX_GROWTH = 4;

/** The same where transfers can't be measured. */
const MAX_GROWTH_UNMEASURED = 2;

/** What an {@link AdaptiveQuality} needs. */
export interface AdaptiveQualityOptions {
  /** Observes the ledger before this does. */
  readonly link: LinkEstimate;
  /** The user's setting, 1..100. From {@link LOSSLESS_QUALITY} on nothing is lowered. */
  maxQuality(): number;
  /** Frames per second to aim at, > 0. */
  targetFps(): number;
  /** How many frames may be in flight now, >= 1. */
  maxInFlight(): number;
  /**
   * How many may be in flight while the wanted rate is reached.
   *
   * @defaultValue as many as now
   */
  maxInFlightAtTarget?(): number;
}

/** A frame and its receipt. Times are in seconds. */
interface Observed {
  readonly sentAt: number;
  readonly roundTrip: number;
  readonly encodingSeconds: number;
}

/** What the newest frames show. */
interface Needs {
  readonly rate: ObservedRate;
  /**
   * Whether frames are less frequent, or wait longer, than wanted, and drawing is not the cause.
   */
  readonly isShort: boolean;
  /** Whether frames wait for each other longer than one interval. */
  readonly isQueueing: boolean;
  /** Whether a level takes at most this share of the allowed time. */
  fits(level: QualityLevel, share: number): boolean;
  /** Whether a level leaves enough room to be used for this reason. */
  mayRiseTo(level: QualityLevel, room: Room): boolean;
}

/**
 * Keeps a wanted frame rate: lowers the quality, and at its floor the size of the moving picture.
 *
 * A frame holds one of `maxInFlight` places from its draw to its receipt, so the rate is
 * `maxInFlight / (draw + encoding + round trip)`. Only encoding, transfer and the view's time
 * depend on the level. What they would take at each level is predicted, and the best level that
 * fits is used. Nothing is lowered while the rate is reached, while drawing limits it, or while no
 * more frames are drawn.
 *
 * While the processor is short the level stays: nothing about the link can be learnt. Frames get
 * smaller then, and fewer (see {@link ProcessorRelief}).
 */
export class AdaptiveQuality implements LedgerObserver {
  readonly #options: AdaptiveQualityOptions;
  /** An index into the levels; 0 is the best. */
  #level = 0;
  #observed: Observed[] = [];
  #drawing: number | undefined;
  /** Receipts for frames sent since the level changed. */
  #judged = 0;
  #changedAt = -Infinity;
  readonly #costs = new LevelCosts();
  readonly #timing = new RiseTiming();
  readonly #relief = new ProcessorRelief();

  constructor(options: AdaptiveQualityOptions) {
    this.#options = options;
  }

  /** The level of the next frame in motion. */
  get current(): QualityLevel {
    const levels = this.#levels();
    const best = { quality: this.#options.maxQuality(), scale: 1 };
    const { quality, scale } = levels[Math.min(this.#level, levels.length - 1)] ?? best;
    const isLossless = quality >= LOSSLESS_QUALITY;
    return { quality, scale: isLossless ? scale : Math.min(scale, this.#relief.scale) };
  }

  /**
   * get_frame() took so many seconds, until its Promise settled. Not for frames of send_frame().
   */
  frameDrawn(seconds: number): void {
    this.#drawing ??= seconds;
    this.#drawing += (seconds - this.#drawing) / OBSERVED;
  }

  /**
   * A receipt came. Only frames in motion count; not one that was sent again or lossless. Quality
   * and scale are those it was encoded in.
   */
  recordReceipt({ confirmed, receivedAt: now, viewTime }: Receipt): void {
    const frames = confirmed.filter(({ purpose }) => purpose === "draw");
    if (frames.length === 0) return;
    for (const frame of frames) {
      const { encodingSeconds, sentAt } = frame;
      this.#observed.push({ sentAt, roundTrip: now - sentAt, encodingSeconds });
      // What frames take now they would not take with the processor free.
      if (!this.#options.link.processor.isShort) this.#costs.record(frame, viewTime, now);
      // Before, another level was in use. Patches are never scaled.
      if (frame.sentAt >= this.#changedAt) this.#judged += 1;
    }
    this.#observed = this.#observed.slice(-OBSERVED);
    this.#level = Math.min(this.#level, this.#levels().length - 1);
    const isSlow = (this.#options.link.roundTrip ?? 0) >= SLOW_ROUND_TRIP;
    if (this.#judged >= (isSlow ? MIN_JUDGED / 2 : MIN_JUDGED)) this.#judge(now);
  }

  /** Another view is there: starts with the best quality. */
  reset(): void {
    this.#level = 0;
    this.#observed = [];
    this.#costs.reset();
    this.#drawing = undefined;
    this.#judged = 0;
    this.#changedAt = -Infinity;
    this.#timing.reset();
    this.#relief.reset();
  }

  #judge(now: number): void {
    const levels = this.#levels();
    const needs = this.#needs();
    if (needs === undefined) return;
    const { isShort } = this.#options.link.processor;
    if (this.#relief.judge(needs.rate, isShort, now)) {
      this.#observed = [];
      this.#startAnew(now);
    }
    if (isShort) return;
    const current = levels[this.#level];
    if (current === undefined) return;
    if (needs.isShort && !needs.fits(current, needs.isQueueing ? 1 : FALL_SLACK)) {
      const lower = levels.findIndex((one, level) => level > this.#level && needs.fits(one, 1));
      this.#fall(lower < 0 ? levels.length - 1 : lower, now);
    } else {
      if (this.#judged >= OBSERVED && !needs.isShort) this.#timing.held();
      this.#considerRise(needs, now);
    }
  }

  /** Uses a better level if one has fitted for long enough. */
  #considerRise(needs: Needs, now: number): void {
    const find = (room: Room): number =>
      this.#levels().findIndex((level) => needs.mayRiseTo(level, room));
    const ample = this.#judged >= OBSERVED ? find("ample") : -1;
    const room: Room = ample >= 0 && ample < this.#level ? "ample" : "possible";
    const best = room === "ample" ? ample : find("possible");
    if (best < 0 || best >= this.#level) {
      this.#timing.restart();
      return;
    }
    if (!this.#timing.isDue(room, now)) return;
    // With little room and an unknown latency only a part of the way: predictions are rough.
    const share = room === "ample" || this.#options.link.isLatencyKnown ? 1 : RISE_SHARE;
    const steps = Math.ceil((this.#level - best) * share);
    this.#timing.rose(room, now);
    this.#change(this.#limitGrowth(this.#level - steps), now);
  }

  /** A better level up to `best`: one step, or more while frames don't grow too much. */
  #limitGrowth(best: number): number {
    const bytes = this.#levels().map((level) => this.#costs.at(level).bytes);
    const newest = bytes[this.#level] ?? 0;
    const { isLatencyKnown, throughput } = this.#options.link;
    const isMeasured = isLatencyKnown || (newest >= MIN_TRANSFER_BYTES && throughput !== undefined);
    const most = newest * (isMeasured ? MAX_GROWTH : MAX_GROWTH_UNMEASURED);
    const level = bytes.findIndex((size, at) => at >= best && size <= most);
    return Math.min(level, this.#level - 1);
  }

  #fall(level: number, now: number): void {
    if (level === this.#level) return;
    this.#timing.fell(now);
    this.#change(level, now);
  }

  #change(level: number, now: number): void {
    this.#level = level;
    this.#startAnew(now);
  }

  /** Another level is in use: frames from before do not show what it takes. */
  #startAnew(now: number): void {
    this.#changedAt = now;
    this.#judged = 0;
    this.#timing.restart();
  }

  /** What the newest frames show about the rate, and about the time that a level would take. */
  #needs(): Needs | undefined {
    const { link } = this.#options;
    const first = this.#observed[0];
    const last = this.#observed.at(-1);
    const base = link.baseLatency;
    if (first === undefined || last === undefined || base === undefined) return undefined;
    const count = this.#observed.length;
    const average = (of: (frame: Observed) => number) =>
      this.#observed.reduce((sum, frame) => sum + of(frame), 0) / count;
    const interval = (last.sentAt - first.sentAt) / Math.max(1, count - 1);
    const encoding = average((frame) => frame.encodingSeconds);
    const roundTrip = average((frame) => frame.roundTrip);
    const places = this.#options.maxInFlight();
    const target = 1 / this.#options.targetFps();
    const drawing = this.#drawing ?? 0;
    const work = (drawing + encoding + roundTrip) / places;
    const isBusy = work >= BUSY_SHARE * interval;
    // Slow or infrequent drawing leaves more time for each frame.
    const wanted = isBusy
      ? Math.max(target, drawing)
      : Math.max(target, drawing, Math.min(interval, 2 * target));
    const helpless = base + drawing;
    const isQueueing = link.queueing > wanted;
    const isShort = isBusy && (interval > INTERVAL_SLACK * wanted || isQueueing);
    const most = Math.max(places, this.#options.maxInFlightAtTarget?.() ?? places);
    const allowed = Math.max(most * wanted - helpless, helpless * WORTHWHILE_SHARE);
    /** Whether a frame takes these shares of the link's time and of all. */
    const takes = (
      { encoding: encodes, view }: FrameCosts,
      transfer: number,
      linkShare: number,
      share: number,
    ): boolean =>
      transfer <= linkShare * LINK_LOAD * wanted && transfer + encodes + view <= share * allowed;
    const levelCosts = this.#costs;
    return {
      rate: { interval, wanted: Math.max(target, drawing), work, isBusy },
      isShort,
      isQueueing,
      fits(level, share) {
        const costs = levelCosts.at(level);
        return takes(costs, link.quickestTransfer(costs.bytes, MIN_JUDGED), share, share);
      },
      mayRiseTo(level, room) {
        const isCautious = (isShort || room === "ample") && !link.isLatencyKnown;
        const costs = levelCosts.at(level);
        const { bytes } = costs;
        const transfer = isCautious ? link.transferTime(bytes) : link.shortestTransfer(bytes);
        return takes(costs, transfer, room === "ample" ? MUCH_ROOM : ROOM_TO_RISE, ROOM_TO_RISE);
      },
    };
  }

  /** All levels, best first. */
  #levels(): readonly QualityLevel[] {
    return qualityLevels(this.#options.maxQuality());
  }
}
