/**
 * The messages between a session (producing end) and its view (displaying end), as JSON with binary buffers beside it.
 * docs/PROTOCOL.md describes them; change both in one commit.
 */
import type { WireEvent } from "./events";
import type { FrameMetadata } from "./frameMetadata";

/** The version of this protocol that a view announces in its hello. Raised when a change would confuse an older peer. */
export const PROTOCOL_VERSION = 1;

/** The media types in which a picture may come as an image file. */
export const IMAGE_MIMETYPES = ["image/jpeg", "image/png", "image/webp"] as const;

/** The media type of an encoded image. */
export type ImageMimetype = (typeof IMAGE_MIMETYPES)[number];

/** The video codecs in which a picture may come as a chunk of a stream. */
export const VIDEO_CODECS = ["h264", "vp9"] as const;

/** A video codec's name. */
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** The media type of a video chunk. */
export type VideoMimetype = `video/${VideoCodec}`;

/** `[x, y, width, height]` in physical pixels from the picture's top-left corner: whole numbers, inside the picture, not empty. */
export type PatchRect = readonly [x: number, y: number, width: number, height: number];

/** What all frames have; of its look what the source said. */
interface FrameFields extends FrameMetadata {
  readonly type: "framebufferdata";
  /** `data:<mimetype>;base64,...`, or null when the bytes are the buffers. Only a whole image may come in base64. */
  readonly data_b64: string | null;
  /** The frame's number, a positive integer that increases by one with each frame sent. */
  readonly index: number;
  /** When the frame was handed over to be encoded and sent, in seconds since the epoch, by the producing end's clock. */
  readonly timestamp: number;
}

/** A whole picture as one image file: the first buffer, or `data_b64`. */
export interface ImageFrameMessage extends FrameFields {
  readonly mimetype: ImageMimetype;
  /** The picture's size in physical pixels. The file is scaled up where it is smaller. @defaultValue the file's */
  readonly width?: number;
  readonly height?: number;
}

/** Parts of a picture, to be painted over the frame `base`. The n-th buffer is the image file of the n-th patch, of its size. */
export interface PatchFrameMessage extends FrameFields {
  readonly mimetype: ImageMimetype;
  /** The index of the frame that these patches change. The view must have painted it last. */
  readonly base: number;
  readonly patches: readonly PatchRect[];
  /** The whole picture's size in physical pixels. For people and tools: the view knows it. */
  readonly width?: number;
  readonly height?: number;
}

/** One chunk of a video stream, the first buffer. Each chunk is one picture. */
export interface VideoFrameMessage extends FrameFields {
  readonly mimetype: VideoMimetype;
  /** A key chunk needs no other; a delta chunk changes the frame before it in the stream. */
  readonly chunk: "key" | "delta";
  /** WebCodecs' codec string, such as "avc1.42E01F". It may change with a key chunk. */
  readonly codec: string;
  /** The picture's size in physical pixels. The decoded one may have a column or a row more, which are not to be shown, or be smaller, to be scaled up. */
  readonly width: number;
  readonly height: number;
  /** The size in the decoded picture that is to be shown, from its top-left corner: without the columns and rows that pad it. */
  readonly visible_width: number;
  readonly visible_height: number;
  /** For a delta chunk: the index of the frame that it changes. The view must have decoded it. */
  readonly base?: number;
}

/** One encoded frame, in one of three forms. */
export type FrameMessage = ImageFrameMessage | PatchFrameMessage | VideoFrameMessage;

/** What a session sends to its view. */
export type SessionMessage = FrameMessage;

/** The view's receipt for a frame: it was painted, or dropped for a newer one. */
export interface FrameFeedback {
  /** The frame's index. All frames up to it count as acknowledged. 0 before the first. */
  readonly index: number;
  /** The frame's own timestamp, sent back. */
  readonly timestamp: number;
  /** When the view was done with the frame, in seconds since the epoch, by the view's clock. */
  readonly localtime: number;
}

/** The view's receipt as a message. */
export interface FrameFeedbackMessage extends FrameFeedback {
  readonly type: "frame_feedback";
}

/** The first message of a view. The session forgets what an earlier view has not acknowledged and sends a whole frame. */
export interface HelloMessage {
  readonly type: "hello";
  readonly version: number;
  /**
   * What the view can show beside whole JPEG and PNG images: "webp", "patches", and the video codecs that it can decode here.
   * An older view has none. Names that the session does not know are passed over.
   */
  readonly accepts: readonly string[];
}

/** What a view may name in {@link HelloMessage.accepts}. */
export const VIEW_ABILITIES = ["webp", "patches", ...VIDEO_CODECS] as const;

/** One of {@link VIEW_ABILITIES}. */
export type ViewAbility = (typeof VIEW_ABILITIES)[number];

/** The view cannot use what it gets, because of a broken, missing or stalled frame: the next one must need no other. */
export interface RequestKeyframeMessage {
  readonly type: "request_keyframe";
  /** What was wrong, for people. */
  readonly reason: string;
}

/** What a view sends to its session: its hello, its receipts, its wishes, and the user's events. */
export type ViewMessage = HelloMessage | FrameFeedbackMessage | RequestKeyframeMessage | WireEvent;
