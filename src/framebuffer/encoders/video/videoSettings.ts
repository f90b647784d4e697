/** Which FFmpeg encoder serves a codec on a device, and how it is set: one chunk out for each frame in, in their order. */
import type { VideoCodec } from "../../../protocol/messages";
import { NOMINAL_FRAME_RATE } from "../videoCodecString";
import type { RateLimit, VideoDevice } from "../videoEncoder";

/** How an encoder takes its pictures: planes of Y, U and V, or Y and then U and V in turn; "vaapi" as the latter, in the device's memory. */
export type VideoPixels = "yuv420p" | "nv12" | "vaapi";

/** An FFmpeg encoder and its options. */
export interface VideoSettings {
  /** FFmpeg's name of the encoder. */
  readonly encoder: string;
  readonly pixels: VideoPixels;
  /** FFmpeg's options, without the quality. */
  readonly options: Readonly<Record<string, string>>;
  /** The options that set a quality of 1..99. */
  readonly qualityOptions: (quality: number) => Readonly<Record<string, string>>;
  /** The options that keep a stream below a rate; none where the encoder goes by quality only. */
  readonly limitOptions: (limit: RateLimit) => Readonly<Record<string, string>>;
  /** The option that may be set while the stream goes on, in the codec's own scale; undefined when a new quality takes a new encoder. */
  readonly liveQuality: ((quality: number) => readonly [option: string, value: number]) | undefined;
}

const LOWEST_QUALITY = 1;
const HIGHEST_QUALITY = 99;
/** The quality at which the scale of images and x264's are tied together. */
const MIDDLE_QUALITY = 80;

/** A codec's quantizer scale at the qualities 1, 80 and 99. Less is better. */
type QuantizerScale = readonly [lowest: number, middle: number, highest: number];

/** x264's constant rate factor; about 6 double or halve the bytes. */
const H264_CRF: QuantizerScale = [45, 23, 12];
/** libvpx's quality, 0..63. */
const VP9_CRF: QuantizerScale = [60, 33, 10];

/** From quality 1 to 80 in a straight line, and in another from there to 99. */
function quantizer(quality: number, [lowest, middle, highest]: QuantizerScale): number {
  const clamped = Math.min(HIGHEST_QUALITY, Math.max(LOWEST_QUALITY, quality));
  return clamped <= MIDDLE_QUALITY
    ? middle + ((MIDDLE_QUALITY - clamped) / (MIDDLE_QUALITY - LOWEST_QUALITY)) * (lowest - middle)
    : middle -
        ((clamped - MIDDLE_QUALITY) / (HIGHEST_QUALITY - MIDDLE_QUALITY)) * (middle - highest);
}

/**
 * x264's constant rate factor for a quality of 1..99: 45 at 1, 23 at 80, 12 at 99, and straight lines between them.
 */
export function h264Crf(quality: number): number {
  return Math.round(quantizer(quality, H264_CRF) * 10) / 10;
}

/** libvpx's quality for a quality of 1..99: 60 at 1, 33 at 80, 10 at 99, and straight lines between them. */
export function vp9Crf(quality: number): number {
  return Math.round(quantizer(quality, VP9_CRF));
}

/** The time over which a limited rate is averaged, in seconds: a keyframe may take as much as 15 pictures at 30 a second. */
const LIMIT_SECONDS = 0.5;

/** A rate in bits per second of the encoder's time, in which pictures come at {@link NOMINAL_FRAME_RATE}. */
function nominalRate({ bitrate, fps }: RateLimit): number {
  return Math.round((bitrate * NOMINAL_FRAME_RATE) / fps);
}

const unlimited = (): Readonly<Record<string, string>> => ({});

const constantQuantizer = (quality: number): string => String(Math.round(h264Crf(quality)));

/** H.264 on a graphics device: the settings that differ from device to device. Constant quantizer, no B-frames, nothing held back. */
const H264_DEVICES: Readonly<Record<Exclude<VideoDevice, "software">, VideoSettings>> = {
  nvenc: {
    encoder: "h264_nvenc",
    pixels: "yuv420p",
    options: {
      preset: "p1",
      tune: "ull",
      profile: "baseline",
      "forced-idr": "1",
      zerolatency: "1",
      delay: "0",
      rc: "constqp",
      bf: "0",
    },
    qualityOptions: (quality) => ({ qp: constantQuantizer(quality) }),
    limitOptions: unlimited,
    liveQuality: undefined,
  },
  vaapi: {
    encoder: "h264_vaapi",
    pixels: "vaapi",
    options: { profile: "constrained_baseline", rc_mode: "CQP", async_depth: "1", bf: "0" },
    qualityOptions: (quality) => ({ qp: constantQuantizer(quality) }),
    limitOptions: unlimited,
    liveQuality: undefined,
  },
  qsv: {
    encoder: "h264_qsv",
    pixels: "nv12",
    options: {
      profile: "baseline",
      preset: "veryfast",
      async_depth: "1",
      low_delay_brc: "1",
      forced_idr: "1",
      bf: "0",
    },
    qualityOptions: (quality) => ({ global_quality: constantQuantizer(quality) }),
    limitOptions: unlimited,
    liveQuality: undefined,
  },
  amf: {
    encoder: "h264_amf",
    pixels: "nv12",
    options: {
      usage: "ultralowlatency",
      profile: "constrained_baseline",
      quality: "speed",
      rc: "cqp",
      forced_idr: "1",
      bf: "0",
    },
    qualityOptions: (quality) => ({
      qp_i: constantQuantizer(quality),
      qp_p: constantQuantizer(quality),
    }),
    limitOptions: unlimited,
    liveQuality: undefined,
  },
  videotoolbox: {
    encoder: "h264_videotoolbox",
    pixels: "nv12",
    options: { profile: "constrained_baseline", realtime: "1", bf: "0" },
    // VideoToolbox's own scale is 0..1, which FFmpeg takes times its lambda of 118.
    qualityOptions: (quality) => ({
      flags: "+qscale",
      global_quality: String(Math.round((quality / 100) * 118)),
    }),
    limitOptions: unlimited,
    liveQuality: undefined,
  },
};

const SOFTWARE: Readonly<Record<VideoCodec, VideoSettings>> = {
  h264: {
    encoder: "libx264",
    pixels: "yuv420p",
    options: {
      // Constrained Baseline: every decoder takes it, and none may reorder. The next preset halves the rate for a few per cent less.
      preset: "ultrafast",
      tune: "zerolatency",
      "forced-idr": "1",
      // No keyframe that was not asked for.
      sc_threshold: "0",
      // x264 else prints what it thinks of each stream.
      "x264-params": "log=-1",
    },
    qualityOptions: (quality) => ({ crf: String(h264Crf(quality)) }),
    limitOptions: (limit) => {
      const rate = nominalRate(limit);
      return { maxrate: String(rate), bufsize: String(Math.round(rate * LIMIT_SECONDS)) };
    },
    liveQuality: (quality) => ["crf", h264Crf(quality)],
  },
  vp9: {
    encoder: "libvpx-vp9",
    pixels: "yuv420p",
    options: {
      deadline: "realtime",
      "cpu-used": "8",
      "lag-in-frames": "0",
      "auto-alt-ref": "0",
      "row-mt": "1",
      // Constant quality instead of a rate.
      b: "0",
    },
    qualityOptions: (quality) => ({ crf: String(vp9Crf(quality)) }),
    // libvpx keeps the rate that it is given, and does not go beyond the quality.
    limitOptions: (limit) => ({ b: String(nominalRate(limit)) }),
    liveQuality: undefined,
  },
};

/**
 * @returns how to set the encoder of a codec on a device
 * @throws RangeError when the device does not encode the codec
 */
export function videoSettings(codec: VideoCodec, device: VideoDevice): VideoSettings {
  if (device === "software") return SOFTWARE[codec];
  if (codec === "h264") return H264_DEVICES[device];
  throw new RangeError(
    `video_device: expected 'software' for the codec '${codec}', got '${device}', which encodes 'h264' only`,
  );
}
