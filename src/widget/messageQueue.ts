/** Messages that wait until the kernel has taken earlier ones. */
import { mergeEvents, type ThrottledEvent } from "../view/index";

/** A comm message as the kernel gets it. */
export interface RoutedMessage {
  readonly type: "comm_open" | "comm_msg" | "comm_close";
  readonly content: object;
  /** As base64. */
  readonly buffers: readonly string[];
}

/** The events that can be merged: of those that only tell the newest state, the last counts. */
const MERGED_TYPES: ReadonlySet<unknown> = new Set(["pointer_move", "wheel", "resize"]);
/** Messages that are no events, behind which an event can be merged with an earlier one. */
const RECEIPT_TYPES: ReadonlySet<unknown> = new Set(["frame_feedback", "pong"]);

interface CommMessage {
  readonly comm_id?: unknown;
  readonly data?: {
    readonly method?: unknown;
    readonly content?: Readonly<Record<string, unknown>>;
  };
}

/** Keeps the order of messages, and merges an event with an earlier one of the same kind. */
export class MessageQueue {
  #messages: RoutedMessage[] = [];

  add(message: RoutedMessage): void {
    this.#messages.push(this.#merged(message));
  }

  /** All messages, which are no longer kept. */
  take(): readonly RoutedMessage[] {
    const messages = this.#messages;
    this.#messages = [];
    return messages;
  }

  /** The message with the effect of an earlier one, which is removed. */
  #merged(message: RoutedMessage): RoutedMessage {
    const event = eventOf(message);
    if (event === undefined || !MERGED_TYPES.has(event["type"])) return message;
    for (let at = this.#messages.length - 1; at >= 0; at -= 1) {
      const earlier = this.#messages[at];
      if (earlier === undefined || commOf(earlier) !== commOf(message)) continue;
      const other = eventOf(earlier);
      if (RECEIPT_TYPES.has(other?.["type"])) continue;
      if (other === undefined || !MERGED_TYPES.has(other["type"])) return message;
      if (laneOf(other) !== laneOf(event)) continue;
      const merged = mergeEvents(
        other as unknown as ThrottledEvent,
        event as unknown as ThrottledEvent,
      );
      if (merged === undefined) return message;
      this.#messages.splice(at, 1);
      const { data, ...rest } = message.content as CommMessage;
      return { ...message, content: { ...rest, data: { ...data, content: merged } } };
    }
    return message;
  }
}

function commOf({ content }: RoutedMessage): unknown {
  return (content as CommMessage).comm_id;
}

/** A custom message of a view; undefined for any other message. */
function eventOf({
  type,
  content,
  buffers,
}: RoutedMessage): Readonly<Record<string, unknown>> | undefined {
  const { data } = content as CommMessage;
  if (type !== "comm_msg" || buffers.length > 0 || data?.method !== "custom") return undefined;
  return data.content;
}

function laneOf(event: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([event["type"], event["pointer_id"]]);
}
