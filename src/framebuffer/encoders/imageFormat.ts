import type { ImageMimetype } from "../../protocol/messages";
import type { RawFrame } from "../source/frame";

/** The image file formats that frames are encoded in. */
export type ImageFormat = "jpeg" | "png" | "webp";

/** The media type of a format. */
export function mimetypeOf(format: ImageFormat): ImageMimetype {
  return `image/${format}`;
}

/**
 * Longest side of a WebP image, in pixels.
 *
 * @see https://developers.google.com/speed/webp/faq#what_is_the_maximum_size_a_webp_image_can_be
 */
const MAX_WEBP_SIDE = 16383;

/**
 * Checks that a frame isn't too large for WebP.
 *
 * @throws RangeError when it is
 */
export function checkWebpSize({ width, height }: RawFrame): void {
  if (Math.max(width, height) <= MAX_WEBP_SIDE) return;
  throw new RangeError(
    `Cannot encode as WebP: expected sides of at most ${MAX_WEBP_SIDE} pixels, got ${width} x ${height}; choose jpeg or png`,
  );
}
