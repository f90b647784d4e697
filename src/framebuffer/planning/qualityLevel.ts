import { LOSSLESS_QUALITY } from "../settings";
import { SCALES } from "./processorRelief";

/**
 * The lowest quality of frames in motion. A lower one shows blocks instead of fewer details, so
 * frames get smaller instead.
 */
export const QUALITY_FLOOR = 30;

/** The difference in quality from one level to the next: about a sixth of the bytes. */
const QUALITY_STEP = 10;

/** The quality and size in which a frame is sent. */
export interface QualityLevel {
  /** 1..100. */
  readonly quality: number;
  /** The share of width and height, above 0 and up to 1. */
  readonly scale: number;
}

/** All levels, best first. Where the best is lossless there is no other. */
export function qualityLevels(best: number): readonly QualityLevel[] {
  if (best >= LOSSLESS_QUALITY) return [{ quality: best, scale: 1 }];
  const floor = Math.min(best, QUALITY_FLOOR);
  const levels: QualityLevel[] = [];
  for (let quality = best; quality > floor; quality -= QUALITY_STEP) {
    levels.push({ quality, scale: 1 });
  }
  for (const scale of SCALES) levels.push({ quality: floor, scale });
  return levels;
}

/**
 * Bytes of a JPEG of moving content at a quality and a scale, relative to quality 80 and scale 1.
 *
 * They fall with the factor by which libjpeg multiplies its quantization tables
 * (jpeg_quality_scaling), to the power of 0.6, and with the scale, to the power of 1.7: small
 * pictures hold more detail in each pixel. Both powers are rough fits; each level is measured again
 * in use.
 */
export function relativeBytes(quality: number, scale: number): number {
  const quantization = quality < 50 ? 5000 / quality : Math.max(2, 200 - 2 * quality);
  const atQuality80 = 40;
  return (quantization / atQuality80) ** -0.6 * scale ** 1.7;
}
