/** Parses the control messages of a client of the WebSocket route. */
import { boolean, integer, object } from "./checks";
import { ProtocolError } from "./errors";
import type { RfbEvent } from "./events";
import type { PongMessage } from "./messages";
import { ANNOUNCED_NAME, Fields, NON_EMPTY_TEXT, TEXT } from "./fields";
import { PIXEL_RATIO } from "./frameMetadata";
import { COORDINATE } from "./parseEvent";
import { PING_ID } from "./parsePing";
import { COUNT, parseViewMessage, SECONDS } from "./parseViewMessage";
import type { StreamDriveRequest, StreamHandOver } from "./roleMessages";
import { parseJson, SEQ } from "./streamFields";
import type {
  FramePosition,
  StreamAck,
  StreamDecoderReset,
  StreamHello,
  StreamKeyframeRequest,
  StreamPing,
} from "./streamMessages";
import { TOKEN } from "./token";

const QUEUE_SIZE = integer(0, 2 ** 31);
const QUALITY = integer(1, 100);

/** An event of the WebSocket route, with both sets of names. */
export type StreamRfbEvent = RfbEvent & FramePosition;

/** What a server gets from a client. `set_viewport` becomes a resize event. */
export type ParsedClientMessage =
  | StreamHello
  | StreamAck
  | StreamKeyframeRequest
  | StreamDecoderReset
  | StreamPing
  | StreamDriveRequest
  | StreamHandOver
  | PongMessage
  | {
      readonly type: "event";
      readonly event: StreamRfbEvent;
      /** How many modifiers only a newer client knows, and were ignored. @defaultValue 0 */
      readonly unknownModifiers?: number;
    }
  | { readonly type: "unknown" };

/**
 * Parses a control message of a client. A type of message or event that only a newer client knows
 * gives "unknown", to be ignored.
 *
 * @throws {@link ProtocolError} that names the wrong field, what was expected and what came.
 */
export function parseClientMessage(text: string): ParsedClientMessage {
  const content = parseJson(text);
  const fields = new Fields("message", content);
  const type = fields.read("type", NON_EMPTY_TEXT);
  switch (type) {
    case "hello":
      return parseHello(new Fields("hello", content));
    case "ack":
      return {
        type,
        seq: fields.read("seq", SEQ),
        decode_queue_size: fields.readOr("decode_queue_size", QUEUE_SIZE, 0),
        displayed: fields.readOr("displayed", boolean, true),
        ...fields.optional("view_time", SECONDS),
        ...fields.optional("held", SECONDS),
        ...fields.optional("seen", COUNT),
      };
    case "request_keyframe":
      return { type, reason: fields.readOr("reason", TEXT, "") };
    case "decoder_reset":
      return { type };
    case "set_viewport":
      return parseStreamEvent({ ...(content as object), type: "resize" });
    case "event":
      return parseStreamEvent(fields.read("event", object));
    case "ping":
    case "request_drive":
      return { type };
    case "hand_over":
      return { type, ...fields.optional("to", NON_EMPTY_TEXT) };
    case "pong":
      // Without an id it is none of this server's.
      return fields.has("id") ? { type, id: fields.read("id", PING_ID) } : { type: "unknown" };
    default:
      return { type: "unknown" };
  }
}

function parseHello(fields: Fields): StreamHello {
  return {
    type: "hello",
    supported: fields.list("supported", ANNOUNCED_NAME),
    device_pixel_ratio: fields.readOr("device_pixel_ratio", PIXEL_RATIO, 1),
    ...fields.optional("token", TOKEN),
    ...fields.optional("quality", QUALITY),
  };
}

/**
 * Parses an event of the WebSocket route. A type that only a newer client knows gives "unknown".
 *
 * @throws {@link ProtocolError}
 */
export function parseStreamEvent(content: unknown): ParsedClientMessage {
  const parsed = parseViewMessage(content);
  if (parsed.kind === "unknown") return { type: "unknown" };
  if (parsed.kind !== "event") {
    throw new ProtocolError(`event.type: expected an event's type, got "${parsed.message.type}"`);
  }
  const { kind: type, event, ...rest } = parsed;
  return { type, event: "x" in event ? positioned(event, content) : event, ...rest };
}

/** Adds the fields of an event with a position that only this route has. */
function positioned(event: RfbEvent, content: unknown): StreamRfbEvent {
  const fields = new Fields("event", content);
  return {
    ...event,
    ...fields.optional("inside", boolean),
    ...fields.optional("pixel_ratio", PIXEL_RATIO),
    ...(fields.has("logical_x") && fields.has("logical_y")
      ? {
          logical_x: fields.read("logical_x", COORDINATE),
          logical_y: fields.read("logical_y", COORDINATE),
        }
      : {}),
  };
}
