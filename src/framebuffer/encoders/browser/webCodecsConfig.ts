import type { VideoCodec } from "../../../protocol/messages";
import { h264RequestString, NOMINAL_FRAME_RATE, vp9CodecString } from "../videoCodecString";
import type { RateLimit } from "../videoEncoder";
import { h264Crf, nominalRate, vp9Crf } from "../videoQuality";

/** What an encoder of a stream is configured for. */
export interface StreamShape {
  readonly codec: VideoCodec;
  /** Of the coded picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** 1..99 */
  readonly quality: number;
  readonly limit: RateLimit | undefined;
}

/** Bits for each pixel of H.264 at quality 80, for encoders that take a bitrate only. */
const BITS_PER_PIXEL = 0.15;
/** In bits per second. Encoders ignore less, or reject it. */
const LEAST_BITRATE = 100_000;

/**
 * The configurations to try for a stream, the best first: one in which each picture is coded with
 * the quantizer of its quality, unless a rate limit applies; and one with a bitrate for this
 * quality.
 */
export function streamConfigs(shape: StreamShape): VideoEncoderConfig[] {
  const { codec, width, height, quality, limit } = shape;
  const common: VideoEncoderConfig = {
    codec: codec === "h264" ? h264RequestString(width, height) : vp9CodecString(width, height),
    width,
    height,
    framerate: NOMINAL_FRAME_RATE,
    latencyMode: "realtime",
    ...(codec === "h264" ? { avc: { format: "annexb" } } : {}),
  };
  const wanted = bitrateFor(width * height, quality);
  const bitrate = limit === undefined ? wanted : Math.min(wanted, nominalRate(limit));
  const byRate: VideoEncoderConfig = { ...common, bitrateMode: "variable", bitrate };
  return limit === undefined ? [{ ...common, bitrateMode: "quantizer" }, byRate] : [byRate];
}

/** H.264's bytes double when the quantizer falls by 6. */
function bitrateFor(pixels: number, quality: number): number {
  const share = 2 ** ((h264Crf(80) - h264Crf(quality)) / 6);
  const bitrate = pixels * BITS_PER_PIXEL * NOMINAL_FRAME_RATE * share;
  return Math.max(LEAST_BITRATE, Math.round(bitrate));
}

/**
 * TypeScript's DOM types lack VP9's. @see https://www.w3.org/TR/webcodecs-vp9-codec-registration/
 */
interface QuantizerOptions extends VideoEncoderEncodeOptions {
  readonly vp9?: { readonly quantizer: number };
}

/** How to encode one picture in bitrateMode "quantizer". */
export function quantizerOptions(codec: VideoCodec, quality: number): QuantizerOptions {
  return codec === "h264"
    ? { avc: { quantizer: Math.round(h264Crf(quality)) } }
    : { vp9: { quantizer: vp9Crf(quality) } };
}
