import { writeFile } from "node:fs/promises";
import { nodeRuntime, type EncoderChoice, type RawFrame } from "../framebuffer/node";
import { checkOptions, integer, positive } from "../protocol/checks";
import { formatOfPath } from "./targetFile";

/** The format for each end of a file name. */
const FORMATS = { ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp" } as const;

/** Device pixels per CSS pixel. */
export const RATIO = positive(100);

const CHECKS = { pixel_ratio: RATIO, quality: integer(1, 100) };

/** How to save a picture. */
export interface SavePictureOptions {
  /** Device pixels per CSS pixel, above 0 and up to 100. @defaultValue the view's */
  readonly pixel_ratio?: number;
  /** Of JPEG, and of lossy WebP, 1..100. WebP is lossless at 100. @defaultValue 90 */
  readonly quality?: number;
}

/** What is to be saved. */
export interface PictureTarget {
  readonly format: "png" | "jpeg" | "webp";
  readonly quality: number;
  readonly pixel_ratio: number | undefined;
}

/**
 * Checks where and how a picture is to be saved.
 *
 * @throws TypeError, RangeError when the path has another end than .png, .jpg, .jpeg or .webp, or
 *   an option is unknown or has an invalid value.
 */
export function checkPictureTarget(path: string, options: SavePictureOptions): PictureTarget {
  const format = formatOfPath(path, FORMATS);
  const { quality = 90, pixel_ratio } = checkOptions<SavePictureOptions>(options, CHECKS);
  return { format, quality, pixel_ratio };
}

/** Encodes a frame and writes it to a file. */
export async function writePicture(
  path: string,
  frame: RawFrame,
  { format, quality }: PictureTarget,
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
