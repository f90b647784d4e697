/**
 * Turns messages of the WebSocket route, which are `unknown`, into typed ones, or throws a
 * {@link ProtocolError}.
 */
import { boolean, integer, number, oneOf } from "./checks";
import { ProtocolError } from "./errors";
import type { RfbEvent } from "./events";
import { ANNOUNCED_NAME, Fields, NON_EMPTY_TEXT, TEXT } from "./fields";
import { PICTURE_SIDE, readPatches, readPictureSize } from "./frameFields";
import {
  COLOR_CHECKS,
  PIXEL_RATIO,
  type ColorDescriptor,
  type FrameMetadata,
} from "./frameMetadata";
import { IMAGE_MIMETYPES } from "./messages";
import { parseViewMessage } from "./parse";
import { COORDINATE } from "./parseEvent";
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
import { TOKEN } from "./token";

/** The number of a frame. One below the safe integers, since sessions count one higher. */
const SEQ = integer(0, Number.MAX_SAFE_INTEGER - 1);
const QUEUE_SIZE = integer(0, 2 ** 31);
const QUALITY = integer(1, 100);
const MEASURE = number(0);
const TIMESTAMP = number();
const BYTE_LENGTH = integer(0);
const TRANSPORT = oneOf(["image", "webcodecs"]);
const HEADER_TYPE = oneOf(["image_frame", "video_chunk", "patch_frame"]);
const IMAGE_MIMETYPE = oneOf(IMAGE_MIMETYPES);
const BITSTREAM = oneOf(["annexb", "avcc", "vp9"]);

/** An event of the WebSocket route, with both sets of names. */
export type StreamRfbEvent = RfbEvent & FramePosition;

/** What a server gets from a client. `set_viewport` becomes a resize event. */
export type ParsedClientMessage =
  | StreamHello
  | StreamAck
  | StreamKeyframeRequest
  | StreamDecoderReset
  | { readonly type: "event"; readonly event: StreamRfbEvent }
  | { readonly type: "unknown" };

/**
 * Parses a control message of a client. A type that only a newer client knows gives "unknown", to
 * be ignored.
 *
 * @throws {@link ProtocolError} that names the wrong field, what was expected and what came.
 */
export function parseClientMessage(text: string): ParsedClientMessage {
  const content = parseJson(text);
  const fields = new Fields("message", content);
  const type = fields.read("type", NON_EMPTY_TEXT);
  switch (type) {
    case "hello":
      return parseHello(new Fields("hello", content));
    case "ack":
      return {
        type,
        seq: fields.read("seq", SEQ),
        decode_queue_size: fields.readOr("decode_queue_size", QUEUE_SIZE, 0),
        displayed: fields.readOr("displayed", boolean, true),
      };
    case "request_keyframe":
      return { type, reason: fields.readOr("reason", TEXT, "") };
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
  return {
    type: "hello",
    supported: fields.list("supported", ANNOUNCED_NAME),
    device_pixel_ratio: fields.readOr("device_pixel_ratio", PIXEL_RATIO, 1),
    ...fields.optional("token", TOKEN),
    ...fields.optional("quality", QUALITY),
  };
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
    ...fields.optional("inside", boolean),
    ...fields.optional("pixel_ratio", PIXEL_RATIO),
    ...(fields.has("logical_x") && fields.has("logical_y")
      ? {
          logical_x: fields.read("logical_x", COORDINATE),
          logical_y: fields.read("logical_y", COORDINATE),
        }
      : {}),
  };
}

/**
 * Parses a control message of a server. A type that only a newer server knows gives undefined, to
 * be ignored.
 *
 * @throws {@link ProtocolError}
 */
export function parseServerMessage(text: string): StreamServerMessage | undefined {
  const fields = new Fields("message", parseJson(text));
  const type = fields.read("type", NON_EMPTY_TEXT);
  switch (type) {
    case "config":
      return parseConfig(fields);
    case "set_quality":
      return { type, ...readMeasures(fields, QUALITY_FIELDS) } satisfies StreamQuality;
    case "stats":
      return { type, ...readMeasures(fields, STATS_FIELDS) } satisfies StreamStats;
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

function readMeasures<Name extends string>(
  fields: Fields,
  names: readonly Name[],
): Partial<Record<Name, number>> {
  const result: Partial<Record<Name, number>> = {};
  for (const name of names) {
    if (fields.has(name)) result[name] = fields.read(name, MEASURE);
  }
  return result;
}

function parseConfig(fields: Fields): StreamConfig {
  return {
    type: "config",
    transport: fields.read("transport", TRANSPORT),
    ...fields.optional("codec", NON_EMPTY_TEXT),
    ...readPictureSize(fields),
    coords: "frame-pixels",
    ...readMetadata(fields),
  };
}

/** Parses the header of a binary message. @throws {@link ProtocolError} */
export function parseFrameHeader(header: unknown): StreamFrameHeader {
  const fields = new Fields("frame header", header);
  const type = fields.read("type", HEADER_TYPE);
  const seq = fields.read("seq", SEQ);
  const common = {
    seq,
    timestamp_us: fields.readOr("timestamp_us", TIMESTAMP, 0),
    ...readPictureSize(fields),
    ...readMetadata(fields),
  };
  switch (type) {
    case "image_frame":
      return {
        type,
        ...common,
        mime: fields.read("mime", IMAGE_MIMETYPE),
      } satisfies ImageFrameHeader;
    case "video_chunk":
      return {
        type,
        ...common,
        codec: fields.read("codec", NON_EMPTY_TEXT),
        bitstream: fields.read("bitstream", BITSTREAM),
        keyframe: fields.readOr("keyframe", boolean, false),
        ...(fields.has("base") ? { base: fields.integer("base", 0, seq - 1) } : {}),
        ...(fields.has("visible_width") && fields.has("visible_height")
          ? {
              visible_width: fields.read("visible_width", PICTURE_SIDE),
              visible_height: fields.read("visible_height", PICTURE_SIDE),
            }
          : {}),
      } satisfies VideoChunkHeader;
    case "patch_frame": {
      const patches = readPatches(fields);
      return {
        type,
        ...common,
        mime: fields.read("mime", IMAGE_MIMETYPE),
        base: fields.integer("base", 0, seq - 1),
        patches,
        lengths: fields.list("lengths", BYTE_LENGTH, patches.length, patches.length),
      } satisfies PatchFrameHeader;
    }
  }
}

function readMetadata(fields: Fields): FrameMetadata {
  return {
    ...fields.optional("pixel_ratio", PIXEL_RATIO),
    ...(fields.has("color") ? { color: readColor(fields.child("color")) } : {}),
  };
}

/**
 * Ignores names of colour spaces that only a newer server knows: other colours are better than no
 * picture.
 */
function readColor(fields: Fields): ColorDescriptor {
  const color: Record<string, unknown> = {};
  for (const name of ["primaries", "transfer", "matrix"] as const) {
    const value = fields.value(name);
    if (COLOR_CHECKS[name].accepts(value)) color[name] = value;
  }
  return {
    ...color,
    ...fields.optional("full_range", COLOR_CHECKS.full_range),
    ...fields.optional("bit_depth", COLOR_CHECKS.bit_depth),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolError(`message: expected JSON, got a text of ${text.length} characters`);
  }
}
