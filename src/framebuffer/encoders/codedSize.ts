/** 4:2:0 has one colour sample for 2 x 2 pixels. */
const CHROMA_STEP = 2;

/**
 * The side of the coded picture for a side of the frame, in pixels: even, and no less than the
 * encoder takes.
 *
 * @param least - an even number of pixels
 */
export function codedSide(side: number, least = CHROMA_STEP): number {
  return Math.max(least, Math.ceil(side / CHROMA_STEP) * CHROMA_STEP);
}
