/** The options of `serve`. */
import { CODEC_CHOICES, VIDEO_DEVICES } from "../framebuffer/node";
import { integer, number, oneOf, string } from "../protocol/checks";
import {
  ORIGIN,
  RESIZE_POLICIES,
  splitOptions,
  type NatsOptions,
  type ServeOptions,
} from "../server/rules";
import { checkReach, INSECURE_OPTION, PATH_PREFIX_OPTION, TOKEN_OPTIONS } from "./accessArguments";
import { defineCommand } from "./commandSyntax";
import { UsageError } from "./errors";
import { givenNatsFlags, NATS_NOTE, NATS_OPTIONS, NATS_VARIABLE, readNats } from "./natsArguments";
import {
  checked,
  flag,
  listOption,
  option,
  type OptionTable,
  type OptionValues,
  type ReadText,
} from "./optionTable";
import { PATTERNS, type Pattern } from "./patterns";
import { readToken, TOKEN_VARIABLE } from "./token";

/** What to serve, and how. */
export interface ServeArguments {
  readonly pattern: Pattern;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames per second. */
  readonly fps: number;
  /** The command ends after this many frames; undefined for never. */
  readonly maxFrames: number | undefined;
  /** The secret that viewers need; undefined where everybody may watch. Never printed. */
  readonly token: string | undefined;
  /** Without `authenticate`. */
  readonly options: ServeOptions;
}

/** A side in pixels: what video encoders and graphics devices accept. */
const SIDE = checked(integer(16, 16_384));

/** A number whose range the server checks. */
const NUMBER = checked({ ...number(), expected: "a number" });

const TEXT = checked(string(1));

const NUMBER_OR_OFF = checked({ ...number(), expected: "a number, or off" });
const secondsOrOff: ReadText<number | null> = (text, name) =>
  text === "off" ? null : NUMBER_OR_OFF(text, name);

const OPTIONS = {
  pattern: option("NAME", PATTERNS.join(", "), checked(oneOf(PATTERNS)), "bouncing_box"),
  width: option("N", "width in pixels", SIDE, 1280),
  height: option("N", "height in pixels", SIDE, 720),
  fps: option("N", "frames per second, 1 to 240", NUMBER, 30),
  "max-frames": option("N", "end after N frames (by default never)", checked(integer(1))),
  "resize-policy": option(
    "NAME",
    "publisher: the size above; match_client: the most recently resized viewer's (by default publisher)",
    checked(oneOf(RESIZE_POLICIES)),
  ),
  "max-render-dimension": option(
    "N",
    "the longest side with match_client, in pixels (by default 8192)",
    NUMBER,
  ),
  codec: option(
    "NAME",
    `${CODEC_CHOICES.join(", ")} (by default auto)`,
    checked(oneOf(CODEC_CHOICES)),
  ),
  "force-image": flag("only images, no video"),
  quality: option("N", "1 to 100 (by default 80)", NUMBER),
  bitrate: option("N", "the most for video, in bits per second (by default 12000000)", NUMBER),
  "video-device": option(
    "NAME",
    `${VIDEO_DEVICES.join(", ")} (by default software)`,
    checked(oneOf(VIDEO_DEVICES)),
  ),
  adaptive: flag("adapt quality and size to each viewer's connection"),
  "still-after": option(
    "S",
    "seconds without a change until the picture is sent lossless, or off (by default 0.3)",
    secondsOrOff,
  ),
  // The page shows the reports, so they are on by default here.
  "stats-interval": option("S", "seconds between reports to each viewer, or off", secondsOrOff, 1),
  host: option("ADDRESS", "the address to listen on (by default 127.0.0.1)", TEXT),
  port: option("N", "the port, or 0 for a free one (by default 8765)", NUMBER),
  "path-prefix": PATH_PREFIX_OPTION,
  ...TOKEN_OPTIONS,
  insecure: INSECURE_OPTION,
  origin: listOption(
    "URL",
    "let pages of another origin connect; may be given several times; * for all",
    checked(ORIGIN),
  ),
  driver: option(
    "NAME",
    "whose events count: any, first (one viewer at a time), none (by default any)",
    checked(oneOf(["any", "first", "none"] as const)),
  ),
  "record-events": flag("keep what viewers do, to be read at /recorded-events"),
  "event-log": option("FILE", "append what viewers do to a file, one JSON object a line", TEXT),
  ...NATS_OPTIONS,
  name: option("NAME", "the stream's name at edges; publishes it to NATS", TEXT),
  takeover: flag("take the name from another program that publishes under it"),
} as const satisfies OptionTable;

/** The syntax of `serve`. */
export const SERVE_SYNTAX = defineCommand({
  name: "serve",
  summary: "show a test picture on a web page",
  description:
    "Serves a moving test picture, and a page that shows it. Open the printed address in a browser.",
  options: OPTIONS,
  headings: { pattern: "Picture", codec: "Encoding", host: "Server", nats: "Edges" },
  notes: [
    `The environment variable ${TOKEN_VARIABLE} may hold the secret, too.`,
    NATS_NOTE,
    "On the same port: /health, /metrics, /streams, /recorded-events",
  ].join("\n"),
});

/**
 * Reads the options of `serve`.
 *
 * @param env - may hold the token
 * @throws UsageError that names the option and what it may be
 */
export function readServeArguments(
  values: OptionValues<typeof OPTIONS>,
  env: Readonly<Record<string, string | undefined>>,
): ServeArguments {
  const { pattern, width, height, fps, host, insecure, codec } = values;
  const token = readToken(values.token, values["token-file"], env);
  if (values["force-image"] && (codec === "h264" || codec === "vp9")) {
    throw new UsageError(`--force-image: expected no video with it, got --codec ${codec}`);
  }
  const options: ServeOptions = {
    host,
    port: values.port,
    path_prefix: values["path-prefix"],
    insecure,
    origins: values.origin,
    fps,
    codec,
    has_h264: values["force-image"] ? false : undefined,
    video_device: values["video-device"],
    quality: values.quality,
    bitrate: values.bitrate,
    adaptive: values.adaptive,
    stats_interval: values["stats-interval"],
    still_after: values["still-after"],
    resize_policy: values["resize-policy"],
    max_render_dimension: values["max-render-dimension"],
    driver: values.driver,
    record_events: values["record-events"],
    event_log: values["event-log"],
    nats: readRelay(values, env),
    name: values.name,
    takeover: values.takeover,
  };
  checkByServer(options);
  checkReach(host, token === undefined && !insecure, ["--token-file", TOKEN_VARIABLE, "--token"]);
  return { pattern, width, height, fps, maxFrames: values["max-frames"], token, options };
}

/** How to reach NATS; undefined where the stream isn't published to it. */
function readRelay(
  values: OptionValues<typeof OPTIONS>,
  env: Readonly<Record<string, string | undefined>>,
): NatsOptions | undefined {
  if (values.name === undefined) {
    const flags = [...givenNatsFlags(values), ...(values.takeover ? ["--takeover"] : [])];
    if (flags.length === 0) return undefined;
    throw new UsageError(`${flags[0]}: expected --name with it, got none`);
  }
  const nats = readNats(values, env);
  if (nats !== undefined) return nats;
  throw new UsageError(`--name: expected --nats with it, or ${NATS_VARIABLE}, got none`);
}

/** Applies the server's own checks. @throws UsageError that names the option as it was typed */
function checkByServer(options: ServeOptions): void {
  try {
    splitOptions(options);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    const text = error.message.replace(/^\w+/, flagOf);
    throw new UsageError(text.replace(", or null, got", ", or off, got"));
  }
}

function flagOf(name: string): string {
  return name === "origins" ? "--origin" : `--${name.replaceAll("_", "-")}`;
}
