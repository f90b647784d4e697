/**
 * The options of servers and streams, their checks and their defaults. Options that pdum.rfb has
 * too have its names.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
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
import {
  boolean,
  callable,
  checkOptions,
  integer,
  nullable,
  number,
  oneOf,
  positive,
  string,
  type Checks,
} from "../protocol/checks";
import type { Authenticate } from "./auth";
import { ORIGINS } from "./origins";

/** Frames: the largest {@link StreamOptions.max_inflight}, two seconds at 30 frames a second. */
export const MAX_INFLIGHT = 64;

/**
 * Who decides on the size of a stream: the publisher, or the most recently resized viewer. The
 * publisher must draw in `target_size` for the latter.
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
   * Seconds without a new frame, above 0, after which the picture is sent again, lossless; null for
   * never.
   *
   * @defaultValue 0.3
   */
  readonly still_after?: number | null | undefined;
  /** Decides which viewers may connect. @defaultValue all */
  readonly authenticate?: Authenticate | undefined;
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
   * @defaultValue null
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

/** Limits for each viewer. */
export interface LimitOptions {
  /** Bytes of a viewer's message, 1024 to 2^30. @defaultValue 65 536 */
  readonly max_message_size?: number | undefined;
  /**
   * Messages of a viewer per second, 1 or more, with bursts of twice as many. Receipts for frames
   * that were sent don't count.
   *
   * @defaultValue 1000
   */
  readonly max_message_rate?: number | undefined;
  /** Seconds until a viewer must have sent its hello, above 0. @defaultValue 10 */
  readonly hello_timeout?: number | undefined;
  /** Seconds that `authenticate` may take, above 0. @defaultValue 10 */
  readonly auth_timeout?: number | undefined;
  /**
   * Seconds between two pings, above 0. A viewer that misses two is disconnected.
   *
   * @defaultValue 15
   */
  readonly ping_interval?: number | undefined;
  /**
   * Bytes waiting in a viewer's socket, 65 536 or more. A viewer with more is disconnected.
   *
   * @defaultValue 67 108 864
   */
  readonly max_buffered_bytes?: number | undefined;
}

/** The options of a hub, which shares an application's HTTP server. */
export interface HubOptions extends LimitOptions {
  /**
   * Origins such as "https://example.org" whose pages may connect, in addition to pages of the same
   * origin and, from this machine, of this machine; "null" for files and sandboxed frames, of
   * whatever site; "*" for all. A server behind a proxy on the same machine requires the public
   * origin here.
   *
   * @defaultValue none
   */
  readonly origins?: readonly string[] | undefined;
}

/** The options of a server. */
export interface ServerOptions extends HubOptions {
  /**
   * The address to listen on. One that others can reach requires `authenticate` or `insecure`.
   *
   * @defaultValue "127.0.0.1"
   */
  readonly host?: string | undefined;
  /** The port, 1..65535, or 0 for a free one. @defaultValue 8765 */
  readonly port?: number | undefined;
  /** Whether others may reach a stream without `authenticate`. @defaultValue false */
  readonly insecure?: boolean | undefined;
  /**
   * Called with HTTP requests for other paths than the server's own, so that a page can come from
   * the same port. It must answer and return true, or return false: then the server answers 404.
   *
   * @defaultValue none
   */
  readonly on_request?:
    ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/** Options with the defaults filled in. */
export type Complete<Options> = {
  readonly [Key in keyof Options]-?: Exclude<Options[Key], undefined>;
};

/** The options of a stream with the defaults filled in. */
export type StreamSettings = Omit<Complete<StreamOptions>, "authenticate"> & {
  readonly authenticate: Authenticate | undefined;
};

const SECONDS = positive(Infinity, "seconds");

const STREAM_CHECKS: Checks<StreamOptions> = {
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
  on_error: (error, during) => console.error(`jupyter-rfb-ts, ${during}:`, error),
};

const HUB_CHECKS: Checks<HubOptions> = {
  origins: ORIGINS,
  max_message_size: integer(1024, 2 ** 30),
  max_message_rate: integer(1),
  hello_timeout: SECONDS,
  auth_timeout: SECONDS,
  ping_interval: SECONDS,
  max_buffered_bytes: integer(65_536),
};

const HUB_DEFAULTS: Complete<HubOptions> = {
  origins: [],
  max_message_size: 65_536,
  max_message_rate: 1000,
  hello_timeout: 10,
  auth_timeout: 10,
  ping_interval: 15,
  max_buffered_bytes: 67_108_864,
};

const SERVER_CHECKS: Checks<ServerOptions> = {
  ...HUB_CHECKS,
  host: string(1),
  port: integer(0, 65_535),
  insecure: boolean,
  on_request: callable,
};

const SERVER_DEFAULTS: Complete<ServerOptions> = {
  ...HUB_DEFAULTS,
  host: "127.0.0.1",
  port: 8765,
  insecure: false,
  on_request: () => false,
};

/** Fills in the options of a stream. @throws as {@link splitOptions} does. */
export function streamSettings(options: StreamOptions): StreamSettings {
  return { ...STREAM_DEFAULTS, ...checkOptions(options, STREAM_CHECKS) };
}

/** Fills in the options of a hub. @throws as {@link splitOptions} does. */
export function hubSettings(options: HubOptions): Complete<HubOptions> {
  return { ...HUB_DEFAULTS, ...checkOptions(options, HUB_CHECKS) };
}

/** Fills in the options of a server. @throws as {@link splitOptions} does. */
export function serverSettings(options: ServerOptions): Complete<ServerOptions> {
  return { ...SERVER_DEFAULTS, ...checkOptions(options, SERVER_CHECKS) };
}

/**
 * Checks the options of a server with one stream, and splits them.
 *
 * @throws TypeError for an unknown option, or a value of another type
 * @throws RangeError for a value out of its range
 */
export function splitOptions(options: ServerOptions & StreamOptions): {
  readonly server: ServerOptions;
  readonly stream: StreamOptions;
} {
  const given = checkOptions(options, { ...STREAM_CHECKS, ...SERVER_CHECKS });
  const isStreams = ([name]: [string, unknown]): boolean => Object.hasOwn(STREAM_CHECKS, name);
  const entries = Object.entries(given);
  return {
    server: Object.fromEntries(entries.filter((entry) => !isStreams(entry))),
    stream: Object.fromEntries(entries.filter(isStreams)),
  };
}
