/**
 * Parses what a view sends to its session: its hello, receipts, requests, and the user's events.
 */
import { boolean, integer, number, string, type Check } from "./checks";
import { withBothNames, type RfbEvent, type WireEvent } from "./events";
import { ANNOUNCED_NAME, Fields, NON_EMPTY_TEXT } from "./fields";
import {
  VIEW_ABILITIES,
  type FrameFeedback,
  type FrameFeedbackMessage,
  type GoodbyeMessage,
  type HelloMessage,
  type OutputRemovedMessage,
  type PongMessage,
  type RequestKeyframeMessage,
  type RequestStatsMessage,
  type ViewAbility,
} from "./messages";
import { parseEvent } from "./parseEvent";
import { PING_ID } from "./parsePing";

const VERSION = integer(1, 2 ** 31);
/** The index in a receipt: 0 before the first frame. */
const RECEIPT_INDEX = integer(0);
/** How many there were so far. */
export const COUNT: Check<number> = integer(0);
const MODEL_ID = string(1, 64);
/** Model ids in one message: far more than a notebook's outputs show. */
const MAX_REMOVED = 10_000;
/** Seconds since the epoch. */
const TIME = number(0);
/** How long something took, in seconds. */
export const SECONDS: Check<number> = number(0);

/** An event of a view. */
interface ParsedEvent {
  readonly kind: "event";
  readonly event: RfbEvent;
  /** How many modifiers only a newer view knows, and were ignored. @defaultValue 0 */
  readonly unknownModifiers?: number;
}

/** What a session gets from its view. */
export type ParsedViewMessage =
  | { readonly kind: "hello"; readonly message: HelloMessage }
  | { readonly kind: "feedback"; readonly message: FrameFeedbackMessage }
  | { readonly kind: "request_keyframe"; readonly message: RequestKeyframeMessage }
  | { readonly kind: "pong"; readonly message: PongMessage }
  | { readonly kind: "request_stats"; readonly message: RequestStatsMessage }
  | { readonly kind: "output_removed"; readonly message: OutputRemovedMessage }
  | { readonly kind: "goodbye"; readonly message: GoodbyeMessage }
  | ParsedEvent
  /** A message or event that only a newer view knows, to be ignored. */
  | { readonly kind: "unknown" };

/**
 * Parses a message that a view sent to its session. Events may use the older or the newer field
 * names; the result has both.
 *
 * @throws {@link ProtocolError} that names the wrong field, what was expected and what came.
 */
export function parseViewMessage(content: unknown): ParsedViewMessage {
  const fields = new Fields("message", content);
  const type = fields.read(fields.has("type") ? "type" : "event_type", NON_EMPTY_TEXT);
  switch (type) {
    case "hello": {
      const version = fields.read("version", VERSION);
      const accepts = readAbilities(fields);
      const message = { type, version, accepts, ...fields.optional("base64", boolean) };
      return { kind: "hello", message };
    }
    case "frame_feedback":
      return { kind: "feedback", message: { type, ...parseFrameFeedback(content) } };
    case "request_keyframe": {
      const reason = fields.read("reason", NON_EMPTY_TEXT);
      return { kind: "request_keyframe", message: { type, reason } };
    }
    case "pong":
      return { kind: "pong", message: { type, id: fields.read("id", PING_ID) } };
    case "request_stats":
      return {
        kind: "request_stats",
        message: { type, localtime: fields.read("localtime", TIME) },
      };
    case "output_removed": {
      const model_ids = fields.list("model_ids", MODEL_ID, MAX_REMOVED);
      return { kind: "output_removed", message: { type, model_ids } };
    }
    case "goodbye":
      return { kind: "goodbye", message: { type } };
    default: {
      const event = parseEvent(type, content);
      if (event === undefined) return { kind: "unknown" };
      const parsed = { kind: "event", event: withBothNames(event) } as const;
      const unknownModifiers = countUnknownModifiers(event, fields);
      return unknownModifiers === 0 ? parsed : { ...parsed, unknownModifiers };
    }
  }
}

function countUnknownModifiers(event: WireEvent, fields: Fields): number {
  if (!("modifiers" in event)) return 0;
  const names = fields.value("modifiers") as readonly string[];
  return names.length - event.modifiers.length;
}

/**
 * What a view can show. An older view doesn't say it; names that only a newer one knows are
 * ignored.
 */
function readAbilities(fields: Fields): ViewAbility[] {
  if (!fields.has("accepts")) return [];
  const names = fields.list("accepts", ANNOUNCED_NAME);
  return VIEW_ABILITIES.filter((ability) => names.includes(ability));
}

/**
 * Parses a receipt, from a message or from jupyter_rfb's `_frame_feedback` state.
 *
 * @throws {@link ProtocolError}
 */
export function parseFrameFeedback(value: unknown): FrameFeedback {
  const fields = new Fields("frame feedback", value);
  return {
    index: fields.read("index", RECEIPT_INDEX),
    timestamp: fields.read("timestamp", TIME),
    localtime: fields.read("localtime", TIME),
    ...fields.optional("view_time", SECONDS),
    ...fields.optional("held", SECONDS),
    ...fields.optional("displayed", boolean),
    ...fields.optional("seen", COUNT),
  };
}
