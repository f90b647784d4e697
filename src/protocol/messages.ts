/**
 * The messages between a session (producing end) and its view (displaying end): JSON, with binary
 * buffers next to it. docs/PROTOCOL.md describes them; change both in one commit.
 */
import type { WireEvent } from "./events";
import type { FrameMetadata } from "./frameMetadata";

/**
 * The protocol version in a view's hello. A change that an older peer would misunderstand raises
 * it.
 */
export const PROTOCOL_VERSION = 1;

/**
 * The largest area of a picture in pixels, such as 16384 x 8192. It takes 512 MB; browsers cannot
 * show much larger ones.
 */
export const MAX_FRAME_PIXELS: number = 2 ** 27;

/** The media types of an encoded image. */
export const IMAGE_MIMETYPES = ["image/jpeg", "image/png", "image/webp"] as const;

/** One of {@link IMAGE_MIMETYPES}. */
export type ImageMimetype = (typeof IMAGE_MIMETYPES)[number];

/** The values of {@link VideoCodec}. */
export const VIDEO_CODECS = ["h264", "vp9"] as const;

/** The codec of a video chunk. */
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** The media type of a video chunk. */
export type VideoMimetype = `video/${VideoCodec}`;

/**
 * `[x, y, width, height]` in whole physical pixels from the top-left corner; not empty, and inside
 * the picture.
 */
export type PatchRect = readonly [x: number, y: number, width: number, height: number];

/** The fields of every frame. */
interface FrameFields extends FrameMetadata {
  readonly type: "framebufferdata";
  /** The frame's number: 1 for the first, one more for each frame sent. */
  readonly index: number;
  /**
   * When the frame was passed on to be encoded, in seconds since the epoch, by the producing end's
   * clock.
   */
  readonly timestamp: number;
}

/** The fields of a frame that may have several buffers, or a chunk. */
interface PartsFields extends FrameFields {
  /** Each buffer's bytes in base64, or null if the buffers hold them. */
  readonly data_b64: readonly string[] | null;
}

/** A whole picture in one image file: the first buffer, or `data_b64`. */
export interface ImageFrameMessage extends FrameFields {
  /** `data:<mimetype>;base64,...`, or null if the buffer holds the bytes. */
  readonly data_b64: string | null;
  readonly mimetype: ImageMimetype;
  /**
   * The picture's size in physical pixels. The view scales a smaller file up to it.
   *
   * @defaultValue the file's size
   */
  readonly width?: number;
  readonly height?: number;
}

/**
 * Parts of a picture, to be painted over the frame `base`. The n-th buffer is the image file of the
 * n-th patch.
 */
export interface PatchFrameMessage extends PartsFields {
  readonly mimetype: ImageMimetype;
  /** The index of the frame that the patches change. The view must have painted it last. */
  readonly base: number;
  readonly patches: readonly PatchRect[];
  /**
   * Whether the patches show what `base` shows, only better. The receipt of such a frame need not
   * wait for the screen, as it makes room for no other frame. Older sessions leave it out.
   *
   * @defaultValue false
   */
  readonly refines?: boolean;
  /**
   * The whole picture's size in physical pixels. The view knows it; other readers of the messages
   * may not.
   */
  readonly width?: number;
  readonly height?: number;
}

/** How an atlas is laid out. */
export interface AtlasLayout {
  /** Cells in a row of it, >= 1. */
  readonly columns: number;
}

/**
 * Cells of 16 x 16 pixels that are scattered over a picture, packed into one image, to be painted
 * over the frame `base`. The first buffer is the image file, the second the cell map: see
 * {@link ./atlas}.
 */
export interface AtlasFrameMessage extends PartsFields {
  readonly mimetype: ImageMimetype;
  /** The index of the frame that the cells change. The view must have painted it last. */
  readonly base: number;
  readonly atlas: AtlasLayout;
  /** The whole picture's size in physical pixels, which says how many cells it has. */
  readonly width: number;
  readonly height: number;
}

/** One chunk of a video stream, the first buffer. Each chunk is one picture. */
export interface VideoFrameMessage extends PartsFields {
  readonly mimetype: VideoMimetype;
  /** A key chunk decodes without any other; a delta chunk changes an earlier frame. */
  readonly chunk: "key" | "delta";
  /** WebCodecs' codec string, such as "avc1.42E01F". May change with a key chunk. */
  readonly codec: string;
  /** The size to show the picture in, in physical pixels. */
  readonly width: number;
  readonly height: number;
  /**
   * The part of the decoded picture to show, from its top-left corner. Codecs may pad a picture by
   * a column and a row. A part that is smaller than `width` x `height` is scaled up.
   */
  readonly visible_width: number;
  readonly visible_height: number;
  /** For a delta chunk, the index of the frame that it changes. The view must have decoded it. */
  readonly base?: number;
}

/** One encoded frame, in one of four forms. */
export type FrameMessage =
  ImageFrameMessage | PatchFrameMessage | AtlasFrameMessage | VideoFrameMessage;

/** Whether a frame only changes parts of the one that is painted. */
export function isInParts(frame: FrameMessage): frame is PatchFrameMessage | AtlasFrameMessage {
  return "patches" in frame || "atlas" in frame;
}

/** The answer to a {@link RequestStatsMessage}. All times are in seconds. */
export interface StatsMessage {
  readonly type: "stats";
  /** That of the request. */
  readonly localtime: number;
  /** When the request came, by the session's monotonic clock. */
  readonly monotonic: number;
  /** The same moment since the epoch, by the session's clock. */
  readonly now: number;
  /**
   * Running means; null where nothing was measured yet. `event_age` is the session's monotonic time
   * when an event came, less the event's own timestamp: meaningful only with the two clocks'
   * difference.
   */
  readonly event_age: number | null;
  /** How long get_frame() takes. */
  readonly drawing: number | null;
  /** How long a frame waits for its encoder and is encoded. */
  readonly encoding: number | null;
}

/** Asks the view for a {@link PongMessage} at once. Only views that accept "ping" get it. */
export interface PingMessage {
  readonly type: "ping";
  readonly id: number;
}

/** A message of a session to its view. Its owner also sends {@link StatsMessage}s. */
export type SessionMessage = FrameMessage | PingMessage;

/** The view's receipt for a frame, which it painted or dropped for a newer one. */
export interface FrameFeedback {
  /** The frame's index; 0 before the first. It acknowledges all earlier frames too. */
  readonly index: number;
  /** The frame's own timestamp. */
  readonly timestamp: number;
  /** When the view was done with the frame, in seconds since the epoch, by the view's clock. */
  readonly localtime: number;
  /**
   * Seconds that the view took for the frame, >= 0: from when it came until it was painted or
   * dropped. Older views don't say it.
   */
  readonly view_time?: number;
  /**
   * Seconds for which the view then held the receipt back, >= 0: the screen could not show another
   * frame earlier.
   *
   * @defaultValue 0
   */
  readonly held?: number;
  /** False if the frame was dropped. @defaultValue true */
  readonly displayed?: boolean;
  /**
   * How many frames the screen could show so far, >= 0: the animation frames of the page that had a
   * new picture. Of several pictures that are painted in the same one only the last is seen. Older
   * views don't say it.
   */
  readonly seen?: number;
}

/** The view's receipt as a message. */
export interface FrameFeedbackMessage extends FrameFeedback {
  readonly type: "frame_feedback";
}

/**
 * The first message of a view. The session then forgets the frames in flight to an earlier view,
 * and sends a whole frame.
 */
export interface HelloMessage {
  readonly type: "hello";
  readonly version: number;
  /**
   * What the view can show in addition to whole JPEG and PNG images: "webp", "patches", "atlas",
   * and the video codecs that it can decode; and "ping" if it answers pings. The session ignores
   * unknown names.
   */
  readonly accepts: readonly string[];
  /**
   * Whether all bytes are to come as base64 in `data_b64`, as where binary messages are slow: in
   * VS Code. False: the session may choose. Older views, which leave it out, get buffers.
   */
  readonly base64?: boolean | undefined;
}

/** The known names in {@link HelloMessage.accepts}. */
export const VIEW_ABILITIES = ["webp", "patches", "atlas", "ping", ...VIDEO_CODECS] as const;

/** One of {@link VIEW_ABILITIES}. */
export type ViewAbility = (typeof VIEW_ABILITIES)[number];

/** A frame was broken, missing or stalled. The next frame must not depend on an earlier one. */
export interface RequestKeyframeMessage {
  readonly type: "request_keyframe";
  /** What was wrong, for a log. */
  readonly reason: string;
}

/** The answer to a {@link PingMessage}, with its id. */
export interface PongMessage {
  readonly type: "pong";
  readonly id: number;
}

/** Asks the owner of the session for a {@link StatsMessage}. */
export interface RequestStatsMessage {
  readonly type: "request_stats";
  /** By the view's monotonic clock, in seconds, as an event's timestamp. */
  readonly localtime: number;
}

/** The page's notebook no longer shows some widgets. For the owner of the session. */
export interface OutputRemovedMessage {
  readonly type: "output_removed";
  /** Their model ids. */
  readonly model_ids: readonly string[];
}

/** The page is about to be closed, or loaded again. For the owner of the session. */
export interface GoodbyeMessage {
  readonly type: "goodbye";
}

/** A message of a view to its session. */
export type ViewMessage =
  | HelloMessage
  | FrameFeedbackMessage
  | RequestKeyframeMessage
  | PongMessage
  | RequestStatsMessage
  | OutputRemovedMessage
  | GoodbyeMessage
  | WireEvent;
