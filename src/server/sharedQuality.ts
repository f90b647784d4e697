/** The difference from one quality to the next that viewers can have. */
const STEP = 10;

/** The best lossy quality that is shared, below that of lossless pictures. */
const BEST_LOSSY = 95;

/** From this quality on pictures are lossless. */
const LOSSLESS = 100;

/**
 * The quality that a viewer gets that wishes for one. Wishes are rounded, so that viewers share
 * what is encoded: a hundred qualities would be a hundred encodings of each frame.
 *
 * @param wished - 1..100; undefined without a wish
 * @param own - the stream's quality, 1..100
 */
export function sharedQuality(wished: number | undefined, own: number): number {
  if (wished === undefined || wished === own) return own;
  if (wished >= LOSSLESS) return LOSSLESS;
  if (own < LOSSLESS && Math.abs(wished - own) <= STEP / 2) return own;
  return Math.min(BEST_LOSSY, Math.max(STEP, Math.round(wished / STEP) * STEP));
}
