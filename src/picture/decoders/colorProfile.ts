/** Detects image files with colour information that a browser would apply. */
import type { ImageMimetype } from "../../protocol/messages";

/**
 * PNG chunks that make a browser convert the file's colours.
 *
 * @see PNG specification, section 11.3.2
 */
const PNG_COLOR_CHUNKS = ["cHRM", "gAMA", "iCCP", "cICP", "mDCV", "cLLI"];
/** The length of a PNG file's signature in bytes. */
const PNG_SIGNATURE = 8;
/** The size of a PNG chunk without its data: length, type and checksum, in bytes. */
const PNG_CHUNK_FRAME = 12;

/**
 * The flag of an extended WebP file that has a colour profile.
 *
 * @see WebP container specification, "VP8X"
 */
const WEBP_PROFILE_FLAG = 0x20;
/** The offset of the flags in the file, in bytes. */
const WEBP_FLAGS_AT = 20;

/**
 * Whether a browser would convert the colours of a lossless file. None of our encoders writes such
 * a file, but a user's may.
 *
 * @returns false for JPEG, which is never exact, and for a broken file
 */
export function hasColorProfile(mimetype: ImageMimetype, bytes: Uint8Array): boolean {
  switch (mimetype) {
    case "image/png":
      return hasPngColorChunk(bytes);
    case "image/webp":
      return (
        nameAt(bytes, 12) === "VP8X" && ((bytes[WEBP_FLAGS_AT] ?? 0) & WEBP_PROFILE_FLAG) !== 0
      );
    case "image/jpeg":
      return false;
  }
}

function hasPngColorChunk(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = PNG_SIGNATURE;
  while (at + PNG_CHUNK_FRAME <= bytes.length) {
    const name = nameAt(bytes, at + 4);
    // All these chunks come before the pixels.
    if (name === "IDAT") return false;
    if (PNG_COLOR_CHUNKS.includes(name)) return true;
    at += view.getUint32(at) + PNG_CHUNK_FRAME;
  }
  return false;
}

function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
