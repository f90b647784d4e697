import { toJson } from "./testKernel";

/** A Jupyter message, reduced to what comms need. */
export interface WireMessage {
  readonly type: string;
  readonly content: unknown;
  readonly metadata?: unknown;
  readonly buffers: readonly Uint8Array[];
}

/** Bytes of each length in a packed message. */
const LENGTH_BYTES = 4;

/**
 * Serialises a message: the JSON part, then each buffer, each after its length as uint32le. Buffers
 * are copied.
 */
export function pack({ buffers, ...parts }: WireMessage): Uint8Array {
  const chunks = [new TextEncoder().encode(toJson(parts)), ...buffers];
  const total = chunks.reduce((sum, chunk) => sum + LENGTH_BYTES + chunk.length, 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const chunk of chunks) {
    view.setUint32(offset, chunk.length, true);
    bytes.set(chunk, offset + LENGTH_BYTES);
    offset += LENGTH_BYTES + chunk.length;
  }
  return bytes;
}

/** The inverse of pack. The buffers are views of the message's memory. */
export function unpack(bytes: Uint8Array): WireMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const start = offset + LENGTH_BYTES;
    offset = start + view.getUint32(offset, true);
    chunks.push(bytes.subarray(start, offset));
  }
  const [json, ...buffers] = chunks;
  const parts = JSON.parse(new TextDecoder().decode(json)) as Omit<WireMessage, "buffers">;
  return { ...parts, buffers };
}
