/** The size of a widget's picture, also before any view has given it one. */
import { withBothNames, type ResizeEvent } from "../protocol/events";

/** A logical size, in CSS pixels. */
interface LogicalSize {
  readonly width: number;
  readonly height: number;
}

/** The size of a picture as its view shows it. */
export interface ViewSize {
  /** In logical (CSS) pixels. */
  readonly width: number;
  /** In logical (CSS) pixels. */
  readonly height: number;
  /** In device pixels: as wide as a sharp frame is. */
  readonly pwidth: number;
  /** In device pixels: as high as a sharp frame is. */
  readonly pheight: number;
  /** Device pixels per logical pixel. */
  readonly ratio: number;
}

/** The traits that give a widget its size. */
export interface SizeTraits {
  readonly css_width: string;
  readonly css_height: string;
}

/** Used where css_width or css_height isn't in px. jupyter_rfb uses the same. */
const FALLBACK_SIZE: LogicalSize = { width: 500, height: 300 };

/** The logical size that a widget's traits give it. */
export function sizeOfTraits(traits: SizeTraits): LogicalSize {
  return {
    width: pixels(traits.css_width) ?? FALLBACK_SIZE.width,
    height: pixels(traits.css_height) ?? FALLBACK_SIZE.height,
  };
}

/**
 * Creates the event that a view of this logical size and ratio would send. The logical size is
 * adjusted to whole device pixels.
 */
export function resizeEvent({ width, height }: LogicalSize, ratio: number): ResizeEvent {
  const pwidth = Math.max(1, Math.round(width * ratio));
  const pheight = Math.max(1, Math.round(height * ratio));
  return withBothNames({
    type: "resize",
    timestamp: 0,
    width: pwidth / ratio,
    height: pheight / ratio,
    pwidth,
    pheight,
    ratio,
  }) as ResizeEvent;
}

/** The size in a resize event. */
export function viewSize({ width, height, pwidth, pheight, ratio }: ResizeEvent): ViewSize {
  return { width, height, pwidth, pheight, ratio };
}

/**
 * Parses a length such as "500px". Returns the number of CSS pixels, or undefined for any other
 * length.
 */
function pixels(length: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)px$/.exec(length.trim());
  const value = Number(match?.[1]);
  return value > 0 ? value : undefined;
}
