/**
 * Jupyter's wire format: how a message is split into ZeroMQ frames, and signed.
 *
 * A message consists of routing identities, the delimiter, the signature, four JSON parts (header,
 * parent header, metadata, content), and binary buffers. The signature is an HMAC-SHA256 of the
 * four JSON parts only.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { string } from "../../protocol/checks";
import { describeValue, ProtocolError } from "../../protocol/errors";
import { Fields } from "../../protocol/fields";

/** Separates the routing identities from the message. */
const DELIMITER: Buffer = Buffer.from("<IDS|MSG>");

/** The signature and four JSON parts follow the delimiter. */
const PARTS_AFTER_DELIMITER = 5;

/** A message's header, with the fields that a kernel reads. */
export interface MessageHeader {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly [key: string]: unknown;
}

/** A message with a valid signature. The shape of metadata and content is unchecked. */
export interface IncomingMessage {
  /** Routing prefix. A reply starts with the same. */
  readonly identities: readonly Uint8Array[];
  readonly header: MessageHeader;
  /** The header as JSON text: the parent header of a reply. */
  readonly headerJson: string;
  /** The parent header as JSON text. */
  readonly parentJson: string;
  readonly metadata: unknown;
  readonly content: unknown;
  /** Views of memory that the receiver may keep. */
  readonly buffers: readonly Uint8Array[];
}

/** A message to send. */
export interface OutgoingMessage {
  /** Routing prefix of a reply, or the topic on iopub. */
  readonly identities: readonly (Uint8Array | string)[];
  readonly header: MessageHeader;
  /** The parent header as JSON text. */
  readonly parentJson: string;
  readonly metadata: object;
  readonly content: object;
  readonly buffers: readonly Uint8Array[];
}

/**
 * Reads a message.
 *
 * @param key - The connection's signing key. If it is empty, messages aren't signed.
 * @throws ProtocolError when the frames aren't a Jupyter message, or the signature is wrong.
 */
export function parseMessage(frames: readonly Uint8Array[], key: string): IncomingMessage {
  const at = frames.findIndex((frame) => DELIMITER.equals(frame));
  if (at < 0) throw new ProtocolError("message: expected the delimiter <IDS|MSG>, found none");
  const [signature, header, parent, metadata, content] = frames.slice(at + 1);
  if (!signature || !header || !parent || !metadata || !content) {
    throw new ProtocolError(
      `message: expected ${PARTS_AFTER_DELIMITER} parts after the delimiter, got ${frames.length - at - 1}`,
    );
  }
  if (key !== "" && !isSignedBy(key, signature, [header, parent, metadata, content])) {
    throw new ProtocolError("message: the signature does not match the connection's key");
  }
  const headerJson = text(header);
  return {
    identities: frames.slice(0, at),
    header: parseHeader(parseJson("header", headerJson)),
    headerJson,
    parentJson: text(parent),
    metadata: parseJson("metadata", text(metadata)),
    content: parseJson("content", text(content)),
    buffers: frames.slice(at + 1 + PARTS_AFTER_DELIMITER),
  };
}

/**
 * Serialises a message. The buffers aren't copied.
 *
 * @param key - The connection's signing key. If it is empty, messages aren't signed.
 */
export function serializeMessage(message: OutgoingMessage, key: string): (Uint8Array | string)[] {
  const parts = [
    JSON.stringify(message.header),
    message.parentJson,
    JSON.stringify(message.metadata),
    JSON.stringify(message.content),
  ];
  return [
    ...message.identities,
    DELIMITER,
    key === "" ? "" : sign(key, parts).toString("hex"),
    ...parts,
    ...message.buffers,
  ];
}

/** Returns the header of a new message from the kernel. */
export function newHeader(messageType: string, session: string): MessageHeader {
  return {
    msg_id: randomUUID(),
    msg_type: messageType,
    session,
    username: "kernel",
    date: new Date().toISOString(),
    version: "5.3",
  };
}

/** Returns the session of a header: what its sender chose, once for all its messages. */
export function sessionOf(headerJson: string): string {
  const { session } = JSON.parse(headerJson) as { session?: unknown };
  return typeof session === "string" ? session : "";
}

/** Returns the target whose comms a comm_info_request asks for; undefined for all. */
export function targetOf(content: unknown): string | undefined {
  const { target_name: target } = (content ?? {}) as { target_name?: unknown };
  return typeof target === "string" ? target : undefined;
}

function isSignedBy(key: string, signature: Uint8Array, parts: readonly Uint8Array[]): boolean {
  const expected = Buffer.from(sign(key, parts).toString("hex"));
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}

function sign(key: string, parts: readonly (Uint8Array | string)[]): Buffer {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

const STRING = string();

function parseHeader(header: unknown): MessageHeader {
  const fields = new Fields("header", header);
  return {
    ...(header as object),
    msg_id: fields.read("msg_id", STRING),
    msg_type: fields.read("msg_type", STRING),
  };
}

function parseJson(part: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ProtocolError(`${part}: expected JSON, got ${describeValue(json)}`);
  }
}

// Not framebuffer's asBuffer(): a kernel attaches without loading encoders.
function text({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
}
