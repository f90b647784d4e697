import { writeFile } from "node:fs/promises";
import {
  nodeRuntime,
  replaceFile,
  type EncoderChoice,
  type RawFrame,
} from "../../framebuffer/node";
import { checkOptions, integer } from "../../protocol/checks";
import type { PictureSource } from "../pictureRuntime";
import { RATIO, type SavePictureOptions } from "../savePicture";
import { formatOfPath } from "./targetFile";

/** The format for each end of a file name. */
const FORMATS = { ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp" } as const;

const CHECKS = { pixel_ratio: RATIO, quality: integer(1, 100) };

/** What is to be saved. */
interface PictureTarget {
  readonly format: "png" | "jpeg" | "webp";
  readonly quality: number;
}

/**
 * Draws a picture and writes it to a file. An existing file is replaced once the new one is
 * complete.
 *
 * @throws (as a rejection) TypeError, RangeError when the path has another end than .png, .jpg,
 *   .jpeg or .webp, or an option is unknown or has an invalid value
 */
export async function savePicture(
  path: string,
  options: SavePictureOptions,
  source: PictureSource,
): Promise<void> {
  const format = formatOfPath(path, FORMATS);
  const { quality = 90, pixel_ratio } = checkOptions<SavePictureOptions>(options, CHECKS);
  source.checkOpen("save a picture");
  await replaceFile(path, async (temporary) => {
    const frame = await source.still(pixel_ratio);
    await writePicture(temporary, frame, { format, quality }, source.encoder);
  });
}

/** Encodes a frame and writes it to a file. */
async function writePicture(
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
