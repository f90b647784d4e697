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
/** A buffer's bytes. Who decodes it finds out whether it is base64. */
const BASE64 = string();

/**
 * Parses a message that a session sent to its view: a whole image, patches, an atlas, or a video
 * chunk. The buffers, or else the texts in `data_b64`, must hold the frame's bytes: one for each
 * patch, and two for an atlas.
 *
 * @throws {@link ProtocolError}
 */
export function parseFrameMessage(content: unknown, bufferCount: number): FrameMessage {
  const fields = new Fields("frame", content);
  const type = fields.read("type", FRAME_TYPE);
  const mimetype = fields.read("mimetype", FRAME_MIMETYPE);
  const index = fields.read("index", INDEX);
  const timestamp = fields.read("timestamp", TIME);
  const common = { type, index, timestamp } as const;
  if (isVideo(mimetype)) {
    const data_b64 = readTexts(fields, 1, bufferCount);
    return { ...common, data_b64, mimetype, ...readChunk(mimetype, fields, index) };
  }
  if (fields.has("patches")) {
    const patches = readPatches(fields);
    const data_b64 = readTexts(fields, patches.length, bufferCount);
    const base = fields.integer("base", 1, index - 1);
    const refines = fields.readOr("refines", boolean, false) ? { refines: true } : {};
    return { ...common, data_b64, mimetype, base, patches, ...refines };
  }
  if (fields.has("atlas")) {
    const data_b64 = readTexts(fields, 2, bufferCount);
    const base = fields.integer("base", 1, index - 1);
    const atlas = readAtlas(fields);
    return { ...common, data_b64, mimetype, base, atlas, ...readPictureSize(fields) };
  }
  const dataUrl = fields.has("data_b64") ? fields.read("data_b64", DATA_URL) : null;
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

/** The texts of parts and video, one instead of each buffer; null where the buffers are there. */
function readTexts(fields: Fields, expected: number, bufferCount: number): string[] | null {
  const texts = fields.has("data_b64") ? fields.list("data_b64", BASE64, expected, expected) : null;
  const buffers = texts === null ? expected : 0;
  if (bufferCount === buffers) return texts;
  const what = texts === null ? "as many buffers as files, chunks and cell maps" : "no buffers";
  const number = texts === null ? `, which is ${expected}` : " next to data_b64";
  throw new ProtocolError(mismatch("frame", { expected: what + number }, bufferCount));
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
