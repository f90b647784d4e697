/**
 * The bounds of the picture that a notebook keeps next to a live view: an image/png of the same
 * output, for readers without a kernel.
 */

/** Pixels of a kept picture, at most. */
export const MAX_KEPT_PIXELS = 1_000_000;

/** Bytes of a kept picture's PNG, at most, unless it is as small as {@link MIN_KEPT_SIDE}. */
export const MAX_KEPT_BYTES = 1_000_000;

/** A picture isn't made smaller than this many pixels along its longer side. */
const MIN_KEPT_SIDE = 64;

interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Encodes a picture within the bounds, at a smaller size where needed.
 *
 * @param encode - Encodes it with the given size, which is at most its own.
 * @param byteLength - Returns the size of what `encode` returned.
 */
export function encodeKept<Encoded>(
  { width, height }: PixelSize,
  encode: (size: PixelSize) => Encoded,
  byteLength: (encoded: Encoded) => number,
): Encoded {
  let scale = Math.min(1, Math.sqrt(MAX_KEPT_PIXELS / (width * height)));
  for (;;) {
    const size = {
      width: Math.max(1, Math.floor(width * scale)),
      height: Math.max(1, Math.floor(height * scale)),
    };
    const encoded = encode(size);
    const bytes = byteLength(encoded);
    if (bytes <= MAX_KEPT_BYTES || Math.max(size.width, size.height) <= MIN_KEPT_SIDE) {
      return encoded;
    }
    // A smaller picture has more detail for each pixel.
    scale *= Math.min(0.8, 0.9 * Math.sqrt(MAX_KEPT_BYTES / bytes));
  }
}
