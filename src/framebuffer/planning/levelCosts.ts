import type { Departure } from "../pacing/frameLedger";
import { relativeBytes, type QualityLevel } from "./qualityLevel";

/** Frames whose costs are averaged: a third of a second of smooth motion. */
const OBSERVED = 10;

/** Seconds for which a level's costs are remembered: the picture may be another one later. */
const REMEMBERED = 16;

/** By what factor frames of one level grow or shrink if the picture is another one. */
const OTHER_PICTURE = 1.5;

/** Frames in a row that show it. */
const OTHER_FRAMES = 3;

/**
 * Seconds that a view takes about for decoding and painting a pixel. It also takes a time that does
 * not depend on the size.
 */
const VIEW_PIXEL = 10e-9;

/** What a frame takes. Times are in seconds. */
export interface FrameCosts {
  readonly bytes: number;
  readonly encoding: number;
  /** Decoding and painting; 0 if the view doesn't say it. */
  readonly view: number;
}

/** What frames of a level took. */
interface Known {
  readonly level: QualityLevel;
  /** Newest last. */
  readonly costs: readonly FrameCosts[];
  /** When the newest was acknowledged, in seconds. */
  readonly at: number;
}

/**
 * Predicts what frames take at each level. Pictures differ: the bytes of most fall with the scale
 * to the power of 1.7, those of noise to the power of 3, and its decoding with them. So what a
 * level was seen to take counts more than a formula; otherwise a level that takes too long would be
 * tried again and again.
 *
 * Only whole images show what a level takes: patches differ in their size, and so do a video's
 * keyframes and the chunks behind them.
 */
export class LevelCosts {
  /** What the last frames would have taken at quality 80 and scale 1, newest last. */
  #full: readonly FrameCosts[] = [];
  #known: readonly Known[] = [];
  /** Frames in a row that look like another picture's. */
  #strangers = 0;
  /** Whether the newest frame was a whole image. */
  #isWhole = false;
  /** Of the picture, before it was scaled. */
  #pixels = 0;

  /**
   * A frame was acknowledged.
   *
   * @param viewTime - in seconds; undefined if the view doesn't say it
   * @param now - in seconds by the monotonic clock
   */
  record(frame: Departure, viewTime: number | undefined, now: number): void {
    const { bytes, encodingSeconds: encoding, height, plan, width } = frame;
    if (width * height !== this.#pixels) this.reset();
    this.#pixels = width * height;
    this.#isWhole = plan.form === "image";
    const level = { quality: plan.quality, scale: plan.scale };
    const costs = { bytes, encoding, view: viewTime ?? 0 };
    this.#full = append(this.#full, this.#fullCosts(costs, level));
    if (this.#isWhole) this.#remember(level, costs, now);
  }

  #remember(level: QualityLevel, costs: FrameCosts, now: number): void {
    const before = this.#find(level)?.costs ?? [];
    const growth = costs.bytes / (medianBytes(before) ?? costs.bytes);
    const isStranger = growth > OTHER_PICTURE || growth < 1 / OTHER_PICTURE;
    this.#strangers = isStranger ? this.#strangers + 1 : 0;
    let known = append(before, costs);
    let others = this.#known.filter(
      (one) => !isSame(one.level, level) && now - one.at < REMEMBERED,
    );
    if (this.#strangers >= OTHER_FRAMES) {
      this.#strangers = 0;
      this.#full = this.#full.slice(-OTHER_FRAMES);
      known = known.slice(-OTHER_FRAMES);
      others = [];
    }
    this.#known = [...others, { level, costs: known, at: now }];
  }

  /** What a frame takes at a level; nothing before the first frame. */
  at(level: QualityLevel): FrameCosts {
    const known = this.#isWhole ? this.#find(level) : undefined;
    if (known !== undefined) return typical(known.costs);
    const { quality, scale } = level;
    const { bytes, encoding, view } = typical(this.#full);
    return {
      bytes: bytes * relativeBytes(quality, scale),
      encoding: encoding * scale * scale,
      view: Math.max(0, view - this.#viewTimeSaved(scale)),
    };
  }

  /** Forgets the picture and the view. */
  reset(): void {
    this.#full = [];
    this.#known = [];
    this.#strangers = 0;
  }

  #fullCosts({ bytes, encoding, view }: FrameCosts, { quality, scale }: QualityLevel): FrameCosts {
    return {
      bytes: bytes / relativeBytes(quality, scale),
      encoding: encoding / (scale * scale),
      view: view === 0 ? 0 : view + this.#viewTimeSaved(scale),
    };
  }

  /** Seconds that a view saves about where the picture is scaled. */
  #viewTimeSaved(scale: number): number {
    return this.#pixels * (1 - scale * scale) * VIEW_PIXEL;
  }

  #find(level: QualityLevel): Known | undefined {
    return this.#known.find((known) => isSame(known.level, level));
  }
}

function append(costs: readonly FrameCosts[], newest: FrameCosts): readonly FrameCosts[] {
  return [...costs.slice(1 - OBSERVED), newest];
}

/** What one of these frames takes; nothing where there are none. */
function typical(frames: readonly FrameCosts[]): FrameCosts {
  if (frames.length === 0) return { bytes: 0, encoding: 0, view: 0 };
  const mean = (of: (costs: FrameCosts) => number): number =>
    frames.reduce((sum, costs) => sum + of(costs), 0) / frames.length;
  return {
    bytes: mean(({ bytes }) => bytes),
    encoding: mean(({ encoding }) => encoding),
    // Frames that wait for each other seem to take longer.
    view: Math.min(...frames.map(({ view }) => view)),
  };
}

/** A single frame of another size doesn't change it. Undefined where there are none. */
function medianBytes(frames: readonly FrameCosts[]): number | undefined {
  const sorted = frames.map(({ bytes }) => bytes).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function isSame(one: QualityLevel, other: QualityLevel): boolean {
  return one.quality === other.quality && one.scale === other.scale;
}
