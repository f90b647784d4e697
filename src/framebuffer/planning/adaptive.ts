import type { Departure, LedgerObserver, Receipt } from "../pacing/frameLedger";
import { LOSSLESS_QUALITY } from "../settings";
import type { LinkEstimate } from "./linkEstimate";
import { ProcessorRelief, SCALES, type ObservedRate } from "./processorRelief";

/**
 * The lowest quality of frames in motion. A lower one shows blocks instead of fewer details, so
 * frames get smaller instead.
 */
export const QUALITY_FLOOR = 30;

/** The difference in quality from one level to the next: about a sixth of the bytes. */
const QUALITY_STEP = 10;

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

/** Seconds for which a better level must fit before it is used. */
const RISE_DELAY = 1;

/** The share of the way to the best level that fits by which quality rises at once. */
const RISE_SHARE = 2 / 3;

/**
 * How many times the bytes of a frame may grow by when quality rises: how long a transfer takes is
 * not known much better than that when frames are small.
 */
const MAX_GROWTH = 4;

/** The longest {@link RISE_DELAY} in seconds. It doubles while each rise is followed by a fall. */
const MAX_RISE_DELAY = 16;

/**
 * Seconds after which a level counts as steady. A fall before that shows that the rise was wrong.
 */
const PROVEN_AFTER = 10;

/** The quality and size in which a frame is sent. */
export interface QualityLevel {
  /** 1..100. */
  readonly quality: number;
  /** The share of width and height, above 0 and up to 1. */
  readonly scale: number;
}

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
   * How many may be while the wanted rate is reached.
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
  /** Bytes that it would have had at quality 80 and scale 1. */
  readonly fullBytes: number;
  /** How long it would have been encoded at scale 1. */
  readonly fullEncoding: number;
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
}

/**
 * Keeps a wanted frame rate: lowers the quality, and at its floor the size of the moving picture.
 *
 * A frame holds one of `maxInFlight` places from its draw to its receipt, so the rate is
 * `maxInFlight / (draw + encoding + round trip)`. Only encoding and transfer depend on the level.
 * What they would take at each level is predicted, and the best level that fits is used. Nothing is
 * lowered while the rate is reached, while drawing limits it, or while no more frames are drawn.
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
  #rose = false;
  #roomSince: number | undefined;
  #riseDelay = RISE_DELAY;
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
  recordReceipt({ confirmed, receivedAt: now }: Receipt): void {
    const frames = confirmed.filter(({ purpose }) => purpose === "draw");
    if (frames.length === 0) return;
    for (const frame of frames) {
      this.#observed.push(observe(frame, now));
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
    this.#drawing = undefined;
    this.#judged = 0;
    this.#changedAt = -Infinity;
    this.#rose = false;
    this.#roomSince = undefined;
    this.#riseDelay = RISE_DELAY;
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
    const fits = (level: number, share: number) => {
      const at = levels[level];
      return at !== undefined && needs.fits(at, share);
    };
    if (needs.isShort && !fits(this.#level, needs.isQueueing ? 1 : FALL_SLACK)) {
      const lower = levels.findIndex((_, level) => level > this.#level && fits(level, 1));
      this.#fall(lower < 0 ? levels.length - 1 : lower, now);
      return;
    }
    const better = levels.findIndex((_, level) => fits(level, ROOM_TO_RISE));
    if (better < 0 || better >= this.#level) {
      this.#roomSince = undefined;
      return;
    }
    this.#roomSince ??= now;
    // Much room shows that the link is another one: earlier failures say nothing about it.
    const hasMuchRoom = fits(better, ROOM_TO_RISE / 2);
    const delay = hasMuchRoom ? RISE_DELAY / 2 : this.#riseDelay;
    if (now - this.#roomSince < delay) return;
    if (hasMuchRoom) this.#riseDelay = RISE_DELAY;
    // Not all the way: a prediction over many levels is rough.
    const next = this.#level - Math.ceil((this.#level - better) * RISE_SHARE);
    this.#change(this.#limitGrowth(next), now);
    this.#rose = true;
  }

  /** A better level up to `best`: one step, or more while frames don't grow too much. */
  #limitGrowth(best: number): number {
    const bytes = this.#levels().map(({ quality, scale }) => relativeBytes(quality, scale));
    const most = MAX_GROWTH * (bytes[this.#level] ?? 0);
    const level = bytes.findIndex((size, at) => at >= best && size <= most);
    return Math.min(level, this.#level - 1);
  }

  #fall(level: number, now: number): void {
    if (level === this.#level) return;
    const undoes = this.#rose && now - this.#changedAt < PROVEN_AFTER;
    if (undoes) this.#riseDelay = Math.min(2 * this.#riseDelay, MAX_RISE_DELAY);
    this.#change(level, now);
    this.#rose = false;
  }

  #change(level: number, now: number): void {
    if (this.#rose && now - this.#changedAt >= PROVEN_AFTER) this.#riseDelay = RISE_DELAY;
    this.#level = level;
    this.#startAnew(now);
  }

  /** Another level is in use: frames from before do not show what it takes. */
  #startAnew(now: number): void {
    this.#changedAt = now;
    this.#judged = 0;
    this.#roomSince = undefined;
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
    const fullEncoding = average((frame) => frame.fullEncoding);
    const fullBytes = average((frame) => frame.fullBytes);
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
    const most = Math.max(places, this.#options.maxInFlightAtTarget?.() ?? places);
    const allowed = Math.max(most * wanted - helpless, helpless * WORTHWHILE_SHARE);
    const isQueueing = link.queueing > wanted;
    return {
      rate: { interval, wanted: Math.max(target, drawing), work, isBusy },
      isShort: isBusy && (interval > INTERVAL_SLACK * wanted || isQueueing),
      isQueueing,
      fits({ quality, scale }, share) {
        const transfer = link.transferTime(fullBytes * relativeBytes(quality, scale));
        return (
          transfer + fullEncoding * scale * scale <= share * allowed &&
          transfer <= share * LINK_LOAD * wanted
        );
      },
    };
  }

  /** All levels, best first. */
  #levels(): readonly QualityLevel[] {
    const best = this.#options.maxQuality();
    if (best >= LOSSLESS_QUALITY) return [{ quality: best, scale: 1 }];
    const floor = Math.min(best, QUALITY_FLOOR);
    const levels: QualityLevel[] = [];
    for (let quality = best; quality > floor; quality -= QUALITY_STEP) {
      levels.push({ quality, scale: 1 });
    }
    for (const scale of SCALES) levels.push({ quality: floor, scale });
    return levels;
  }
}

function observe({ bytes, encodingSeconds, plan, sentAt }: Departure, now: number): Observed {
  const { quality, scale } = plan;
  return {
    sentAt,
    roundTrip: now - sentAt,
    encodingSeconds,
    fullBytes: bytes / relativeBytes(quality, scale),
    fullEncoding: encodingSeconds / (scale * scale),
  };
}

/**
 * Bytes of a JPEG of moving content at a quality and a scale, relative to quality 80 and scale 1.
 *
 * They fall with the factor by which libjpeg multiplies its quantization tables
 * (jpeg_quality_scaling), to the power of 0.6, and with the scale, to the power of 1.7: small
 * pictures hold more detail in each pixel. Both powers are rough fits; each level is measured again
 * in use.
 */
export function relativeBytes(quality: number, scale: number): number {
  const quantization = quality < 50 ? 5000 / quality : Math.max(2, 200 - 2 * quality);
  const atQuality80 = 40;
  return (quantization / atQuality80) ** -0.6 * scale ** 1.7;
}
