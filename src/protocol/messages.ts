/**
 * The messages between a session (producing end) and its view (displaying end), as JSON with binary buffers beside it.
 * docs/PROTOCOL.md describes them; change both in one commit.
 */
import type { WireEvent } from "./events";

/** The version of this protocol that a view announces in its hello. Raised when a change would confuse an older peer. */
export const PROTOCOL_VERSION = 1;

/** The media types in which a frame may come. */
export const FRAME_MIMETYPES = ["image/jpeg", "image/png"] as const;

/** The media type of an encoded frame. */
export type FrameMimetype = (typeof FRAME_MIMETYPES)[number];

/** One encoded frame. Its bytes are the message's first buffer, or else `data_b64`, a data URL, where buffers cannot travel. */
export interface FrameMessage {
  readonly type: "framebufferdata";
  readonly mimetype: FrameMimetype;
  /** `data:<mimetype>;base64,...`, or null when the bytes are the first buffer. */
  readonly data_b64: string | null;
  /** The frame's number, a positive integer that increases by one with each frame sent. */
  readonly index: number;
  /** When the frame was handed over to be encoded and sent, in seconds since the epoch, by the producing end's clock. */
  readonly timestamp: number;
}

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
}

/** What a view sends to its session: its hello, its receipts, and the user's events. */
export type ViewMessage = HelloMessage | FrameFeedbackMessage | WireEvent;
