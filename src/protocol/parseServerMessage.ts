/**
 * Parses what a server of the WebSocket route sends: control messages and the headers of frames.
 */
import { boolean, integer, number, oneOf, string } from "./checks";
import { Fields, NON_EMPTY_TEXT } from "./fields";
import { PICTURE_SIDE, readAtlas, readPatches, readPictureSize } from "./frameFields";
import {
  COLOR_CHECKS,
  PIXEL_RATIO,
  type ColorDescriptor,
  type FrameMetadata,
} from "./frameMetadata";
import { IMAGE_MIMETYPES } from "./messages";
import { parsePing } from "./parsePing";
import type { StreamRole } from "./roleMessages";
import { parseJson, SEQ } from "./streamFields";
import { MAX_CLOSE_TEXT, type StreamClose } from "./closeMessage";
import { MAX_STATUS_TEXT } from "./streamMessages";
import type {
  AtlasFrameHeader,
  ImageFrameHeader,
  PatchFrameHeader,
  StreamConfig,
  StreamFrameHeader,
  StreamQuality,
  StreamServerMessage,
  StreamStats,
  StreamStatus,
  VideoChunkHeader,
} from "./streamMessages";

const MEASURE = number(0);
const TIMESTAMP = number();
const BYTE_LENGTH = integer(0);
const TRANSPORT = oneOf(["image", "webcodecs"]);
const HEADER_TYPE = oneOf(["image_frame", "video_chunk", "patch_frame", "atlas_frame"]);
const IMAGE_MIMETYPE = oneOf(IMAGE_MIMETYPES);
const STATUS_KIND = oneOf(["ok", "error", "empty"]);
const STATUS_TEXT = string(1, MAX_STATUS_TEXT);
/** Codes that a server may close with. @see RFC 6455, section 7.4 */
const CLOSE_CODE = integer(1000, 4999);
const CLOSE_TEXT = string(0, MAX_CLOSE_TEXT);
const BITSTREAM = oneOf(["annexb", "avcc", "vp9"]);

/**
 * Parses a control message of a server. A type that only a newer server knows gives undefined, to
 * be ignored.
 *
 * @throws {@link ProtocolError}
 */
export function parseServerMessage(text: string): StreamServerMessage | undefined {
  const content = parseJson(text);
  const fields = new Fields("message", content);
  const type = fields.read("type", NON_EMPTY_TEXT);
  switch (type) {
    case "config":
      return parseConfig(fields);
    case "set_quality":
      return { type, ...readMeasures(fields, QUALITY_FIELDS) } satisfies StreamQuality;
    case "stats":
      return { type, ...readMeasures(fields, STATS_FIELDS) } satisfies StreamStats;
    case "pong":
      return { type };
    case "ping":
      return fields.has("id") ? parsePing(content) : undefined;
    case "status":
      return parseStatus(fields);
    case "role":
      return parseRole(fields);
    case "close":
      return {
        type,
        code: fields.read("code", CLOSE_CODE),
        reason: fields.readOr("reason", CLOSE_TEXT, ""),
      } satisfies StreamClose;
    default:
      return undefined;
  }
}

function parseRole(fields: Fields): StreamRole {
  return {
    type: "role",
    drives: fields.read("drives", boolean),
    may_drive: fields.readOr("may_drive", boolean, false),
    has_driver: fields.readOr("has_driver", boolean, false),
    asks: fields.readOr("asks", boolean, false),
    ...(fields.has("asking") ? { asking: fields.list("asking", NON_EMPTY_TEXT) } : {}),
  };
}

function parseStatus(fields: Fields): StreamStatus {
  const kind = fields.read("kind", STATUS_KIND);
  return { type: "status", kind, text: kind === "ok" ? "" : fields.read("text", STATUS_TEXT) };
}

const QUALITY_FIELDS = ["bitrate", "fps", "quality", "scale"] as const;

const STATS_FIELDS = [
  "rtt_ms",
  "fps_sent",
  "fps_acked",
  "bitrate_bps",
  "draw_ms",
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
        ...(fields.readOr("refines", boolean, false) ? { refines: true } : {}),
        lengths: fields.list("lengths", BYTE_LENGTH, patches.length, patches.length),
      } satisfies PatchFrameHeader;
    }
    case "atlas_frame":
      return {
        type,
        ...common,
        mime: fields.read("mime", IMAGE_MIMETYPE),
        base: fields.integer("base", 0, seq - 1),
        atlas: readAtlas(fields),
        lengths: fields.list("lengths", BYTE_LENGTH, 2, 2),
      } satisfies AtlasFrameHeader;
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
