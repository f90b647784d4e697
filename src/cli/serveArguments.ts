/** What `serve` can be told. */
import { CODEC_CHOICES, MAX_FRAME_PIXELS, VIDEO_DEVICES } from "../framebuffer";
import {
  RESIZE_POLICIES,
  serverSettings,
  splitOptions,
  streamSettings,
  type ServerOptions,
  type StreamOptions,
} from "../server/options";
import { isLoopbackHost } from "../server/origins";
import { UsageError } from "./errors";
import {
  choiceFlag,
  integerFlag,
  isGiven,
  listFlag,
  numberFlag,
  textFlag,
  type Flags,
  type FlagValues,
} from "./flags";
import { PATTERNS, type Pattern } from "./patterns";

/** What to serve, and how. */
export interface ServeArguments {
  readonly pattern: Pattern;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames per second. */
  readonly fps: number;
  /** After so many frames the command ends; undefined for never. */
  readonly maxFrames: number | undefined;
  /** What viewers must know; undefined where everybody may look. Never to be printed. */
  readonly token: string | undefined;
  /** Without `authenticate`. */
  readonly options: ServerOptions & StreamOptions;
}

/** The options of serve. */
export const SERVE_FLAGS = {
  pattern: { type: "string" },
  host: { type: "string" },
  port: { type: "string" },
  width: { type: "string" },
  height: { type: "string" },
  fps: { type: "string" },
  codec: { type: "string" },
  "video-device": { type: "string" },
  quality: { type: "string" },
  bitrate: { type: "string" },
  "force-image": { type: "boolean" },
  adaptive: { type: "boolean" },
  "stats-interval": { type: "string" },
  "still-after": { type: "string" },
  "resize-policy": { type: "string" },
  "max-render-dimension": { type: "string" },
  "record-events": { type: "boolean" },
  "event-log": { type: "string" },
  "max-frames": { type: "string" },
  insecure: { type: "boolean" },
  origin: { type: "string", multiple: true },
  token: { type: "string" },
} as const satisfies Flags;

/** What `serve --help` prints. */
export const SERVE_USAGE = `Usage: npx jupyter-rfb-ts serve [options]

Serves a moving test picture, and a page that shows it: open the printed address in a browser.

The picture:
  --pattern NAME            ${PATTERNS.join(", ")} (by default bouncing_box)
  --width N, --height N     its size in pixels (by default 1280 x 720)
  --fps N                   frames per second, 1 to 240 (by default 30)
  --max-frames N            end after so many frames (by default never)
  --resize-policy NAME      publisher: the size above; match_client: that of the viewer resized last
  --max-render-dimension N  the longest side for match_client, in pixels

How it travels:
  --codec NAME              ${CODEC_CHOICES.join(", ")} (by default auto)
  --force-image             images only, never video
  --quality N               1 to 100 (by default 80)
  --bitrate N               the most that video takes, in bits per second (by default 12000000)
  --video-device NAME       ${VIDEO_DEVICES.join(", ")} (by default software)
  --adaptive                let quality and size follow what each viewer's link can carry
  --still-after S           seconds of rest before the picture is sent lossless, or off (by default 0.3)
  --stats-interval S        seconds between two reports to each viewer, or off (by default 1)

The server:
  --host ADDRESS            the address to listen on (by default 127.0.0.1)
  --port N                  by default 8765; 0 for one that is free
  --token TEXT              a secret of yours: whoever does not know it cannot look
  --insecure                let everybody look, where others can reach the address
  --origin URL              let pages of another origin connect; may be given several times; * for all
  --record-events           keep what viewers do, to be read at /recorded-events
  --event-log FILE          write what viewers do to a file, one JSON object a line

On the same port: /health, /metrics, /streams, /recorded-events`;

const DEFAULT_SIZE = { width: 1280, height: 720 } as const;

/** The smallest and the longest side that video encoders and graphics devices take, in pixels. */
const SIDES = { least: 16, most: 16_384 } as const;

/** Seconds between two reports: the page shows them. */
const DEFAULT_STATS_INTERVAL = 1;

/** A number of seconds, or "off". */
function secondsOrOff(values: FlagValues, name: string): number | null | undefined {
  if (values[name] === "off") return null;
  return numberFlag(values, name);
}

/**
 * Reads the options of serve.
 *
 * @throws UsageError naming the option, and what it may be
 */
export function readServeArguments(values: FlagValues): ServeArguments {
  const pattern = choiceFlag(values, "pattern", PATTERNS) ?? "bouncing_box";
  const side = (name: keyof typeof DEFAULT_SIZE): number =>
    integerFlag(values, name, SIDES.least, SIDES.most) ?? DEFAULT_SIZE[name];
  const [width, height] = [side("width"), side("height")];
  if (width * height > MAX_FRAME_PIXELS) {
    throw new UsageError(`--width: expected at most ${MAX_FRAME_PIXELS} pixels in all`);
  }
  const token = textFlag(values, "token");
  const options = checked(readOptions(values));
  const { host, insecure } = serverSettings(splitOptions(options).server);
  if (!isLoopbackHost(host) && !insecure && token === undefined) {
    throw new UsageError(
      `--host: others can reach ${host}, and everybody could look; expected --token or --insecure with it, got neither`,
    );
  }
  const { fps } = streamSettings(splitOptions(options).stream);
  const maxFrames = integerFlag(values, "max-frames", 1, Infinity);
  return { pattern, width, height, fps, maxFrames, token, options };
}

function readOptions(values: FlagValues): ServerOptions & StreamOptions {
  const codec = choiceFlag(values, "codec", CODEC_CHOICES);
  const isImageOnly = isGiven(values, "force-image");
  if (isImageOnly && (codec === "h264" || codec === "vp9")) {
    throw new UsageError(`--force-image: expected no video with it, got --codec ${codec}`);
  }
  return {
    host: textFlag(values, "host"),
    port: numberFlag(values, "port"),
    insecure: isGiven(values, "insecure"),
    origins: listFlag(values, "origin"),
    fps: numberFlag(values, "fps"),
    codec,
    has_h264: isImageOnly ? false : undefined,
    video_device: choiceFlag(values, "video-device", VIDEO_DEVICES),
    quality: numberFlag(values, "quality"),
    bitrate: numberFlag(values, "bitrate"),
    adaptive: isGiven(values, "adaptive"),
    stats_interval: secondsOrOff(values, "stats-interval") ?? statsByDefault(values),
    still_after: secondsOrOff(values, "still-after"),
    resize_policy: choiceFlag(values, "resize-policy", RESIZE_POLICIES),
    max_render_dimension: numberFlag(values, "max-render-dimension"),
    record_events: isGiven(values, "record-events"),
    event_log: textFlag(values, "event-log"),
  };
}

function statsByDefault(values: FlagValues): number | null {
  return values["stats-interval"] === undefined ? DEFAULT_STATS_INTERVAL : null;
}

/** Has the server's own rules look at the options, and names the one that is wrong as it was given. */
function checked(options: ServerOptions & StreamOptions): ServerOptions & StreamOptions {
  try {
    const { server, stream } = splitOptions(options);
    serverSettings(server);
    streamSettings(stream);
    return options;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new UsageError(
      error.message.replace(/^\w+/, (name) => `--${FLAG_OF[name] ?? name.replaceAll("_", "-")}`),
    );
  }
}

/** The options of the server that are called otherwise here. */
const FLAG_OF: Readonly<Record<string, string>> = { origins: "origin" };
