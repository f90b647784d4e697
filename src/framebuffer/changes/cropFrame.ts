import type { Memory } from "../runtime";
import type { RawFrame } from "../source/frame";
import type { Rect } from "./rects";

/** A part of a frame as a separate frame, with its own copy of the pixels. */
export function cropFrame(frame: RawFrame, rect: Rect, memory: Pick<Memory, "allocate">): RawFrame {
  const { width, height } = rect;
  const { channels } = frame;
  const data = memory.allocate(width * height * channels);
  const cropped: RawFrame = { data, width, height, channels };
  const rowBytes = width * channels;
  for (let row = 0; row < height; row++) {
    const begin = ((rect.y + row) * frame.width + rect.x) * channels;
    data.set(frame.data.subarray(begin, begin + rowBytes), row * rowBytes);
  }
  return cropped;
}

/**
 * Copies a part of one frame to the same place in another of the same layout, which the caller must
 * own.
 */
export function copyRect(from: RawFrame, to: RawFrame, rect: Rect): void {
  const rowBytes = rect.width * from.channels;
  for (let row = rect.y; row < rect.y + rect.height; row++) {
    const begin = (row * from.width + rect.x) * from.channels;
    to.data.set(from.data.subarray(begin, begin + rowBytes), begin);
  }
}
