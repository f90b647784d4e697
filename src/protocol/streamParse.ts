/** Turns what comes over the WebSocket route, which is `unknown`, into typed messages or throws a {@link ProtocolError}. */
import { describeValue, ProtocolError } from "./errors";
import type { RfbEvent } from "./events";
import { Fields, MAX_PHYSICAL_SIZE } from "./fields";
import type { ColorDescriptor, FrameMetadata } from "./frameMetadata";
import { parseViewMessage } from "./parse";
import { IMAGE_MIMETYPES } from "./messages";
import type {
  FramePosition,
  ImageFrameHeader,
  PatchFrameHeader,
  StreamAck,
  StreamConfig,
  StreamDecoderReset,
  StreamFrameHeader,
  StreamHello,
  StreamKeyframeRequest,
  StreamQuality,
  StreamServerMessage,
  StreamStats,
  VideoChunkHeader,
} from "./streamMessages";

/** More names than this no client has. */
const MAX_CAPABILITIES = 64;
const MAX_NAME_LENGTH = 64;
/** Longest token: that of a signed one with many claims has some thousand characters. */
export const MAX_TOKEN_LENGTH: number = 16 * 1024;
/** Longest reason for a keyframe that is kept. */
const MAX_REASON_LENGTH = 4096;

/** An event of the WebSocket route, with both sets of names. */
export type StreamRfbEvent = RfbEvent & FramePosition;

/** What a server gets from a client. `set_viewport` is a resize event. */
export type ParsedClientMessage =
  | StreamHello
  | StreamAck
  | StreamKeyframeRequest
  | StreamDecoderReset
  | { readonly type: "event"; readonly event: StreamRfbEvent }
  | { readonly type: "unknown" };

/**
 * Parses a control message of a client. What a newer client may send is `unknown`, and to be passed over.
 *
 * @throws {@link ProtocolError} saying which field is wrong, what was expected and what came.
 */
export function parseClientMessage(text: string): ParsedClientMessage {
  const content = parseJson(text);
  const fields = new Fields("message", content);
  const type = fields.text("type");
  switch (type) {
    case "hello":
      return parseHello(fields);
    case "ack":
      return {
        type,
        seq: fields.integer("seq", 0, Number.MAX_SAFE_INTEGER - 1),
        decode_queue_size: fields.has("decode_queue_size")
          ? fields.integer("decode_queue_size", 0, 2 ** 31)
          : 0,
        displayed: !fields.has("displayed") || fields.flag("displayed"),
      };
    case "request_keyframe":
      return {
        type,
        reason: fields.has("reason") ? fields.longText("reason", MAX_REASON_LENGTH) : "",
      };
    case "decoder_reset":
      return { type };
    case "set_viewport":
      return { type: "event", event: parseStreamEvent({ ...(content as object), type: "resize" }) };
    case "event":
      return { type, event: parseStreamEvent(fields.value("event")) };
    default:
      return { type: "unknown" };
  }
}

function parseHello(fields: Fields): StreamHello {
  const supported = fields.value("supported");
  const isName = (name: unknown): boolean =>
    typeof name === "string" && name.length <= MAX_NAME_LENGTH;
  if (
    !Array.isArray(supported) ||
    supported.length > MAX_CAPABILITIES ||
    !supported.every(isName)
  ) {
    throw new ProtocolError(
      `hello.supported: expected a list of at most ${MAX_CAPABILITIES} names, got ${describeValue(supported)}`,
    );
  }
  return {
    type: "hello",
    supported: supported as string[],
    device_pixel_ratio: fields.has("device_pixel_ratio")
      ? fields.number("device_pixel_ratio", 0.01, 100)
      : 1,
    ...(fields.has("token") ? { token: parseToken(fields) } : {}),
    ...(fields.has("quality") ? { quality: fields.integer("quality", 1, 100) } : {}),
  };
}

/** Its error never shows the token. */
function parseToken(fields: Fields): string {
  const token = fields.value("token");
  if (typeof token === "string" && token.length <= MAX_TOKEN_LENGTH) return token;
  throw new ProtocolError(
    `hello.token: expected a text of at most ${MAX_TOKEN_LENGTH} characters, got ${typeof token === "string" ? "a longer one" : `a ${typeof token}`}`,
  );
}

function parseStreamEvent(content: unknown): StreamRfbEvent {
  const parsed = parseViewMessage(content);
  if (parsed.kind !== "event") {
    throw new ProtocolError(`event.type: expected an event's type, got "${parsed.message.type}"`);
  }
  const { event } = parsed;
  if (!("x" in event)) return event;
  const fields = new Fields("event", content);
  return {
    ...event,
    ...(fields.has("inside") ? { inside: fields.flag("inside") } : {}),
    ...(fields.has("pixel_ratio") ? { pixel_ratio: fields.number("pixel_ratio", 0.01, 100) } : {}),
    ...(fields.has("logical_x") && fields.has("logical_y")
      ? { logical_x: fields.coordinate("logical_x"), logical_y: fields.coordinate("logical_y") }
      : {}),
  };
}

/**
 * Parses a control message of a server. What a newer server may send is undefined, and to be passed over.
 *
 * @throws {@link ProtocolError}
 */
export function parseServerMessage(text: string): StreamServerMessage | undefined {
  const fields = new Fields("message", parseJson(text));
  const type = fields.text("type");
  switch (type) {
    case "config":
      return parseConfig(fields);
    case "set_quality":
      return { type, ...numbers(fields, QUALITY_FIELDS) } satisfies StreamQuality;
    case "stats":
      return { type, ...numbers(fields, STATS_FIELDS) } satisfies StreamStats;
    default:
      return undefined;
  }
}

const QUALITY_FIELDS = ["bitrate", "fps", "quality", "scale"] as const;

const STATS_FIELDS = [
  "rtt_ms",
  "fps_sent",
  "fps_acked",
  "bitrate_bps",
  "encode_ms",
  "decode_queue_size",
  "dropped",
  "target_bitrate",
  "target_fps",
] as const;

function numbers<Name extends string>(
  fields: Fields,
  names: readonly Name[],
): Partial<Record<Name, number>> {
  const result: Partial<Record<Name, number>> = {};
  for (const name of names) {
    if (fields.has(name)) result[name] = fields.number(name, 0, Number.MAX_VALUE);
  }
  return result;
}

function parseConfig(fields: Fields): StreamConfig {
  return {
    type: "config",
    transport: fields.oneOf("transport", ["image", "webcodecs"]),
    ...(fields.has("codec") ? { codec: fields.text("codec") } : {}),
    ...fields.pictureSize(),
    coords: "frame-pixels",
    ...parseLook(fields),
  };
}

/** @throws {@link ProtocolError} */
export function parseFrameHeader(header: unknown): StreamFrameHeader {
  const fields = new Fields("frame header", header);
  const type = fields.oneOf("type", ["image_frame", "video_chunk", "patch_frame"]);
  const seq = fields.integer("seq", 0, Number.MAX_SAFE_INTEGER - 1);
  const common = {
    seq,
    timestamp_us: fields.numberOr("timestamp_us", 0),
    ...fields.pictureSize(),
    ...parseLook(fields),
  };
  switch (type) {
    case "image_frame":
      return {
        type,
        ...common,
        mime: fields.oneOf("mime", IMAGE_MIMETYPES),
      } satisfies ImageFrameHeader;
    case "video_chunk":
      return {
        type,
        ...common,
        codec: fields.text("codec"),
        bitstream: fields.oneOf("bitstream", ["annexb", "avcc", "vp9"]),
        keyframe: fields.flag("keyframe"),
        ...(fields.has("base") ? { base: fields.integer("base", 0, seq - 1) } : {}),
        ...(fields.has("visible_width") && fields.has("visible_height")
          ? {
              visible_width: fields.integer("visible_width", 1, MAX_PHYSICAL_SIZE),
              visible_height: fields.integer("visible_height", 1, MAX_PHYSICAL_SIZE),
            }
          : {}),
      } satisfies VideoChunkHeader;
    case "patch_frame": {
      const patches = fields.patches();
      return {
        type,
        ...common,
        mime: fields.oneOf("mime", IMAGE_MIMETYPES),
        base: fields.integer("base", 0, seq - 1),
        patches,
        lengths: fields.byteLengths("lengths", patches.length),
      } satisfies PatchFrameHeader;
    }
  }
}

/** Passes over what it does not know of colours: a picture in other colours is better than none. */
function parseLook(fields: Fields): FrameMetadata {
  return {
    ...(fields.has("pixel_ratio") ? { pixel_ratio: fields.number("pixel_ratio", 0.01, 100) } : {}),
    ...(fields.has("color") ? { color: parseColor(fields.value("color")) } : {}),
  };
}

const COLOR_CHOICES = {
  primaries: ["bt709", "display-p3", "bt2020"],
  transfer: ["srgb", "bt709", "pq", "hlg", "linear"],
  matrix: ["rgb", "bt709", "bt2020-ncl"],
} as const;

function parseColor(value: unknown): ColorDescriptor {
  const fields = new Fields("color", value);
  const color: Record<string, unknown> = {};
  for (const [name, choices] of Object.entries(COLOR_CHOICES)) {
    const chosen = fields.value(name);
    if (choices.some((choice) => choice === chosen)) color[name] = chosen;
  }
  if (fields.has("full_range")) color.full_range = fields.flag("full_range");
  if (fields.has("bit_depth")) color.bit_depth = fields.integer("bit_depth", 1, 32);
  return color;
}

/**
 * Checks a colour descriptor that a publisher gave.
 *
 * @throws {@link ProtocolError} when it is no object, or a field of it is not among the choices.
 */
export function checkColor(value: unknown): ColorDescriptor {
  const fields = new Fields("color", value);
  for (const [name, choices] of Object.entries(COLOR_CHOICES)) {
    if (fields.has(name)) fields.oneOf(name, choices);
  }
  return parseColor(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolError(`message: expected JSON, got a text of ${text.length} characters`);
  }
}
