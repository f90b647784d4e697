/**
 * The binary message of the WebSocket route: one frame, with its header, in one piece.
 *
 *     uint32le byte length of the header | header as UTF-8 JSON | payload
 *
 * The format is pdum.rfb's.
 */
import { errorMessage, ProtocolError } from "./errors";

/** Bytes of a header. Most have some 200; one with 64 patches has about 2000. */
export const MAX_HEADER_LENGTH: number = 64 * 1024;

const LENGTH_BYTES = 4;

// Node and browsers both have these two; this folder compiles with the types of neither.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (
  label: string,
  options: { readonly fatal: boolean },
) => { decode(bytes: Uint8Array): string };

/** The parts of a binary message. */
export interface Envelope {
  /** The parsed JSON, not checked yet. */
  readonly header: unknown;
  /** A view of the message's memory. */
  readonly payload: Uint8Array;
}

/**
 * Makes the first part of a message: the header's length and the header. The payload follows
 * without a gap.
 */
export function packHeader(header: object): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(LENGTH_BYTES + json.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}

/** Makes a whole message. */
export function packEnvelope(header: object, payload: Uint8Array): Uint8Array {
  const first = packHeader(header);
  const message = new Uint8Array(first.length + payload.length);
  message.set(first);
  message.set(payload, first.length);
  return message;
}

/**
 * Splits a message into its parts.
 *
 * @throws {@link ProtocolError} when it is too short, or the header isn't JSON in UTF-8.
 */
export function unpackEnvelope(message: Uint8Array): Envelope {
  if (message.length < LENGTH_BYTES) {
    throw new ProtocolError(
      `binary message: expected ${LENGTH_BYTES} bytes for the header's length, got ${message.length}`,
    );
  }
  const length = new DataView(message.buffer, message.byteOffset).getUint32(0, true);
  const end = LENGTH_BYTES + length;
  if (length > MAX_HEADER_LENGTH || end > message.length) {
    const most = Math.min(MAX_HEADER_LENGTH, message.length - LENGTH_BYTES);
    throw new ProtocolError(
      `binary message: expected a header of at most ${most} bytes, got ${length}`,
    );
  }
  return { header: parseJson(message.subarray(LENGTH_BYTES, end)), payload: message.subarray(end) };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = errorMessage(error);
    throw new ProtocolError(`binary message: expected a header in JSON, got none: ${reason}`);
  }
}
