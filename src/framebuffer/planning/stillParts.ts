import { CELL_SIZE } from "../changes/bands";
import { totalArea, type Rect } from "../changes/rects";
import type { Departure } from "../pacing/frameLedger";
import { isLossless, sentArea } from "./framePlan";
import type { LinkEstimate } from "./linkEstimate";

/** A still goes in parts if its transfer takes longer, in seconds. */
const LONG_TRANSFER = 0.1;

/** What the transfer of one part takes at least, in seconds. */
const MIN_PART_SECONDS = 0.05;

/** Seconds that a frame in motion may have to wait for the parts in front of it. */
const MAX_QUEUE = 0.1;

/** Bytes for each pixel before a still was sent: a scene as PNG. */
const USUAL_BYTES = 1.6;

/** The weight of the newest still in the average of bytes for each pixel. */
const NEWEST_SHARE = 0.5;

/** What is known about the link. */
type StillLink = Pick<LinkEstimate, "baseLatency" | "wayThroughput">;

/**
 * Cuts the lossless redraw into parts where the link is slow. The next drag would otherwise wait
 * until all of it has been carried: six seconds for 1.5 MB at 2 Mbit/s.
 */
export class StillParts {
  readonly #link: StillLink;
  readonly #places: () => number;
  /** What is still to be sent of the picture at rest. */
  #left: Rect[] = [];
  #bytesPerPixel = USUAL_BYTES;

  /** @param places - how many parts may be in flight, >= 1 */
  constructor(link: StillLink, places: () => number) {
    this.#link = link;
    this.#places = places;
  }

  /** Whether parts are still to be sent. */
  get isUnderWay(): boolean {
    return this.#left.length > 0;
  }

  /**
   * What to send next.
   *
   * @param lossy - the lossy parts of a picture that did not change since the last call, or since
   * {@link forget}
   * @returns these where the link is fast enough; otherwise a part of them
   */
  next(lossy: readonly Rect[]): readonly Rect[] {
    const throughput = this.#link.wayThroughput;
    if (this.#left.length === 0) {
      const bytes = totalArea(lossy) * this.#bytesPerPixel;
      if (bytes <= LONG_TRANSFER * throughput) return lossy;
      this.#left = [...lossy];
    }
    return this.#take(this.pixelsIn(this.#partSeconds));
  }

  /** Whether another part may go while so many bytes are under way. */
  mayFollow(bytesAwaited: number): boolean {
    if (!this.isUnderWay) return true;
    return bytesAwaited <= this.#link.wayThroughput * (this.#mostSeconds - this.#partSeconds);
  }

  /** What the transfer of all parts in flight may take: the link is never empty with that. */
  get #mostSeconds(): number {
    return (this.#link.baseLatency ?? 0) + MAX_QUEUE;
  }

  get #partSeconds(): number {
    return Math.max(MIN_PART_SECONDS, this.#mostSeconds / this.#places());
  }

  /** About how many lossless pixels the link carries in so many seconds. */
  pixelsIn(seconds: number): number {
    return (seconds * this.#link.wayThroughput) / this.#bytesPerPixel;
  }

  /**
   * Takes about so many pixels: one rectangle at least, and more while they fit. So the short end
   * of a row is sent with the next row: alone it would leave the link idle, as few parts may be
   * under way.
   */
  #take(area: number): readonly Rect[] {
    const taken: Rect[] = [];
    let room = area;
    for (let rect = this.#left.shift(); rect !== undefined; rect = this.#left.shift()) {
      const { part, rest } = cut(rect, room);
      const size = totalArea([part]);
      if (taken.length > 0 && size > room) {
        this.#left.unshift(rect);
        break;
      }
      taken.push(part);
      room -= size;
      this.#left.unshift(...rest);
    }
    return taken;
  }

  /** The picture changed. */
  forget(): void {
    this.#left = [];
  }

  /** A frame is sent: learns what a lossless picture takes. */
  recordSend({ bytes, height, plan, width }: Departure): void {
    if (!isLossless(plan)) return;
    const area = sentArea(plan, width, height);
    if (area > 0) this.#bytesPerPixel += (bytes / area - this.#bytesPerPixel) * NEWEST_SHARE;
  }
}

/**
 * Cuts a part of about so many pixels from the top of a rectangle, from its left where one row of
 * cells is more. The cuts lie on cells.
 */
function cut(rect: Rect, area: number): { part: Rect; rest: readonly Rect[] } {
  const { height, width, x, y } = rect;
  const rows = Math.max(CELL_SIZE, cells(area / width));
  const part = { ...rect, height: Math.min(rows, height) };
  const below = { ...rect, y: y + part.height, height: height - part.height };
  const rest = below.height > 0 ? [below] : [];
  const columns = Math.max(CELL_SIZE, cells(area / part.height));
  if (columns >= width) return { part, rest };
  const right = { ...part, x: x + columns, width: width - columns };
  return { part: { ...part, width: columns }, rest: [right, ...rest] };
}

/** The pixels of whole cells. */
function cells(pixels: number): number {
  return Math.floor(pixels / CELL_SIZE) * CELL_SIZE;
}
