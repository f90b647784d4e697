/**
 * The options of streams, their checks and their defaults. Options that pdum.rfb has too have its
 * names.
 */
import {
  CHROMA_CHOICES,
  CODEC_CHOICES,
  DEFAULT_SETTINGS,
  ENCODER_CHOICES,
  LOSSLESS_DELAY,
  VIDEO_DEVICES,
  VIEW_LIMIT,
  type ChromaChoice,
  type CodecChoice,
  type EncoderChoice,
  type VideoDevice,
} from "../framebuffer/node";
import type { Authenticate } from "../hosting/auth";
import { logToConsole } from "../hosting/errorReporter";
import { SECONDS, type Complete } from "../hosting/options";
import {
  boolean,
  callable,
  checkOptions,
  integer,
  nullable,
  number,
  oneOf,
  string,
  type Check,
  type Checks,
} from "../protocol/checks";
import type { DriverPolicy } from "./roles";

/** Frames: the largest {@link StreamOptions.max_inflight}, two seconds at 30 frames a second. */
export const MAX_INFLIGHT = 64;

/**
 * Who decides on the size of a stream: the publisher, or a viewer: the one that drives, or else the
 * most recently resized one. The publisher must draw in `target_size` for the latter.
 */
export type ResizePolicy = "publisher" | "match_client";

/** See {@link ResizePolicy}. */
export const RESIZE_POLICIES: readonly ResizePolicy[] = ["publisher", "match_client"];

/** The options of a stream. */
export interface StreamOptions {
  /**
   * Frames per second that `adaptive` and `bitrate` assume, 1..240. It does not pace the publisher.
   *
   * @defaultValue 30
   */
  readonly fps?: number | undefined;
  /**
   * Maximum of video in bits per second, 10 000 to 10 000 000 000. A stream whose quality needs
   * less uses less.
   *
   * @defaultValue 12 000 000
   */
  readonly bitrate?: number | undefined;
  /**
   * Frames in flight to a viewer, 1..64. Video uses more when latency alone would limit the rate.
   *
   * @defaultValue 2
   */
  readonly max_inflight?: number | undefined;
  /**
   * Whether H.264 may be used: false for never, true to fail without node-av, null if node-av is
   * installed.
   *
   * @defaultValue null
   */
  readonly has_h264?: boolean | null | undefined;
  /**
   * The format of frames in motion. Viewers that can't show it get JPEG. "auto" is H.264 if server
   * and viewer both have it, and JPEG otherwise.
   *
   * @defaultValue "auto"
   */
  readonly codec?: CodecChoice | undefined;
  /** The device that encodes video. @defaultValue "software" */
  readonly video_device?: VideoDevice | undefined;
  /** Quality of frames in motion, 1..100; 100 is lossless. @defaultValue 80 */
  readonly quality?: number | undefined;
  /** The library that encodes JPEG. @defaultValue "auto" */
  readonly encoder?: EncoderChoice | undefined;
  /** The resolution of colour in JPEG and WebP. @defaultValue "auto" */
  readonly chroma?: ChromaChoice | undefined;
  /** Whether to compare frames, and send only what changed. @defaultValue true */
  readonly detect_changes?: boolean | undefined;
  /**
   * Seconds without a change, above 0, after which the picture is sent again, lossless; null for
   * never. Parts that rest while others move are sent too, except as video.
   *
   * @defaultValue 0.3
   */
  readonly still_after?: number | null | undefined;
  /** Decides which viewers may connect. @defaultValue all */
  readonly authenticate?: Authenticate | undefined;
  /**
   * Whose events reach the stream. "any": every viewer's. "none": nobody's. "first": those of one
   * viewer at a time, the driver. At first that is the first viewer. It can hand over to a viewer
   * that asks, and when it leaves, the next one drives. A function: the same among the viewers for
   * which it returns true, such as teachers.
   *
   * @defaultValue "any"
   */
  readonly driver?: DriverPolicy | undefined;
  /** Whether to keep all events in `recorded`, for tests. @defaultValue false */
  readonly record_events?: boolean | undefined;
  /** A file to append all events to, one JSON object a line; null for none. @defaultValue null */
  readonly event_log?: string | null | undefined;
  /**
   * Events that wait to be polled, 1 or more. A full queue drops its oldest event.
   *
   * @defaultValue 4096
   */
  readonly event_queue_size?: number | undefined;
  /**
   * Whether publish() copies a frame, so that you may draw into its memory at once. Without a copy,
   * give each frame memory of its own, and don't change it afterwards.
   *
   * @defaultValue true
   */
  readonly own_frames?: boolean | undefined;
  /** Whether to adapt quality and size to each viewer's connection. @defaultValue false */
  readonly adaptive?: boolean | undefined;
  /**
   * Seconds between two reports of statistics to each viewer, 0.1 to 86 400; null for none.
   *
   * @defaultValue null; 1 with the viewer page, which shows them
   */
  readonly stats_interval?: number | null | undefined;
  /** Whether `target_size` follows the viewers. @defaultValue "publisher" */
  readonly resize_policy?: ResizePolicy | undefined;
  /**
   * Longest side in pixels, 2..65500, of `target_size` and of the resize events that a source gets,
   * whatever size a viewer asks for. Their area is at most 16 777 216 pixels, 4096 x 4096. null:
   * only the limits of a frame, 65500 and 268 435 456 pixels.
   *
   * @defaultValue 8192
   */
  readonly max_render_dimension?: number | null | undefined;
  /** Viewers of this stream at the same time, 1 or more. @defaultValue 256 */
  readonly max_viewers?: number | undefined;
  /**
   * Whether viewers read the error if a source's get_frame() fails. It may hold what they must not
   * know, such as paths. Otherwise they read that there is an error.
   *
   * @defaultValue false
   */
  readonly show_errors?: boolean | undefined;
  /** Called with errors of a source, an encoder or the event log. @defaultValue console.error */
  readonly on_error?: ((error: unknown, during: string) => void) | undefined;
}

/** The options of a stream with the defaults filled in. */
export type StreamSettings = Omit<Complete<StreamOptions>, "authenticate"> & {
  readonly authenticate: Authenticate | undefined;
};

const DRIVER: Check<DriverPolicy> = {
  expected: '"any", "first", "none" or a function',
  type: "string",
  accepts: (value): value is DriverPolicy =>
    typeof value === "function" || value === "any" || value === "first" || value === "none",
};

/** The checks of a stream's options. */
export const STREAM_CHECKS: Checks<StreamOptions> = {
  fps: number(1, 240),
  bitrate: {
    ...number(10_000, 1e10),
    expected: "a number of bits per second from 10 000 to 10 000 000 000",
  },
  max_inflight: integer(1, MAX_INFLIGHT),
  has_h264: nullable(boolean),
  codec: oneOf(CODEC_CHOICES),
  video_device: oneOf(VIDEO_DEVICES),
  quality: integer(1, 100),
  encoder: oneOf(ENCODER_CHOICES),
  chroma: oneOf(CHROMA_CHOICES),
  detect_changes: boolean,
  still_after: nullable(SECONDS),
  authenticate: callable,
  driver: DRIVER,
  record_events: boolean,
  event_log: nullable(string(1)),
  event_queue_size: integer(1),
  own_frames: boolean,
  adaptive: boolean,
  stats_interval: nullable(number(0.1, 86_400, "seconds")),
  resize_policy: oneOf(RESIZE_POLICIES),
  max_render_dimension: nullable(integer(2, 65_500)),
  max_viewers: integer(1),
  show_errors: boolean,
  on_error: callable,
};

const STREAM_DEFAULTS: StreamSettings = {
  fps: 30,
  bitrate: 12_000_000,
  max_inflight: DEFAULT_SETTINGS.max_buffered_frames,
  has_h264: null,
  codec: DEFAULT_SETTINGS.codec,
  video_device: DEFAULT_SETTINGS.video_device,
  quality: DEFAULT_SETTINGS.quality,
  encoder: DEFAULT_SETTINGS.encoder,
  chroma: DEFAULT_SETTINGS.chroma,
  detect_changes: DEFAULT_SETTINGS.detect_changes,
  still_after: LOSSLESS_DELAY,
  authenticate: undefined,
  driver: "any",
  record_events: false,
  event_log: null,
  event_queue_size: 4096,
  own_frames: true,
  adaptive: DEFAULT_SETTINGS.adaptive,
  stats_interval: null,
  resize_policy: "publisher",
  max_render_dimension: VIEW_LIMIT.side,
  max_viewers: 256,
  show_errors: false,
  on_error: logToConsole,
};

/**
 * Fills in the options of a stream.
 *
 * @param hasPage - whether the viewer page shows the stream
 * @throws TypeError or RangeError for an invalid option
 */
export function streamSettings(options: StreamOptions, hasPage = false): StreamSettings {
  const given = checkOptions(options, STREAM_CHECKS);
  return { ...STREAM_DEFAULTS, ...(hasPage ? { stats_interval: 1 } : {}), ...given };
}
