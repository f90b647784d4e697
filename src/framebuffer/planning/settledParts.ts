import type { LossyRegion } from "../changes/lossyRegion";
import { CELL_SIZE } from "../changes/bands";
import { MAX_RECTS, totalArea, type Rect } from "../changes/rects";
import { TILE_CELLS } from "../changes/settledRects";
import type { Departure, LedgerObserver, Receipt } from "../pacing/frameLedger";
import type { Clock } from "../runtime";
import { isLossless, type FramePlan } from "./framePlan";
import type { LinkEstimate } from "./linkEstimate";
import type { StillParts } from "./stillParts";

/** The most cells at a time: a tile. Encoding them takes about 3 ms. */
const MAX_CELLS = TILE_CELLS * TILE_CELLS;

/** The least to which a slow encoder lowers {@link MAX_CELLS}. */
const MIN_CELLS = MAX_CELLS / 16;

/** Seconds that a frame in motion may wait while a part is encoded in front of it. */
const MAX_ENCODING = 0.006;

/** Seconds that a frame in motion may wait while the link carries a part. */
const MAX_TRANSFER = 0.01;

/** The share of the encoder's time. */
const ENCODER_SHARE = 0.05;

/** The share of the link's time. */
const LINK_SHARE = 0.1;

/**
 * Seconds from one part to the next at least: each costs the view a message and a decoder's start.
 */
const MIN_PAUSE = 0.1;

/** Seconds for which resting cells are gathered: one image costs less than several small ones. */
const GATHERING = 0.5;

/** Seconds until the next part if one could not be sent. */
const AFTER_FAILURE = 1;

/** What {@link SettledParts} need. */
export interface SettledPartsOptions {
  readonly clock: Pick<Clock, "monotonic">;
  readonly region: LossyRegion;
  readonly link: Pick<LinkEstimate, "wayTime">;
  readonly stills: Pick<StillParts, "pixelsIn">;
}

/**
 * Decides which lossy parts are sent again without loss while others still move: those that rested
 * for a while, a few at a time, in a small share of the time.
 */
export class SettledParts implements LedgerObserver {
  readonly #options: SettledPartsOptions;
  #maxCells = MAX_CELLS;
  #firstTile = 0;
  /** Whether {@link next} left out nothing. */
  #isAll = true;
  /** The part that is on its way to the view. */
  #plan: FramePlan | undefined;
  /** Its frame's index, once it was sent. */
  #index = Infinity;
  /** No part is sent before this time, in seconds. */
  #notBefore = 0;

  constructor(options: SettledPartsOptions) {
    this.#options = options;
  }

  /** Whether a part is being encoded, or was sent and not acknowledged. */
  get isUnderWay(): boolean {
    return this.#plan !== undefined;
  }

  /**
   * What may be sent now.
   *
   * @param after - seconds of rest
   * @returns no rectangles where nothing may
   */
  next(after: number): readonly Rect[] {
    const { clock, region, stills } = this.#options;
    if (this.isUnderWay || clock.monotonic() < this.#notBefore) return [];
    const affordable = Math.floor(stills.pixelsIn(MAX_TRANSFER) / CELL_SIZE ** 2);
    const found = region.settledRects(after, {
      maxRects: MAX_RECTS,
      maxCells: Math.max(1, Math.min(this.#maxCells, affordable)),
      firstTile: this.#firstTile,
    });
    this.#firstTile = found.nextTile;
    this.#isAll = found.isAll;
    return found.rects;
  }

  /** What {@link next} returned goes to the encoder in this form. */
  begin(plan: FramePlan): void {
    this.#plan = plan;
    this.#index = Infinity;
    this.#notBefore = this.#options.clock.monotonic() + AFTER_FAILURE;
  }

  /** Forgets the part under way: it may never arrive, or its receipt may not. */
  reset(): void {
    this.#plan = undefined;
  }

  recordSend({ bytes, encodingSeconds, index, plan, sentAt }: Departure): void {
    if (plan !== this.#plan || plan.form !== "patches" || !isLossless(plan)) return;
    this.#index = index;
    const transfer = this.#options.link.wayTime(bytes);
    const pause = Math.max(encodingSeconds / ENCODER_SHARE, transfer / LINK_SHARE);
    this.#notBefore = sentAt + Math.max(pause, this.#isAll ? GATHERING : MIN_PAUSE);
    const cells = totalArea(plan.rects) / CELL_SIZE ** 2;
    if (encodingSeconds > MAX_ENCODING) {
      this.#maxCells = Math.max(MIN_CELLS, Math.min(cells, this.#maxCells) / 2);
    } else if (encodingSeconds < MAX_ENCODING / 2) {
      this.#maxCells = Math.min(MAX_CELLS, this.#maxCells * 2);
    }
  }

  recordUnsent({ plan }: Departure): void {
    if (plan === this.#plan) this.reset();
  }

  recordReceipt({ index }: Receipt): void {
    if (index >= this.#index) this.reset();
  }
}
