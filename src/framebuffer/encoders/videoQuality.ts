/** A quality of 1..99 as the quantizers of video codecs. */
import { NOMINAL_FRAME_RATE } from "./videoCodecString";
import type { RateLimit } from "./videoEncoder";

const LOWEST_QUALITY = 1;
const HIGHEST_QUALITY = 99;
/** The quality at which the scales of images and of the codecs are aligned. */
const MIDDLE_QUALITY = 80;

/** A codec's quantizer scale at the qualities 1, 80 and 99. Less is better. */
type QuantizerScale = readonly [lowest: number, middle: number, highest: number];

/** H.264's quantizer, 0..51, as x264's constant rate factor. 6 less doubles the bytes. */
const H264_SCALE: QuantizerScale = [45, 23, 12];
/** libvpx's quantizer, 0..63. */
const VP9_SCALE: QuantizerScale = [60, 33, 10];

/** From quality 1 to 80 in a straight line, and in another from 80 to 99. */
function quantizer(quality: number, [lowest, middle, highest]: QuantizerScale): number {
  const clamped = Math.min(HIGHEST_QUALITY, Math.max(LOWEST_QUALITY, quality));
  return clamped <= MIDDLE_QUALITY
    ? middle + ((MIDDLE_QUALITY - clamped) / (MIDDLE_QUALITY - LOWEST_QUALITY)) * (lowest - middle)
    : middle -
        ((clamped - MIDDLE_QUALITY) / (HIGHEST_QUALITY - MIDDLE_QUALITY)) * (middle - highest);
}

/**
 * x264's constant rate factor for a quality of 1..99: 45 at 1, 23 at 80, 12 at 99, linear between
 * them.
 */
export function h264Crf(quality: number): number {
  return Math.round(quantizer(quality, H264_SCALE) * 10) / 10;
}

/** libvpx's quantizer for a quality of 1..99: 60 at 1, 33 at 80, 10 at 99, linear between them. */
export function vp9Crf(quality: number): number {
  return Math.round(quantizer(quality, VP9_SCALE));
}

/**
 * A limit in bits per second for an encoder that counts on {@link NOMINAL_FRAME_RATE} pictures per
 * second, whatever the real rate is.
 */
export function nominalRate({ bitrate, fps }: RateLimit): number {
  return Math.round((bitrate * NOMINAL_FRAME_RATE) / fps);
}
