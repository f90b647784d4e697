/**
 * The messages of the WebSocket route. They are pdum.rfb's: control messages are JSON texts, frames
 * are binary messages with one of the headers below. Fields and messages that pdum.rfb doesn't know
 * are marked. It ignores such fields and texts, and is never sent such frames.
 * docs/PROTOCOL.md describes the messages; change both in one commit.
 *
 * Both ends of this route translate them from and to the messages of {@link ./messages}, so that
 * sessions and views are the same on both routes.
 *
 * @see https://github.com/habemus-papadum/pdum_rfb/blob/main/docs/internals.md
 */
import type { PointerEvent, Touch, WireEvent, WheelEvent } from "./events";
import type { FrameMetadata } from "./frameMetadata";
import type {
  AtlasLayout,
  ImageMimetype,
  PatchRect,
  PingMessage,
  PongMessage,
  ViewAbility,
} from "./messages";
import type { StreamClose } from "./closeMessage";
import type { StreamDriveRequest, StreamHandOver, StreamRole } from "./roleMessages";

/** The known names in {@link StreamHello.supported}. */
export const STREAM_CAPABILITIES = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "webcodecs/h264-annexb",
  // Not known to pdum.rfb:
  "webcodecs/vp9",
  "rfb/patches",
  "rfb/atlas",
  "rfb/ping",
] as const;

/** One of {@link STREAM_CAPABILITIES}. */
export type StreamCapability = (typeof STREAM_CAPABILITIES)[number];

/** The names of a view's abilities on this route. */
export const CAPABILITY_OF: Readonly<Record<ViewAbility, StreamCapability>> = {
  webp: "image/webp",
  patches: "rfb/patches",
  atlas: "rfb/atlas",
  ping: "rfb/ping",
  h264: "webcodecs/h264-annexb",
  vp9: "webcodecs/vp9",
};

/* Client to server. */

/**
 * The first message of a client. A further one changes the values of the first, except for the
 * token.
 */
export interface StreamHello {
  /** Always "hello". */
  readonly type: "hello";
  /** What the client can show, and whether it answers pings. The server ignores unknown names. */
  readonly supported: readonly string[];
  /** Device pixels per CSS pixel of the client's screen. */
  readonly device_pixel_ratio: number;
  /** A secret for the server's `authenticate`. */
  readonly token?: string;
  /** The quality of lossy frames, 1..100. Not known to pdum.rfb. @defaultValue the server's */
  readonly quality?: number;
}

/** The receipt for a frame, which was painted or dropped for a newer one. */
export interface StreamAck {
  readonly type: "ack";
  readonly seq: number;
  /** Frames waiting for the decoder. */
  readonly decode_queue_size: number;
  /** False if the frame was dropped. */
  readonly displayed: boolean;
  /** See `view_time` of FrameFeedback. */
  readonly view_time?: number;
  /** See `held` of FrameFeedback. */
  readonly held?: number;
  /** See `seen` of FrameFeedback. */
  readonly seen?: number;
}

/** The next frame must not depend on an earlier one. */
export interface StreamKeyframeRequest {
  readonly type: "request_keyframe";
  readonly reason: string;
}

/**
 * The client replaced its decoder and won't acknowledge the frames in flight. Only pdum.rfb's
 * clients send it.
 */
export interface StreamDecoderReset {
  readonly type: "decoder_reset";
}

/** The size of the element that shows the picture changed. */
export interface StreamViewport {
  readonly type: "set_viewport";
  /** In logical (CSS) pixels. */
  readonly width: number;
  readonly height: number;
  /** In device pixels. */
  readonly pwidth: number;
  readonly pheight: number;
  readonly ratio: number;
  /** As in an event. Not known to pdum.rfb. */
  readonly timestamp?: number;
}

/** Fields of an event with a position that only this route has. */
export interface FramePosition {
  /**
   * Whether the position is in the picture, not next to it or cut off. Some clients don't send it.
   */
  readonly inside?: boolean;
  /** The frame's pixel ratio, under pdum.rfb's name. A resize event carries the screen's. */
  readonly pixel_ratio?: number;
  /**
   * The position in logical (CSS) pixels from the element's top-left corner. pdum.rfb's clients
   * don't send it.
   */
  readonly logical_x?: number;
  /** See {@link logical_x}. */
  readonly logical_y?: number;
}

/** A user's event. All `x` and `y` are in pixels of the frame from its top-left corner. */
export interface StreamEvent {
  readonly type: "event";
  readonly event: WireEvent & FramePosition;
}

/**
 * Asks for a {@link StreamPong}, to find out whether the connection still works. Not known to
 * pdum.rfb.
 */
export interface StreamPing {
  readonly type: "ping";
}

/** A message of a client. */
export type StreamClientMessage =
  | StreamHello
  | StreamAck
  | StreamKeyframeRequest
  | StreamDecoderReset
  | StreamViewport
  | StreamEvent
  | StreamPing
  | StreamDriveRequest
  | StreamHandOver
  | PongMessage;

/* Server to client: control messages. */

/** How the server sends frames from now on. Its first message, and sent again after a change. */
export interface StreamConfig extends FrameMetadata {
  readonly type: "config";
  readonly transport: "image" | "webcodecs";
  /** WebCodecs' codec string, for video. A chunk with another string overrides it. */
  readonly codec?: string;
  /** The frame's size in device pixels. */
  readonly width: number;
  readonly height: number;
  /** The unit of the positions in events. */
  readonly coords: "frame-pixels";
}

/** The targets of the server. */
export interface StreamQuality {
  readonly type: "set_quality";
  /** Bits per second. */
  readonly bitrate?: number;
  readonly fps?: number;
  /** 1..100. Not known to pdum.rfb. */
  readonly quality?: number;
  /**
   * Factor by which width and height of sent frames are reduced, above 0 and up to 1. Not known to
   * pdum.rfb.
   */
  readonly scale?: number;
}

/** The server's measurements of this client's session. */
export interface StreamStats {
  readonly type: "stats";
  readonly rtt_ms?: number;
  readonly fps_sent?: number;
  readonly fps_acked?: number;
  readonly bitrate_bps?: number;
  /** How long the source takes to draw a frame. Not known to pdum.rfb. */
  readonly draw_ms?: number;
  readonly encode_ms?: number;
  readonly decode_queue_size?: number;
  readonly dropped?: number;
  readonly target_bitrate?: number;
  readonly target_fps?: number;
}

/** The answer to a {@link StreamPing}. Not known to pdum.rfb. */
export interface StreamPong {
  readonly type: "pong";
}

/** Longest {@link StreamStatus.text}, in characters. */
export const MAX_STATUS_TEXT = 1000;

/**
 * What is wrong with the picture, sent when that changes. Not known to pdum.rfb, whose clients
 * ignore it.
 */
export interface StreamStatus {
  readonly type: "status";
  /**
   * "error" if the server could not draw, "empty" if it has not drawn anything yet, "ok" if nothing
   * is wrong any more.
   */
  readonly kind: "ok" | "error" | "empty";
  /** For people; empty with "ok". At most {@link MAX_STATUS_TEXT} characters. */
  readonly text: string;
}

/** A control message of a server. */
export type StreamServerMessage =
  | StreamConfig
  | StreamQuality
  | StreamStats
  | StreamPong
  | PingMessage
  | StreamStatus
  | StreamRole
  | StreamClose;

/* Server to client: headers of binary messages. */

interface FrameHeaderFields extends FrameMetadata {
  /** The frame's number: 0 for the first, one more for each frame sent. */
  readonly seq: number;
  /**
   * When its encoding began, in microseconds by the server's clock. Only differences are
   * meaningful.
   */
  readonly timestamp_us: number;
  /** The picture's size in device pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * A whole picture. The payload is the image file. A client with the capability "rfb/patches" may
 * get a smaller file, and scales it up.
 */
export interface ImageFrameHeader extends FrameHeaderFields {
  readonly type: "image_frame";
  readonly mime: ImageMimetype;
}

/** One picture as a video chunk, which is the payload. */
export interface VideoChunkHeader extends FrameHeaderFields {
  readonly type: "video_chunk";
  readonly duration_us?: number;
  /** WebCodecs' codec string. */
  readonly codec: string;
  /** "annexb" for H.264. "vp9" is not known to pdum.rfb. */
  readonly bitstream: "annexb" | "avcc" | "vp9";
  readonly keyframe: boolean;
  /**
   * For a delta, the frame that it changes. Not known to pdum.rfb.
   *
   * @defaultValue the previous chunk
   */
  readonly base?: number;
  /**
   * The part of the decoded picture to show, if that isn't `width` x `height`. Not known to
   * pdum.rfb.
   */
  readonly visible_width?: number;
  readonly visible_height?: number;
}

/**
 * Parts of a picture. Not known to pdum.rfb; only for clients with the capability "rfb/patches".
 */
export interface PatchFrameHeader extends FrameHeaderFields {
  readonly type: "patch_frame";
  readonly mime: ImageMimetype;
  /** The frame that the patches change. */
  readonly base: number;
  readonly patches: readonly PatchRect[];
  /** Whether they show what `base` shows, only better. @defaultValue false */
  readonly refines?: boolean;
  /** Byte lengths of the patches' image files, which follow each other in the payload. */
  readonly lengths: readonly number[];
}

/**
 * Cells that are scattered over a picture, in one image. Not known to pdum.rfb; only for clients
 * with the capabilities "rfb/patches" and "rfb/atlas".
 */
export interface AtlasFrameHeader extends FrameHeaderFields {
  readonly type: "atlas_frame";
  readonly mime: ImageMimetype;
  /** The frame that the cells change. */
  readonly base: number;
  readonly atlas: AtlasLayout;
  /** Byte lengths of the image file and the cell map, which follow each other in the payload. */
  readonly lengths: readonly number[];
}

/** The header of a binary message. */
export type StreamFrameHeader =
  ImageFrameHeader | VideoChunkHeader | PatchFrameHeader | AtlasFrameHeader;

/** Why a server closes a WebSocket. */
export const CLOSE_CODES = {
  /** The server stops. */
  goingAway: 1001,
  /** The client can't show any format of the server. The code is pdum.rfb's. */
  unsupported: 1003,
  /** The server failed. */
  internalError: 1011,
  /** A message was malformed or too large. */
  badMessage: 4400,
  unauthorized: 4401,
  /** The origin or the host of the page's request isn't allowed. */
  forbiddenPage: 4403,
  unknownStream: 4404,
  /** No hello or pong came in time. */
  timeout: 4408,
  /** Too many messages. */
  tooManyMessages: 4429,
  /** The server has its maximum of viewers. */
  tooManyViewers: 4503,
} as const;

type Positioned = Pick<PointerEvent | WheelEvent, "x" | "y">;

/** An event of the WebSocket route with a position. */
export type PositionedEvent = WireEvent &
  Positioned & { readonly touches?: Readonly<Record<number, Touch>> };
