/** Parses the frames that a session sends to its view. */
import { boolean, integer, matching, mismatch, number, oneOf, string, type Check } from "./checks";
import { ProtocolError } from "./errors";
import { Fields } from "./fields";
import { PICTURE_SIDE, readAtlas, readPatches, readPictureSize } from "./frameFields";
import {
  IMAGE_MIMETYPES,
  VIDEO_CODECS,
  type FrameMessage,
  type ImageMimetype,
  type VideoFrameMessage,
  type VideoMimetype,
} from "./messages";

/**
 * WebCodecs' codec strings: avc1.PPCCLL for H.264, vp09.PP.LL.DD and more for VP9 (the
 * registrations of the W3C).
 */
const CODEC_STRING: Readonly<Record<VideoMimetype, Check<string>>> = {
  "video/h264": matching(/^avc[13]\.[\da-f]{6}$/i, 'a codec string such as "avc1.42E01F"'),
  "video/vp9": matching(/^vp09(\.\d{2}){3,8}$/, 'a codec string such as "vp09.00.10.08"'),
};

const FRAME_TYPE = oneOf(["framebufferdata"]);
const FRAME_MIMETYPE = oneOf<ImageMimetype | VideoMimetype>([
  ...IMAGE_MIMETYPES,
  ...VIDEO_CODECS.map((codec): VideoMimetype => `video/${codec}`),
]);
const CHUNK = oneOf(["key", "delta"]);
/** The index of a frame, which counts from 1. */
const INDEX = integer(1);
/** Seconds. */
const TIME = number(0);
const DATA_URL = string();

/**
 * Parses a message that a session sent to its view: a whole image, patches, an atlas, or a video
 * chunk. The buffers must hold the frame's bytes, one buffer for each patch, and two for an atlas,
 * unless `data_b64` holds them.
 *
 * @throws {@link ProtocolError}
 */
export function parseFrameMessage(content: unknown, bufferCount: number): FrameMessage {
  const fields = new Fields("frame", content);
  const type = fields.read("type", FRAME_TYPE);
  const mimetype = fields.read("mimetype", FRAME_MIMETYPE);
  const index = fields.read("index", INDEX);
  const timestamp = fields.read("timestamp", TIME);
  const dataUrl = fields.has("data_b64") ? fields.read("data_b64", DATA_URL) : null;
  const common = { type, index, timestamp, data_b64: null } as const;
  if (isVideo(mimetype)) {
    expectBuffers(1, bufferCount, dataUrl);
    return { ...common, mimetype, ...readChunk(mimetype, fields, index) };
  }
  if (fields.has("patches")) {
    const patches = readPatches(fields);
    expectBuffers(patches.length, bufferCount, dataUrl);
    const base = fields.integer("base", 1, index - 1);
    const refines = fields.readOr("refines", boolean, false) ? { refines: true } : {};
    return { ...common, mimetype, base, patches, ...refines };
  }
  if (fields.has("atlas")) {
    expectBuffers(2, bufferCount, dataUrl);
    const base = fields.integer("base", 1, index - 1);
    return { ...common, mimetype, base, atlas: readAtlas(fields), ...readPictureSize(fields) };
  }
  if (dataUrl === null && bufferCount < 1) {
    throw new ProtocolError(
      "frame: expected its bytes as the first buffer or as data_b64, got neither",
    );
  }
  if (dataUrl !== null && !dataUrl.startsWith(`data:${mimetype};base64,`)) {
    const expected = `a data URL of ${mimetype} in base64`;
    throw fields.error("data_b64", { expected }, dataUrl);
  }
  const isScaled = fields.has("width") || fields.has("height");
  return { ...common, mimetype, data_b64: dataUrl, ...(isScaled ? readPictureSize(fields) : {}) };
}

function isVideo(mimetype: ImageMimetype | VideoMimetype): mimetype is VideoMimetype {
  return mimetype.startsWith("video/");
}

function expectBuffers(expected: number, count: number, dataUrl: string | null): void {
  if (dataUrl !== null) {
    throw new ProtocolError(
      "frame.data_b64: expected null for parts and video, got a data URL: send the bytes as buffers",
    );
  }
  if (count !== expected) {
    throw new ProtocolError(
      mismatch(
        "frame",
        { expected: `as many buffers as files, chunks and cell maps, which is ${expected}` },
        count,
      ),
    );
  }
}

/** The fields that only a video chunk has. */
function readChunk(
  mimetype: VideoMimetype,
  fields: Fields,
  index: number,
): Pick<
  VideoFrameMessage,
  "chunk" | "codec" | "width" | "height" | "visible_width" | "visible_height" | "base"
> {
  const chunk = fields.read("chunk", CHUNK);
  return {
    chunk,
    codec: fields.read("codec", CODEC_STRING[mimetype]),
    ...readPictureSize(fields),
    visible_width: fields.read("visible_width", PICTURE_SIDE),
    visible_height: fields.read("visible_height", PICTURE_SIDE),
    ...(chunk === "delta" ? { base: fields.integer("base", 1, index - 1) } : {}),
  };
}
