/** Translates what a view says into messages of the WebSocket route. Pure. */
import type { ViewMessage } from "../../protocol/messages";
import type { ViewAbility } from "../../protocol/messages";
import type { WireEvent } from "../../protocol/events";
import { seqOf } from "../../protocol/streamFrames";
import {
  CAPABILITY_OF,
  type FramePosition,
  type StreamClientMessage,
  type StreamEvent,
  type StreamHello,
} from "../../protocol/streamMessages";
import { toFrameEvent, type Placement } from "./placement";

/** What a hello says beside what the view can show. */
export interface HelloContext {
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  readonly token: string | undefined;
  /** 1..100 */
  readonly quality: number | undefined;
}

/** What a receipt says beside the frame's number. */
export interface ReceiptContext {
  readonly isPainted: boolean;
  /** Frames that wait. */
  readonly waiting: number;
}

/** A first message, or one that changes what the first said. All browsers show JPEG and PNG. */
export function helloMessage(
  accepts: readonly string[],
  { ratio, token, quality }: HelloContext,
): StreamHello {
  const names = accepts.map((ability) => CAPABILITY_OF[ability as ViewAbility]);
  return {
    type: "hello",
    supported: ["image/jpeg", "image/png", ...names],
    device_pixel_ratio: ratio,
    ...(token === undefined ? {} : { token }),
    ...(quality === undefined ? {} : { quality }),
  };
}

/**
 * An event with its position, if it has one, in frame pixels.
 *
 * @param placement - Where the frame lies; undefined before there is one.
 * @returns undefined for a position in a frame that is not there yet.
 */
export function eventMessage(
  event: WireEvent,
  placement: Placement | undefined,
  pixelRatio: number,
): StreamEvent | undefined {
  if (!("x" in event)) return { type: "event", event };
  if (placement === undefined) return undefined;
  const mapped: WireEvent & FramePosition = toFrameEvent(event, placement, pixelRatio);
  return { type: "event", event: mapped };
}

/** What a receiver of frames says: its hello, receipts and wishes. It says nothing else. */
export function receiverMessage(
  message: ViewMessage,
  hello: HelloContext,
  receipt: ReceiptContext,
): StreamClientMessage | undefined {
  switch (message.type) {
    case "hello":
      return helloMessage(message.accepts, hello);
    case "frame_feedback":
      return {
        type: "ack",
        seq: seqOf(message.index),
        decode_queue_size: receipt.waiting,
        displayed: receipt.isPainted,
      };
    case "request_keyframe":
      return { type: "request_keyframe", reason: message.reason };
    default:
      return undefined;
  }
}
