/**
 * Translates frames between the sessions' messages, which count them from 1, and the WebSocket
 * route's, which count from 0.
 */
import { ProtocolError } from "./errors";
import type { FrameMetadata } from "./frameMetadata";
import type {
  AtlasFrameMessage,
  FrameMessage,
  ImageMimetype,
  PatchFrameMessage,
  VideoCodec,
  VideoFrameMessage,
} from "./messages";
import { parseFrameMessage } from "./parseFrameMessage";
import type {
  AtlasFrameHeader,
  PatchFrameHeader,
  StreamFrameHeader,
  VideoChunkHeader,
} from "./streamMessages";

/** A frame on the WebSocket route: a header, and a payload in one or more parts. */
export interface StreamFrame {
  readonly header: StreamFrameHeader;
  readonly payload: readonly Uint8Array[];
}

/** A frame in the form that a view expects. */
export interface ReceivedFrame {
  readonly message: FrameMessage;
  readonly buffers: readonly Uint8Array[];
}

/** The `seq` of a frame on the WebSocket route. */
export function seqOf(index: number): number {
  return index - 1;
}

/** The `index` of a frame in the sessions' messages. */
export function indexOf(seq: number): number {
  return seq + 1;
}

/**
 * Translates a frame of a session. Like pdum.rfb, it leaves out metadata with default values.
 *
 * @throws Error when the frame is in base64, or has no size, as from an older session.
 */
export function toStreamFrame(message: FrameMessage, buffers: readonly Uint8Array[]): StreamFrame {
  const { width, height } = message;
  if (width === undefined || height === undefined || message.data_b64 !== null) {
    throw new Error("Cannot send a frame over a WebSocket: it has no size, or is in base64");
  }
  const common = {
    seq: seqOf(message.index),
    timestamp_us: Math.round(message.timestamp * 1e6),
    width,
    height,
  };
  const metadata = visibleMetadata(message);
  if ("chunk" in message) {
    return {
      header: { type: "video_chunk", ...common, ...videoFields(message), ...metadata },
      payload: buffers,
    };
  }
  if ("patches" in message) {
    const { patches, refines = false } = message;
    const header: PatchFrameHeader = {
      type: "patch_frame",
      ...common,
      ...baseFields(message),
      patches,
      ...(refines ? { refines } : {}),
      lengths: lengthsOf(buffers),
      ...metadata,
    };
    return { header, payload: buffers };
  }
  if ("atlas" in message) {
    const header: AtlasFrameHeader = {
      type: "atlas_frame",
      ...common,
      ...baseFields(message),
      atlas: message.atlas,
      lengths: lengthsOf(buffers),
      ...metadata,
    };
    return { header, payload: buffers };
  }
  return {
    header: { type: "image_frame", ...common, mime: message.mimetype, ...metadata },
    payload: buffers,
  };
}

function baseFields({ base, mimetype }: PatchFrameMessage | AtlasFrameMessage): {
  readonly mime: ImageMimetype;
  readonly base: number;
} {
  return { mime: mimetype, base: seqOf(base) };
}

function lengthsOf(buffers: readonly Uint8Array[]): number[] {
  return buffers.map(({ length }) => length);
}

function videoFields(
  message: VideoFrameMessage,
): Omit<VideoChunkHeader, "type" | "seq" | "timestamp_us" | "width" | "height"> {
  const { base, chunk, codec, width, height, visible_width, visible_height } = message;
  const isPadded = visible_width !== width || visible_height !== height;
  return {
    codec,
    bitstream: message.mimetype === "video/h264" ? "annexb" : "vp9",
    keyframe: chunk === "key",
    ...(base === undefined ? {} : { base: seqOf(base) }),
    ...(isPadded ? { visible_width, visible_height } : {}),
  };
}

function visibleMetadata({ pixel_ratio = 1, color }: FrameMetadata): FrameMetadata {
  return {
    ...(pixel_ratio === 1 ? {} : { pixel_ratio }),
    ...(color === undefined ? {} : { color }),
  };
}

/** Translates frames of a server. It adds what a server of pdum.rfb leaves out. */
export class StreamFrameReader {
  /** The previous chunk, which a delta without `base` changes. */
  #lastChunk: number | undefined;

  /**
   * Translates a frame. The buffers are views of the payload.
   *
   * @throws {@link ProtocolError} when the parts don't fit together.
   */
  read(header: StreamFrameHeader, payload: Uint8Array): ReceivedFrame {
    const { width, height } = header;
    const common = {
      type: "framebufferdata",
      data_b64: null,
      index: indexOf(header.seq),
      timestamp: Math.max(0, header.timestamp_us / 1e6),
      width,
      height,
    };
    switch (header.type) {
      case "image_frame":
        return checked(header, { ...common, mimetype: header.mime }, [payload]);
      case "patch_frame": {
        const { base, mime, patches, refines = false } = header;
        const message = { ...common, mimetype: mime, base: indexOf(base), patches, refines };
        return checked(
          header,
          message satisfies Loose<PatchFrameMessage>,
          split(payload, header.lengths),
        );
      }
      case "atlas_frame": {
        const { atlas, base, mime } = header;
        const message = { ...common, mimetype: mime, base: indexOf(base), atlas };
        return checked(
          header,
          message satisfies Loose<AtlasFrameMessage>,
          split(payload, header.lengths),
        );
      }
      case "video_chunk":
        return checked(header, { ...common, ...this.#chunkFields(header) }, [payload]);
    }
  }

  /** Forgets the previous chunk, for a new connection. */
  reset(): void {
    this.#lastChunk = undefined;
  }

  #chunkFields(header: VideoChunkHeader): Loose<Partial<VideoFrameMessage>> {
    const { seq, keyframe, width, height } = header;
    const before = header.base ?? this.#lastChunk;
    this.#lastChunk = seq;
    if (!keyframe && before === undefined) {
      throw new ProtocolError(`frame header: expected a keyframe before frame ${seq}, got none`);
    }
    return {
      mimetype: `video/${codecOf(header)}`,
      chunk: keyframe ? "key" : "delta",
      codec: header.codec,
      visible_width: header.visible_width ?? width,
      visible_height: header.visible_height ?? height,
      ...(keyframe || before === undefined ? {} : { base: indexOf(before) }),
    };
  }
}

/** A message whose fields are not checked yet. */
type Loose<Message> = { readonly [Key in keyof Message]: unknown };

function checked(
  metadata: FrameMetadata,
  message: object,
  buffers: readonly Uint8Array[],
): ReceivedFrame {
  const parsed = parseFrameMessage(message, buffers.length);
  return { message: { ...parsed, ...visibleMetadata(metadata) }, buffers };
}

function codecOf({ bitstream, seq }: VideoChunkHeader): VideoCodec {
  if (bitstream === "annexb") return "h264";
  if (bitstream === "vp9") return "vp9";
  throw new ProtocolError(
    `frame header: expected a bitstream "annexb" or "vp9", got "${bitstream}" for frame ${seq}`,
  );
}

function split(payload: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total !== payload.length) {
    throw new ProtocolError(
      `frame header.lengths: expected ${payload.length} bytes in all, as the payload has, got ${total}`,
    );
  }
  let at = 0;
  return lengths.map((length) => payload.subarray(at, (at += length)));
}
