import { packHeader } from "../../protocol/envelope";
import type { StreamFrameHeader } from "../../protocol/streamMessages";

/** A frame of a rendition, as its edges get it. */
export interface RelayedFrame {
  readonly group: number;
  /** In the group, from 0. */
  readonly object: number;
  readonly header: StreamFrameHeader;
  /** The header as it came, with what only a newer viewer knows. */
  readonly rawHeader: object;
  readonly payload: Uint8Array;
}

/** The first part of each frame, by how much its numbers differ from the publisher's. */
const heads = new WeakMap<RelayedFrame, Map<number, Uint8Array>>();

/** The header of a frame with other numbers. Viewers that have missed nothing share one. */
export function headFor(frame: RelayedFrame, offset: number): Uint8Array {
  const known = heads.get(frame) ?? new Map<number, Uint8Array>();
  heads.set(frame, known);
  const { header, rawHeader } = frame;
  const base = "base" in header ? header.base : undefined;
  const head =
    known.get(offset) ??
    packHeader({
      ...rawHeader,
      seq: header.seq + offset,
      ...(base === undefined ? {} : { base: base + offset }),
    });
  known.set(offset, head);
  return head;
}

/** "jpeg", "png", "webp", "h264" or "vp9". */
export function codecOf({ header }: RelayedFrame): string {
  if (header.type === "video_chunk") return header.bitstream === "annexb" ? "h264" : "vp9";
  return header.mime.slice("image/".length);
}
