/** How frames are sent for all viewers of a rendition at edges. */
export interface RenditionShape {
  /** The share of width and height of frames in motion, above 0 and up to 1. */
  readonly scale: number;
  /** 1..100. */
  readonly quality: number;
  /** Seconds of rest after which the picture is sent without loss; null for never. */
  readonly still_after: number | null;
}
