/**
 * The FFmpeg encoder of each codec and device, with options for one chunk per frame, in order and
 * without delay.
 */
import type { VideoCodec } from "../../../protocol/messages";
import type { RateLimit, VideoDevice } from "../videoEncoder";
import { h264Crf, nominalRate, vp9Crf } from "../videoQuality";

/**
 * An encoder's pixel format: planes of Y, U and V; Y and then U and V interleaved; the latter in a
 * VA-API device.
 */
export type VideoPixels = "yuv420p" | "nv12" | "vaapi";

/** An FFmpeg encoder and its options. */
export interface VideoSettings {
  /** FFmpeg's name for the encoder. */
  readonly encoder: string;
  readonly pixels: VideoPixels;
  /** FFmpeg's options apart from the quality. */
  readonly options: Readonly<Record<string, string>>;
  /** The options for a quality of 1..99. */
  readonly qualityOptions: (quality: number) => Readonly<Record<string, string>>;
  /** The options that keep a stream below a rate; none if the encoder follows the quality only. */
  readonly limitOptions: (limit: RateLimit) => Readonly<Record<string, string>>;
  /**
   * The option that changes the quality of an open stream; undefined if that requires a new
   * encoder.
   */
  readonly liveQuality: ((quality: number) => readonly [option: string, value: number]) | undefined;
}

/**
 * Seconds over which a limited rate is averaged: a keyframe may take as much as 15 pictures at 30 a
 * second.
 */
const LIMIT_SECONDS = 0.5;

const unlimited = (): Readonly<Record<string, string>> => ({});

const constantQuantizer = (quality: number): string => String(Math.round(h264Crf(quality)));

/** H.264 on graphics devices: constant quantizer, no B-frames, no delay. */
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
    // VideoToolbox's scale is 0..1; FFmpeg multiplies it by its lambda of 118.
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
      // Constrained Baseline: every decoder takes it, and none reorders pictures. The next preset
      // takes twice as long and saves a few per cent of the bytes.
      preset: "ultrafast",
      tune: "zerolatency",
      "forced-idr": "1",
      // No keyframes at scene changes.
      sc_threshold: "0",
      // Otherwise x264 prints statistics of each stream.
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
      // Constant quality instead of a bitrate.
      b: "0",
    },
    qualityOptions: (quality) => ({ crf: String(vp9Crf(quality)) }),
    // libvpx keeps to this rate without exceeding the quality.
    limitOptions: (limit) => ({ b: String(nominalRate(limit)) }),
    liveQuality: undefined,
  },
};

/**
 * The encoder of a codec on a device.
 *
 * @throws RangeError when the device doesn't encode the codec
 */
export function videoSettings(codec: VideoCodec, device: VideoDevice): VideoSettings {
  if (device === "software") return SOFTWARE[codec];
  if (codec === "h264") return H264_DEVICES[device];
  throw new RangeError(
    `video_device: expected 'software' for the codec '${codec}', got '${device}', which encodes 'h264' only`,
  );
}
