/** Compares what a page shows with the test patterns that `jupyter-rfb-ts serve` draws. */
import { drawPattern, type Pattern } from "../../src/cli/patterns";

/** Pixels that a page shows. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly data: Uint8Array;
}

/** Tests are over before so many frames, 30 seconds' worth, are drawn. */
const MAX_FRAMES = 900;

/** The share of pixels that differ from a pattern's frame by more than this in some channel. */
export function differing(
  { width, height, data }: Picture,
  pattern: Pattern,
  frame: number,
  tolerance: number,
): number {
  const wanted = drawPattern(pattern, frame, width, height).data;
  let count = 0;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const isFar = [0, 1, 2].some((channel) => {
      const shown = data[pixel * 4 + channel] ?? 0;
      return Math.abs(shown - (wanted[pixel * 3 + channel] ?? 0)) > tolerance;
    });
    if (isFar) count += 1;
  }
  return count / (width * height);
}

/** The frame that a picture is of, and the share of pixels that differ from it. */
export function bestFrame(
  picture: Picture,
  pattern: Pattern,
  tolerance: number,
): { frame: number; share: number } {
  let best = { frame: -1, share: 1 };
  for (let frame = 0; frame < MAX_FRAMES; frame++) {
    // A look at some pixels first: comparing all takes long.
    const share = sampled(picture, pattern, frame);
    if (share < best.share) best = { frame, share };
  }
  return { frame: best.frame, share: differing(picture, pattern, best.frame, tolerance) };
}

/** How far a picture is from a frame by some of its pixels, 0..1. */
function sampled({ width, height, data }: Picture, pattern: Pattern, frame: number): number {
  const wanted = drawPattern(pattern, frame, width, height).data;
  let difference = 0;
  for (let pixel = 0; pixel < width * height; pixel += 7) {
    difference += Math.abs((data[pixel * 4] ?? 0) - (wanted[pixel * 3] ?? 0));
  }
  return difference / ((width * height * 255) / 7);
}
