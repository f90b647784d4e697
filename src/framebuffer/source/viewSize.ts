/** Bounds of the size that a view asks for: what is drawn for it takes memory and time. */
import type { ResizeEvent, RfbEvent } from "../../protocol/events";
import { MAX_FRAME_PIXELS } from "../../protocol/messages";
import { MAX_FRAME_SIDE } from "./frame";

/** The largest size that is drawn for a view. */
export interface SizeLimit {
  /** Longest side in pixels. */
  readonly side: number;
  /** Width times height. */
  readonly pixels: number;
}

/**
 * The limit for views. An 8K screen is 7680 pixels wide; a frame of 4096 x 4096 pixels has 64 MiB,
 * and there are several of each frame in memory.
 */
export const VIEW_LIMIT: SizeLimit = { side: 8192, pixels: 4096 * 4096 };

/** The size of the largest frame. */
export const FRAME_LIMIT: SizeLimit = { side: MAX_FRAME_SIDE, pixels: MAX_FRAME_PIXELS };

/** Reduces a size until it is within a limit, and keeps its shape. Sides are whole pixels. */
export function fitSize(
  width: number,
  height: number,
  limit: SizeLimit,
): readonly [width: number, height: number] {
  return reduced(width, height, shrinkFactor(width, height, limit));
}

/**
 * A resize event whose size is within a limit. The ratio is reduced too, so that a source that
 * draws in `width * ratio` stays within it as well. Sides are at least 1.
 *
 * @param logical - a limit of the logical size, for a view that isn't trusted
 */
export function boundResize(
  event: ResizeEvent,
  physical: SizeLimit = VIEW_LIMIT,
  logical?: SizeLimit,
): ResizeEvent {
  const { width, height, pheight, pwidth, ratio } = event;
  const widest = Math.max(pwidth, Math.round(width * ratio));
  const highest = Math.max(pheight, Math.round(height * ratio));
  const shrink = shrinkFactor(widest, highest, physical);
  const logicalShrink = logical === undefined ? 1 : shrinkFactor(width, height, logical);
  const logicalWidth = Math.max(1, width * logicalShrink);
  const logicalHeight = Math.max(1, height * logicalShrink);
  if (shrink === 1 && logicalWidth === width && logicalHeight === height) return event;
  const [reducedWidth, reducedHeight] = reduced(pwidth, pheight, shrink);
  const reducedRatio = (ratio * shrink) / logicalShrink;
  return {
    ...event,
    width: logicalWidth,
    height: logicalHeight,
    pwidth: reducedWidth,
    pheight: reducedHeight,
    ratio: reducedRatio,
    pixel_ratio: reducedRatio,
  };
}

/** An event of a view, with a size within {@link VIEW_LIMIT}. */
export function boundEvent(event: RfbEvent): RfbEvent {
  return event.event_type === "resize" ? boundResize(event) : event;
}

/** By which factor to reduce a size; 1 if it is within the limit. */
function shrinkFactor(width: number, height: number, { side, pixels }: SizeLimit): number {
  return Math.min(1, side / Math.max(width, height), Math.sqrt(pixels / (width * height)));
}

function reduced(width: number, height: number, by: number): readonly [number, number] {
  // Rounded down, or the product may exceed the limit; but not for an error in the last digit.
  const side = (length: number): number => Math.max(1, Math.floor(length * by + 1e-6));
  return [side(width), side(height)];
}
