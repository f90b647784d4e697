import type { ImageMimetype } from "../../protocol/messages";
import type { RawFrame } from "../source/frame";

/** The image file formats that frames are encoded in. */
export type ImageFormat = "jpeg" | "png" | "webp";

/** The media type of a format. */
export function mimetypeOf(format: ImageFormat): ImageMimetype {
  return `image/${format}`;
}

/** Bytes of a file at a place that are the same in each file of a format. */
type Signature = readonly (readonly [at: number, bytes: readonly number[]])[];

const SIGNATURES: Readonly<Record<ImageMimetype, Signature>> = {
  "image/jpeg": [[0, [0xff, 0xd8, 0xff]]],
  "image/png": [[0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]]],
  // "RIFF", a length and "WEBP".
  "image/webp": [
    [0, [0x52, 0x49, 0x46, 0x46]],
    [8, [0x57, 0x45, 0x42, 0x50]],
  ],
};

/**
 * Checks that a file begins as files of its media type do.
 *
 * @throws Error when it doesn't
 */
export function checkImageFile({
  mimetype,
  data,
}: {
  readonly mimetype: ImageMimetype;
  readonly data: Uint8Array;
}): void {
  const isRight = SIGNATURES[mimetype].every(([at, bytes]) =>
    bytes.every((byte, index) => data[at + index] === byte),
  );
  if (isRight) return;
  const start = Array.from(data.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0"));
  throw new Error(
    `expected a file of type ${mimetype}, got ${data.length} bytes that begin with ${start.join(" ") || "nothing"}`,
  );
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
