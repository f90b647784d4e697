import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { nodeRuntime, type EncoderChoice, type RawFrame } from "../framebuffer/node";
import { checkValue, integer, mismatch, string } from "../protocol/checks";

/** The format for each file name's end. */
const FORMATS = { ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp" } as const;

const QUALITY = integer(1, 100);
const PATH = string();

/** How to save a picture. */
export interface SavePictureOptions {
  /** Device pixels per CSS pixel, above 0 and up to 100. @defaultValue the view's */
  readonly pixel_ratio?: number;
  /** Of JPEG, and of lossy WebP, 1..100. WebP is lossless at 100. @defaultValue 90 */
  readonly quality?: number;
}

/**
 * Checks where a picture is to be saved.
 *
 * @throws TypeError, RangeError when the path has another end than .png, .jpg, .jpeg or .webp, or
 *   the quality is none.
 */
export function checkTarget(path: string, { quality = 90 }: SavePictureOptions): SaveTarget {
  const end = extname(checkValue("path", path, PATH)).toLowerCase();
  if (!(end in FORMATS)) {
    const expected = `a file name that ends in ${Object.keys(FORMATS).join(", ")}`;
    throw new RangeError(mismatch("path", { expected }, path));
  }
  const format = FORMATS[end as keyof typeof FORMATS];
  return { path, format, quality: checkValue("quality", quality, QUALITY) };
}

/** A file to be written. */
interface SaveTarget {
  readonly path: string;
  readonly format: "png" | "jpeg" | "webp";
  readonly quality: number;
}

/** Encodes a frame and writes it. An existing file is replaced. */
export async function writePicture(
  frame: RawFrame,
  { path, format, quality }: SaveTarget,
  choice: EncoderChoice,
): Promise<void> {
  const encoders = nodeRuntime.acquireImageEncoders();
  try {
    const lossless = format === "png" || (format === "webp" && quality === 100);
    let encoder = await encoders.get(format, lossless, choice);
    // Where no library writes lossless WebP, the PNG encoder takes its place.
    if (encoder.mimetype !== `image/${format}`) encoder = await encoders.get(format, false, choice);
    const { data } = await encoder.encode(frame, { quality, chroma: "4:4:4" });
    await writeFile(path, data);
  } finally {
    encoders.dispose();
  }
}
