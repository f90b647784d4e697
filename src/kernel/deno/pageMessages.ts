/**
 * What a page sends to Deno's kernel: comm messages, in an execute_request, as Deno drops those of
 * their own kind (docs/PROTOCOL.md).
 */
import { boolean, oneOf, string, type Check } from "../../protocol/checks";
import { ProtocolError } from "../../protocol/errors";
import { Fields } from "../../protocol/fields";

/** The key of the function on globalThis that takes these messages. */
export const RECEIVER: unique symbol = Symbol.for("jupyter-rfb-ts.deno.1");

/** A comm message of a page. Its content is unchecked. */
export interface PageMessage {
  readonly type: (typeof MESSAGE_TYPES)[number];
  readonly content: unknown;
  readonly buffers: readonly Uint8Array[];
}

/** The messages of one execute_request, in order. */
export interface PageMessages {
  /** Identifies the page until it is loaded again. */
  readonly page: string;
  /** Whether the page takes binary parts as base64. */
  readonly takesBase64: boolean;
  readonly messages: readonly PageMessage[];
}

/** The most messages of one request: a page that waits for a long cell merges its moves. */
const MAX_MESSAGES = 100_000;
/** The most binary parts of one message. */
const MAX_BUFFERS = 100_000;

const ID: Check<string> = { ...string(1), expected: "an id" };
const MESSAGE_TYPES = ["comm_open", "comm_msg", "comm_close"] as const;
const MESSAGE_TYPE: Check<PageMessage["type"]> = oneOf(MESSAGE_TYPES);
const BASE64: Check<string> = { ...string(), expected: "base64 text" };

/**
 * Reads what a page sent.
 *
 * @throws ProtocolError when it isn't as expected
 */
export function parsePageMessages(json: unknown): PageMessages {
  const fields = new Fields("page", parseJson(json));
  return {
    page: fields.read("page", ID),
    takesBase64: fields.read("base64", boolean),
    messages: fields.children("messages", MAX_MESSAGES).map(parseMessage),
  };
}

function parseJson(json: unknown): unknown {
  if (typeof json !== "string") throw new ProtocolError("page: expected JSON text");
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new ProtocolError("page: expected valid JSON", { cause: error });
  }
}

function parseMessage(fields: Fields): PageMessage {
  const buffers = fields.has("buffers") ? fields.list("buffers", BASE64, MAX_BUFFERS) : [];
  return {
    type: fields.read("type", MESSAGE_TYPE),
    content: fields.value("content"),
    buffers: buffers.map((text) => new Uint8Array(Buffer.from(text, "base64"))),
  };
}
