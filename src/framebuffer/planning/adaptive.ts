import { AwaitedFrames } from "../pacing/awaitedFrames";
import type { Departure } from "../sending/frameSender";
import type { LinkEstimate } from "./linkEstimate";
import { LOSSLESS_QUALITY } from "../settings";

/** The quality below which frames become smaller instead: below it JPEG shows blocks rather than fewer details. */
export const QUALITY_FLOOR = 30;

/** By how much the quality of one step differs from the next: about a sixth of the bytes. */
const QUALITY_STEP = 10;

/** Shares of width and height of the moving picture, best first. */
const SCALES = [1, 0.75, 0.5, 0.375, 0.25] as const;

/** Frames whose times are averaged. A third of a second of smooth motion. */
const OBSERVED = 10;

/** Receipts for frames that left since the last change of level before it is judged. Of fewer, chance would decide. */
const MIN_JUDGED = 4;

/** The share of the wanted interval that transfers may fill: of a link that is full, waiting grows without end. */
const LINK_LOAD = 0.85;

/**
 * The share of what cannot be helped (latency, drawing) down to which transfer and encoding are cut, even when the wanted rate is
 * out of reach: less would cost quality and hardly bring frames.
 */
const WORTHWHILE_SHARE = 1 / 8;

/** How far the measured interval may exceed the wanted one before quality is lowered. */
const INTERVAL_SLACK = 1.08;

/** How much less than allowed a better level must take before quality is raised. With it goes up where it will not come down again. */
const ROOM_TO_RISE = 0.75;

/** How much more than allowed the present level may take before quality is lowered. */
const FALL_SLACK = 1.15;

/** Seconds of round trip from which on two receipts are enough to judge by. Waiting for more would take too long. */
const SLOW_ROUND_TRIP = 0.5;

/** The share of its time in which the way to the view is in use, from which on it sets the pace, and not the one who draws. */
const BUSY_SHARE = 0.8;

/** Seconds with room for a better level before it is taken. */
const RISE_DELAY = 1;

/** Seconds to which that grows, doubling, while each rise is followed by a fall. */
const MAX_RISE_DELAY = 16;

/** Seconds within which a fall undoes a rise, and after which a level counts as steady. */
const PROVEN_AFTER = 10;

/** How good and how large a frame is sent. */
export interface QualityLevel {
  /** 1..100. */
  readonly quality: number;
  /** The share of width and height, above 0 and up to 1. */
  readonly scale: number;
}

/** A frame that was drawn, and left. */
export type AdaptiveDeparture = Departure & QualityLevel;

/** What an {@link AdaptiveQuality} needs. */
export interface AdaptiveQualityOptions {
  /** Is told of every frame and receipt by its owner, before the receipt comes here. */
  readonly link: LinkEstimate;
  /** What the user wants, 1..100. From {@link LOSSLESS_QUALITY} on nothing is lowered. */
  maxQuality(): number;
  /** Frames per second to aim at, > 0. */
  targetFps(): number;
  /** How many frames may be in flight, >= 1. */
  maxInFlight(): number;
}

interface Observed {
  readonly index: number;
  readonly sentAt: number;
  readonly encodingSeconds: number;
  /** Bytes, had it been sent at quality 80 and scale 1. */
  readonly fullBytes: number;
  /** Encoding, had it been sent at scale 1. */
  readonly fullEncoding: number;
}

interface Acknowledged extends Observed {
  readonly roundTrip: number;
}

/** What the newest frames say. */
interface Needs {
  /** Whether frames come less often, or wait longer, than wanted, and not because of who draws them. */
  readonly isShort: boolean;
  /** Whether frames wait for each other longer than one interval. */
  readonly isQueueing: boolean;
  /** Whether a level takes no more than this share of what is allowed. */
  fits(level: QualityLevel, share: number): boolean;
}

/**
 * Keeps a wanted frame rate by lowering quality, and when that is at its floor the size of the moving picture.
 *
 * A frame holds one of `maxInFlight` places from the draw until its receipt, so the rate is `maxInFlight / (draw + encoding + round
 * trip)`. Of this only encoding and transfer depend on the level; what they would take at each level is predicted, and the best level
 * that fits is taken. Nothing is lowered while the rate is reached, while drawing limits it, or while nobody wants more frames.
 */
export class AdaptiveQuality {
  readonly #options: AdaptiveQualityOptions;
  /** 0 is the best. */
  #level = 0;
  readonly #awaited = new AwaitedFrames<Observed>(256);
  #observed: Acknowledged[] = [];
  #drawing: number | undefined;
  /** Receipts for frames that left since the level changed. */
  #judged = 0;
  #changedAt = -Infinity;
  #rose = false;
  #roomSince: number | undefined;
  #riseDelay = RISE_DELAY;

  constructor(options: AdaptiveQualityOptions) {
    this.#options = options;
  }

  /** How the next frame in motion is to be sent. */
  get current(): QualityLevel {
    const levels = this.#levels();
    return (
      levels[Math.min(this.#level, levels.length - 1)] ?? {
        quality: this.#options.maxQuality(),
        scale: 1,
      }
    );
  }

  /** get_frame() took so many seconds; Promises included. Not called for what send_frame() brings. */
  frameDrawn(seconds: number): void {
    this.#drawing ??= seconds;
    this.#drawing += (seconds - this.#drawing) / OBSERVED;
  }

  /** A frame in motion left; not one sent again or lossless. Quality and scale are those it was encoded in. */
  frameSent({ index, sentAt, bytes, encodingSeconds, quality, scale }: AdaptiveDeparture): void {
    this.#awaited.add({
      index,
      sentAt,
      encodingSeconds,
      fullBytes: bytes / relativeBytes(quality, scale),
      fullEncoding: encodingSeconds / (scale * scale),
    });
  }

  /**
   * A receipt came that stands for all frames up to `index`.
   *
   * @param now seconds, by the clock of `sentAt`
   */
  acknowledged(index: number, now: number): void {
    const frames = this.#awaited.confirm(index);
    if (frames.length === 0) return;
    for (const frame of frames) {
      this.#observed.push({ ...frame, roundTrip: now - frame.sentAt });
      // Before, another level was in use. Patches have no level's scale.
      if (frame.sentAt >= this.#changedAt) this.#judged += 1;
    }
    this.#observed = this.#observed.slice(-OBSERVED);
    this.#level = Math.min(this.#level, this.#levels().length - 1);
    const isSlow = (this.#options.link.roundTrip ?? 0) >= SLOW_ROUND_TRIP;
    if (this.#judged >= (isSlow ? MIN_JUDGED / 2 : MIN_JUDGED)) this.#judge(now);
  }

  /** Another view, or another way to it: begins with the best quality. */
  reset(): void {
    this.#level = 0;
    this.#awaited.clear();
    this.#observed = [];
    this.#drawing = undefined;
    this.#judged = 0;
    this.#changedAt = -Infinity;
    this.#rose = false;
    this.#roomSince = undefined;
    this.#riseDelay = RISE_DELAY;
  }

  #judge(now: number): void {
    const levels = this.#levels();
    const needs = this.#needs();
    if (needs === undefined) return;
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
    if (now - this.#roomSince < this.#riseDelay) return;
    // Half of the way, as a prediction over many levels is rough.
    this.#change(this.#level - Math.ceil((this.#level - better) / 2), now);
    this.#rose = true;
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
    this.#changedAt = now;
    this.#judged = 0;
    this.#roomSince = undefined;
  }

  /** What the newest frames say about the rate, and about what a level would take. */
  #needs(): Needs | undefined {
    const { link } = this.#options;
    const first = this.#observed[0];
    const last = this.#observed.at(-1);
    const base = link.baseLatency;
    if (first === undefined || last === undefined || base === undefined) return undefined;
    const count = this.#observed.length;
    const average = (of: (frame: Acknowledged) => number) =>
      this.#observed.reduce((sum, frame) => sum + of(frame), 0) / count;
    const interval = (last.sentAt - first.sentAt) / Math.max(1, count - 1);
    const encoding = average((frame) => frame.encodingSeconds);
    const fullEncoding = average((frame) => frame.fullEncoding);
    const fullBytes = average((frame) => frame.fullBytes);
    const roundTrip = average((frame) => frame.roundTrip);
    const places = this.#options.maxInFlight();
    const target = 1 / this.#options.targetFps();
    const drawing = this.#drawing ?? 0;
    const isBusy = drawing + encoding + roundTrip >= BUSY_SHARE * places * interval;
    // Who draws slowly, or seldom, gets the time that leaves.
    const wanted = isBusy
      ? Math.max(target, drawing)
      : Math.max(target, drawing, Math.min(interval, 2 * target));
    const helpless = base + drawing;
    const allowed = Math.max(places * wanted - helpless, helpless * WORTHWHILE_SHARE);
    const isQueueing = link.queueing > wanted;
    return {
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

/**
 * How many bytes a JPEG of moving content takes at a quality and a scale, in relation to quality 80 and scale 1. The bytes fall with
 * the factor by which libjpeg multiplies its quantization tables (jpeg_quality_scaling), to the power of 0.6, and with the size, to
 * the power of 1.7, as small pictures hold more detail for each pixel. Both powers are rough: measuring goes on at each level.
 */
export function relativeBytes(quality: number, scale: number): number {
  const quantization = quality < 50 ? 5000 / quality : Math.max(2, 200 - 2 * quality);
  const atQuality80 = 40;
  return (quantization / atQuality80) ** -0.6 * scale ** 1.7;
}
