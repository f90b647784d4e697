/** Turns messages from the other end, which are `unknown`, into typed ones or throws a {@link ProtocolError}. */
import { describeValue, ProtocolError } from "./errors";
import { withBothNames, type RfbEvent, type WireEvent } from "./events";
import { Fields, MAX_LIST_LENGTH, MAX_PHYSICAL_SIZE, MAX_TEXT_LENGTH } from "./fields";
import {
  IMAGE_MIMETYPES,
  VIDEO_CODECS,
  type FrameFeedback,
  type FrameFeedbackMessage,
  type FrameMessage,
  type HelloMessage,
  type ImageMimetype,
  type RequestKeyframeMessage,
  type VideoCodec,
  type VideoFrameMessage,
  type VideoMimetype,
} from "./messages";

/** WebCodecs' codec strings: avc1.PPCCLL for H.264, vp09.PP.LL.DD and more for VP9 (the registrations of the W3C). */
const CODEC_STRINGS: Readonly<Record<VideoCodec, RegExp>> = {
  h264: /^avc[13]\.[\da-f]{6}$/i,
  vp9: /^vp09(\.\d{2}){3,8}$/,
};

/** What a session gets from its view. */
export type ParsedViewMessage =
  | { readonly kind: "hello"; readonly message: HelloMessage }
  | { readonly kind: "feedback"; readonly message: FrameFeedbackMessage }
  | { readonly kind: "request_keyframe"; readonly message: RequestKeyframeMessage }
  | { readonly kind: "event"; readonly event: RfbEvent };

/**
 * Parses a message that a view sent to its session. Events may use the older or the newer field names; the result has both.
 *
 * @throws {@link ProtocolError} saying which field is wrong, what was expected and what came.
 */
export function parseViewMessage(content: unknown): ParsedViewMessage {
  const fields = new Fields("message", content);
  const type = fields.text(fields.has("type") ? "type" : "event_type");
  switch (type) {
    case "hello":
      return {
        kind: "hello",
        message: {
          type,
          version: fields.integer("version", 1, 2 ** 31),
          accepts: fields.accepts(),
        },
      };
    case "frame_feedback":
      return { kind: "feedback", message: { type, ...parseFrameFeedback(content) } };
    case "request_keyframe":
      return { kind: "request_keyframe", message: { type, reason: fields.text("reason") } };
    default:
      return { kind: "event", event: withBothNames(parseEvent(type, content)) };
  }
}

/**
 * Parses a receipt, from a message or from jupyter_rfb's `_frame_feedback` state.
 *
 * @throws {@link ProtocolError}
 */
export function parseFrameFeedback(value: unknown): FrameFeedback {
  const fields = new Fields("frame feedback", value);
  return {
    index: fields.integer("index", 0, Number.MAX_SAFE_INTEGER),
    timestamp: fields.number("timestamp", 0, Number.MAX_VALUE),
    localtime: fields.number("localtime", 0, Number.MAX_VALUE),
  };
}

/**
 * Parses a message that a session sent to its view: a whole image, patches, or a video chunk. The buffers must hold the frame's
 * bytes unless `data_b64` does, one for each patch.
 *
 * @throws {@link ProtocolError}
 */
export function parseFrameMessage(content: unknown, bufferCount: number): FrameMessage {
  const fields = new Fields("frame", content);
  const type = fields.oneOf("type", ["framebufferdata"]);
  const mimetype = fields.oneOf("mimetype", FRAME_MIMETYPES);
  const index = fields.integer("index", 1, Number.MAX_SAFE_INTEGER);
  const timestamp = fields.number("timestamp", 0, Number.MAX_VALUE);
  const dataUrl = fields.has("data_b64") ? fields.longText("data_b64") : null;
  const common = { type, index, timestamp, data_b64: null } as const;
  if (isVideo(mimetype)) {
    expectBuffers(1, bufferCount, dataUrl);
    return { ...common, mimetype, ...parseChunk(mimetype, fields, index) };
  }
  if (fields.has("patches")) {
    const patches = fields.patches();
    expectBuffers(patches.length, bufferCount, dataUrl);
    return { ...common, mimetype, base: fields.integer("base", 1, index - 1), patches };
  }
  if (dataUrl === null && bufferCount < 1) {
    throw new ProtocolError(
      "frame: expected its bytes as the first buffer or as data_b64, got neither",
    );
  }
  if (dataUrl !== null && !dataUrl.startsWith(`data:${mimetype};base64,`)) {
    throw new ProtocolError(
      `frame.data_b64: expected a data URL of ${mimetype} in base64, got ${describeValue(dataUrl)}`,
    );
  }
  const isScaled = fields.has("width") || fields.has("height");
  return { ...common, mimetype, data_b64: dataUrl, ...(isScaled ? fields.pictureSize() : {}) };
}

const FRAME_MIMETYPES: readonly (ImageMimetype | VideoMimetype)[] = [
  ...IMAGE_MIMETYPES,
  ...VIDEO_CODECS.map((codec): VideoMimetype => `video/${codec}`),
];

function isVideo(mimetype: ImageMimetype | VideoMimetype): mimetype is VideoMimetype {
  return mimetype.startsWith("video/");
}

function expectBuffers(expected: number, count: number, dataUrl: string | null): void {
  if (dataUrl !== null) {
    throw new ProtocolError(
      "frame.data_b64: expected null for patches and video, got a data URL: send the bytes as buffers",
    );
  }
  if (count !== expected) {
    throw new ProtocolError(
      `frame: expected as many buffers as images or chunks, which is ${expected}, got ${count}`,
    );
  }
}

/** The fields that only a video chunk has. */
function parseChunk(
  mimetype: VideoMimetype,
  fields: Fields,
  index: number,
): Pick<
  VideoFrameMessage,
  "chunk" | "codec" | "width" | "height" | "visible_width" | "visible_height" | "base"
> {
  const chunk = fields.oneOf("chunk", ["key", "delta"]);
  return {
    chunk,
    codec: fields.matching("codec", CODEC_STRINGS[mimetype === "video/h264" ? "h264" : "vp9"]),
    ...fields.pictureSize(),
    visible_width: fields.integer("visible_width", 1, MAX_PHYSICAL_SIZE),
    visible_height: fields.integer("visible_height", 1, MAX_PHYSICAL_SIZE),
    ...(chunk === "delta" ? { base: fields.integer("base", 1, index - 1) } : {}),
  };
}

function parseEvent(type: string, content: unknown): WireEvent {
  const fields = new Fields(`${type} event`, content);
  const timestamp = fields.numberOr(fields.has("timestamp") ? "timestamp" : "time_stamp", 0);
  switch (type) {
    case "resize": {
      const width = fields.size("width");
      const height = fields.size("height");
      const ratio = fields.number(fields.has("ratio") ? "ratio" : "pixel_ratio", 0.01, 100);
      // jupyter_rfb before 1.0 sent no physical size.
      const pwidth = fields.has("pwidth") ? fields.physicalSize("pwidth") : physical(width, ratio);
      const pheight = fields.has("pheight")
        ? fields.physicalSize("pheight")
        : physical(height, ratio);
      return { type, timestamp, width, height, pwidth, pheight, ratio };
    }
    case "pointer_down":
    case "pointer_up":
    case "pointer_move":
    case "pointer_enter":
    case "pointer_leave": {
      const touches = fields.touches();
      return {
        type,
        timestamp,
        ...fields.position(),
        button: fields.integer("button", 0, MAX_LIST_LENGTH),
        ntouches: fields.has("ntouches")
          ? fields.integer("ntouches", 0, MAX_LIST_LENGTH)
          : Object.keys(touches).length,
        touches,
      };
    }
    case "double_click":
      return {
        type,
        timestamp,
        ...fields.position(),
        button: fields.integer("button", 0, MAX_LIST_LENGTH),
      };
    case "wheel":
      return {
        type,
        timestamp,
        ...fields.position(),
        dx: fields.coordinate("dx"),
        dy: fields.coordinate("dy"),
      };
    case "key_down":
    case "key_up":
      return { type, timestamp, key: fields.text("key"), modifiers: fields.modifiers() };
    case "char":
      return {
        type,
        timestamp,
        data: fields.has("data") ? fields.longText("data", MAX_TEXT_LENGTH) : "",
        is_composing: fields.flag("is_composing"),
        input_type: fields.has("input_type") ? fields.text("input_type") : "",
      };
    case "close":
    case "focus_in":
    case "focus_out":
    case "show":
    case "hide":
      return { type, timestamp };
    default:
      throw new ProtocolError(
        `message.type: expected hello, frame_feedback, request_keyframe or an event type, got ${describeValue(type)}`,
      );
  }
}

/** The physical size that goes with a logical one. */
function physical(logical: number, ratio: number): number {
  return Math.min(MAX_PHYSICAL_SIZE, Math.max(1, Math.round(logical * ratio)));
}
