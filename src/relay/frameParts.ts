/**
 * The binary messages of a rendition on the broker: a frame as viewers get it, or the text of a
 * `config`, in one part or several. Each part has this header:
 *
 *     0  uint8    version of this format: 1
 *     1  uint8    kind: 0 frame, 1 config
 *     2  uint16le number of this part, from 0
 *     4  uint16le number of parts, 1 or more
 *     6  uint16le 0
 *     8  uint32le group: one more for each frame that needs no other before it
 *     12 uint32le position in the group, from 0; a config has that of the next frame
 *     16 float64le the publisher's epoch
 */
import { ProtocolError } from "../protocol/errors";

/** Bytes before the content of each part. */
export const PART_HEADER = 24;

const VERSION = 1;

/** The most bytes of a frame that parts are joined to: a lossless picture of 64 megapixels. */
const MAX_FRAME_BYTES = 268_435_456;

const KINDS = ["frame", "config"] as const;

/** What a message holds. */
export type PartKind = (typeof KINDS)[number];

/** Where a message belongs. */
export interface Position {
  readonly kind: PartKind;
  /** Of the publisher, see {@link Announcement}. */
  readonly epoch: number;
  /** A frame that needs no other, and those that need it. */
  readonly group: number;
  /** In the group, from 0. */
  readonly object: number;
}

/** A message with all its parts. */
export interface WholeMessage extends Position {
  readonly content: Uint8Array;
}

/**
 * Splits a message into parts, each with a header.
 *
 * @param content - in pieces that follow each other
 * @param maxBytes - of a part with its header
 * @throws Error if a part can hold no content, or there would be more than 65 535 parts
 */
export function splitMessage(
  position: Position,
  content: readonly Uint8Array[],
  maxBytes: number,
): Uint8Array[] {
  const total = content.reduce((sum, { length }) => sum + length, 0);
  const room = maxBytes - PART_HEADER;
  const count = Math.max(1, Math.ceil(total / room));
  if (room < 1 || count > 0xffff) {
    throw new Error(
      `Cannot send ${total} bytes through a broker whose max_payload is ${maxBytes} bytes; raise max_payload in the configuration of the NATS server`,
    );
  }
  const whole = Buffer.concat(content, total);
  return Array.from({ length: count }, (_, part) => {
    const piece = whole.subarray(part * room, (part + 1) * room);
    const message = Buffer.allocUnsafe(PART_HEADER + piece.length);
    message.writeUInt8(VERSION, 0);
    message.writeUInt8(KINDS.indexOf(position.kind), 1);
    message.writeUInt16LE(part, 2);
    message.writeUInt16LE(count, 4);
    message.writeUInt16LE(0, 6);
    message.writeUInt32LE(position.group, 8);
    message.writeUInt32LE(position.object, 12);
    message.writeDoubleLE(position.epoch, 16);
    message.set(piece, PART_HEADER);
    return message;
  });
}

/** Joins the parts of a rendition's messages, which come in order. Drops one that misses a part. */
export class PartJoiner {
  #pieces: Uint8Array[] = [];
  #position: Position | undefined;
  #count = 0;
  #bytes = 0;

  /**
   * Takes a part.
   *
   * @returns the message, if this was its last part
   * @throws {@link ProtocolError} if the part is malformed; what came of its message is dropped
   */
  take(message: Uint8Array): WholeMessage | undefined {
    const { position, part, count, content } = readPart(message);
    if (count === 1) {
      this.#reset();
      return { ...position, content };
    }
    if (part === 0) {
      this.#reset();
      this.#position = position;
      this.#count = count;
    } else if (!this.#continues(position, part, count)) {
      this.#reset();
      return undefined;
    }
    this.#bytes += content.length;
    if (this.#bytes > MAX_FRAME_BYTES) {
      this.#reset();
      throw new ProtocolError(`frame: expected at most ${MAX_FRAME_BYTES} bytes, got more`);
    }
    this.#pieces.push(content);
    if (part < count - 1) return undefined;
    const whole = Buffer.concat(this.#pieces);
    this.#reset();
    return { ...position, content: whole };
  }

  #continues(position: Position, part: number, count: number): boolean {
    const before = this.#position;
    return (
      before !== undefined &&
      part === this.#pieces.length &&
      count === this.#count &&
      position.kind === before.kind &&
      position.epoch === before.epoch &&
      position.group === before.group &&
      position.object === before.object
    );
  }

  #reset(): void {
    this.#pieces = [];
    this.#position = undefined;
    this.#bytes = 0;
  }
}

function readPart(message: Uint8Array): {
  readonly position: Position;
  readonly part: number;
  readonly count: number;
  readonly content: Uint8Array;
} {
  if (message.length < PART_HEADER) {
    throw new ProtocolError(`part: expected ${PART_HEADER} bytes or more, got ${message.length}`);
  }
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const version = view.getUint8(0);
  const kind = KINDS[view.getUint8(1)];
  const part = view.getUint16(2, true);
  const count = view.getUint16(4, true);
  const epoch = view.getFloat64(16, true);
  if (version !== VERSION || kind === undefined || part >= count || !Number.isFinite(epoch)) {
    throw new ProtocolError(
      `part: expected version ${VERSION}, a known kind, a part below the count, and an epoch, got version ${version}, kind ${view.getUint8(1)}, part ${part} of ${count}, epoch ${epoch}`,
    );
  }
  return {
    position: { kind, epoch, group: view.getUint32(8, true), object: view.getUint32(12, true) },
    part,
    count,
    content: message.subarray(PART_HEADER),
  };
}
