/** Translates a view's messages into messages of the WebSocket route. Pure. */
import type { WireEvent } from "../../protocol/events";
import type { ViewAbility, ViewMessage } from "../../protocol/messages";
import { seqOf } from "../../protocol/streamFrames";
import {
  CAPABILITY_OF,
  type FramePosition,
  type StreamClientMessage,
  type StreamEvent,
  type StreamHello,
} from "../../protocol/streamMessages";
import { toFrameEvent, type Placement } from "./placement";

/** The content of a hello, besides the view's abilities. */
export interface HelloContext {
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  readonly token: string | undefined;
  /** 1..100 */
  readonly quality: number | undefined;
}

/** The first message of a connection, or a later one that changes what the first announced. */
export function helloMessage(
  accepts: readonly string[],
  { ratio, token, quality }: HelloContext,
): StreamHello {
  const names = accepts.map((ability) => CAPABILITY_OF[ability as ViewAbility]);
  return {
    type: "hello",
    // Every browser shows JPEG and PNG.
    supported: ["image/jpeg", "image/png", ...names],
    device_pixel_ratio: ratio,
    ...(token === undefined ? {} : { token }),
    ...(quality === undefined ? {} : { quality }),
  };
}

/**
 * An event, with its position, if it has one, in frame pixels.
 *
 * @param placement - The frame's place on the element; undefined before the first frame.
 * @returns undefined for an event with a position before the first frame.
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

/**
 * Translates the messages of a FrameReceiver: hellos, receipts and keyframe requests. Undefined for
 * any other message.
 *
 * @param waiting - The number of frames that have arrived and are not painted yet.
 */
export function receiverMessage(
  message: ViewMessage,
  hello: HelloContext,
  waiting: number,
): StreamClientMessage | undefined {
  switch (message.type) {
    case "hello":
      return helloMessage(message.accepts, hello);
    case "frame_feedback":
      return {
        type: "ack",
        seq: seqOf(message.index),
        decode_queue_size: waiting,
        displayed: message.displayed ?? true,
        ...(message.view_time === undefined ? {} : { view_time: message.view_time }),
        ...(message.held === undefined ? {} : { held: message.held }),
        ...(message.seen === undefined ? {} : { seen: message.seen }),
      };
    case "request_keyframe":
      return { type: "request_keyframe", reason: message.reason };
    default:
      return undefined;
  }
}
