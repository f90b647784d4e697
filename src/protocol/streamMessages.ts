/**
 * The messages of the WebSocket route, which are pdum.rfb's: control messages as JSON texts, frames as binary messages with one of
 * the headers below. What pdum.rfb does not know is marked; it passes over such fields, and never gets such messages.
 * docs/PROTOCOL.md describes them; change both in one commit.
 *
 * The two ends of this route translate them into the messages of {@link ./messages}, so that sessions and views are the same on
 * both routes.
 *
 * @see https://github.com/habemus-papadum/pdum_rfb/blob/main/docs/internals.md
 */
import type { PointerEvent, Touch, WireEvent, WheelEvent } from "./events";
import type { FrameMetadata } from "./frameMetadata";
import type { ImageMimetype, PatchRect, ViewAbility } from "./messages";

/** What a client may name in {@link StreamHello.supported}. */
export const STREAM_CAPABILITIES = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "webcodecs/h264-annexb",
  // Not known to pdum.rfb:
  "webcodecs/vp9",
  "rfb/patches",
] as const;

/** One of {@link STREAM_CAPABILITIES}. */
export type StreamCapability = (typeof STREAM_CAPABILITIES)[number];

/** What a view's ability is called on this route. */
export const CAPABILITY_OF: Readonly<Record<ViewAbility, StreamCapability>> = {
  webp: "image/webp",
  patches: "rfb/patches",
  h264: "webcodecs/h264-annexb",
  vp9: "webcodecs/vp9",
};

/* Client to server. */

/** The first message of a client. A further one changes what it said; the token of the first holds. */
export interface StreamHello {
  readonly type: "hello";
  /** What the client can show. Names that the server does not know are passed over. */
  readonly supported: readonly string[];
  readonly device_pixel_ratio: number;
  /** For the server's `authenticate`. */
  readonly token?: string;
  /** The wanted quality of lossy frames, 1..100. Not known to pdum.rfb. @defaultValue the server's */
  readonly quality?: number;
}

/** A frame was painted, or dropped for a newer one. */
export interface StreamAck {
  readonly type: "ack";
  readonly seq: number;
  /** Frames that wait for the decoder. */
  readonly decode_queue_size: number;
  /** False where the frame was dropped. */
  readonly displayed: boolean;
}

/** The client cannot use what it gets: the next frame must need no other. */
export interface StreamKeyframeRequest {
  readonly type: "request_keyframe";
  readonly reason: string;
}

/** The client's decoder was made anew: frames in flight will not be acknowledged. pdum.rfb's clients send it. */
export interface StreamDecoderReset {
  readonly type: "decoder_reset";
}

/** The size of the element that shows the picture. */
export interface StreamViewport {
  readonly type: "set_viewport";
  /** In logical (CSS) pixels. */
  readonly width: number;
  readonly height: number;
  /** In device pixels. */
  readonly pwidth: number;
  readonly pheight: number;
  readonly ratio: number;
  /** As that of an event. Not known to pdum.rfb. */
  readonly timestamp?: number;
}

/** What an event with a position has on this route beside what it has in a notebook. */
export interface FramePosition {
  /** Whether the position is in the picture, rather than beside it or cut off. Not sent by all clients. */
  readonly inside?: boolean;
  /** That of the frame. pdum.rfb's name; not that of the screen, which comes with a resize event. */
  readonly pixel_ratio?: number;
  /** The position in logical (CSS) pixels from the element's top-left corner. Not sent by pdum.rfb's clients. */
  readonly logical_x?: number;
  readonly logical_y?: number;
}

/** What the user did. `x` and `y`, those of touches too, are in pixels of the frame, from its top-left corner. */
export interface StreamEvent {
  readonly type: "event";
  readonly event: WireEvent & FramePosition;
}

/** What a client sends. */
export type StreamClientMessage =
  | StreamHello
  | StreamAck
  | StreamKeyframeRequest
  | StreamDecoderReset
  | StreamViewport
  | StreamEvent;

/* Server to client: control messages. */

/** How frames will travel from now on. The first message of a server, and sent again when something of it changes. */
export interface StreamConfig extends FrameMetadata {
  readonly type: "config";
  readonly transport: "image" | "webcodecs";
  /** WebCodecs' codec string, for video. A chunk's own string holds where it differs. */
  readonly codec?: string;
  /** The frame's size in device pixels. */
  readonly width: number;
  readonly height: number;
  /** What the positions of events are to be in. */
  readonly coords: "frame-pixels";
}

/** What the server aims at now. */
export interface StreamQuality {
  readonly type: "set_quality";
  /** Bits per second. */
  readonly bitrate?: number;
  readonly fps?: number;
  /** 1..100. Not known to pdum.rfb. */
  readonly quality?: number;
  /** The share of width and height in which frames are sent. Not known to pdum.rfb. */
  readonly scale?: number;
}

/** What the server measured of this client's session. */
export interface StreamStats {
  readonly type: "stats";
  readonly rtt_ms?: number;
  readonly fps_sent?: number;
  readonly fps_acked?: number;
  readonly bitrate_bps?: number;
  readonly encode_ms?: number;
  readonly decode_queue_size?: number;
  readonly dropped?: number;
  readonly target_bitrate?: number;
  readonly target_fps?: number;
}

/** What a server sends as JSON. */
export type StreamServerMessage = StreamConfig | StreamQuality | StreamStats;

/* Server to client: headers of binary messages. */

interface FrameHeaderFields extends FrameMetadata {
  /** The frame's number, from 0, one more for each frame sent. */
  readonly seq: number;
  /** When its encoding began, in microseconds by the server's clock. Differences mean something. */
  readonly timestamp_us: number;
  /** The picture's size in device pixels. */
  readonly width: number;
  readonly height: number;
}

/** A whole picture; the payload is the image file. It is scaled up where it is smaller (only for clients that take patches). */
export interface ImageFrameHeader extends FrameHeaderFields {
  readonly type: "image_frame";
  readonly mime: ImageMimetype;
}

/** One chunk of video, the payload; it is one picture. */
export interface VideoChunkHeader extends FrameHeaderFields {
  readonly type: "video_chunk";
  readonly duration_us?: number;
  /** WebCodecs' codec string. */
  readonly codec: string;
  /** "annexb" for H.264; "vp9" is not known to pdum.rfb. */
  readonly bitstream: "annexb" | "avcc" | "vp9";
  readonly keyframe: boolean;
  /** For a delta: the frame that it changes. Not known to pdum.rfb. @defaultValue the chunk before */
  readonly base?: number;
  /** What is to be shown of the decoded picture, where that is not `width` x `height`. Not known to pdum.rfb. */
  readonly visible_width?: number;
  readonly visible_height?: number;
}

/** Parts of a picture. Not known to pdum.rfb; only for clients that name the capability. */
export interface PatchFrameHeader extends FrameHeaderFields {
  readonly type: "patch_frame";
  readonly mime: ImageMimetype;
  /** The frame that they change. */
  readonly base: number;
  readonly patches: readonly PatchRect[];
  /** The byte length of each patch's image file; the payload is one after the other. */
  readonly lengths: readonly number[];
}

/** The header of a binary message. */
export type StreamFrameHeader = ImageFrameHeader | VideoChunkHeader | PatchFrameHeader;

/** Why a server closes a WebSocket. */
export const CLOSE_CODES = {
  /** The server stops. */
  goingAway: 1001,
  /** The client can show nothing that the server has. The code is pdum.rfb's. */
  unsupported: 1003,
  /** The server failed. */
  internalError: 1011,
  /** A message was malformed or too large. */
  badMessage: 4400,
  unauthorized: 4401,
  unknownStream: 4404,
  /** No hello came in time, or no sign of life. */
  timeout: 4408,
  /** Too many messages. */
  tooManyMessages: 4429,
  /** There are as many viewers as the server takes. */
  tooManyViewers: 4503,
} as const;

type Positioned = Pick<PointerEvent | WheelEvent, "x" | "y">;

/** An event of the WebSocket route as far as its positions go. */
export type PositionedEvent = WireEvent &
  Positioned & { readonly touches?: Readonly<Record<number, Touch>> };
