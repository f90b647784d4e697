import type { RelayedFrame } from "./relayedFrame";

/** Frames of a group that are kept for viewers that join, at most: about two seconds. */
const MAX_FRAMES = 60;

/** Bytes of them, at most, without the first frame and what shows the same without loss. */
const MAX_BYTES = 2_000_000;

/** Frames that are kept for viewers that are late. */
const TAIL_FRAMES = 16;

/** Where a viewer is in a rendition: the frame that it needs next. */
export interface Cursor {
  readonly group: number;
  readonly object: number;
}

/**
 * The newest frames of a rendition: those of the newest group from its first frame on, as long as
 * they are few, and else the last ones.
 */
export class KeptFrames {
  #group: number | undefined;
  #frames: RelayedFrame[] = [];
  #bytes = 0;

  /** Whether a viewer that joins can begin now. */
  get canJoin(): boolean {
    return this.#frames[0]?.object === 0;
  }

  /** The newest frame. */
  get newest(): RelayedFrame | undefined {
    return this.#frames.at(-1);
  }

  /** Adds a frame. If frames before it are missing, none is kept until the next group begins. */
  add(frame: RelayedFrame): void {
    const { group, object } = frame;
    if (object === 0) {
      this.#group = group;
      this.#frames = [frame];
      this.#bytes = 0;
      return;
    }
    const { newest } = this;
    if (newest === undefined || group !== this.#group || object !== newest.object + 1) {
      this.clear();
      return;
    }
    this.#frames.push(frame);
    this.#bytes += countedBytes(frame);
    const isLong = this.#frames.length > MAX_FRAMES || this.#bytes > MAX_BYTES;
    const most = this.canJoin && !isLong ? MAX_FRAMES : TAIL_FRAMES;
    if (this.#frames.length <= most && !isLong) return;
    this.#frames = this.#frames.slice(-TAIL_FRAMES);
    this.#bytes = this.#frames.reduce((sum, one) => sum + countedBytes(one), 0);
    while (this.#bytes > MAX_BYTES && this.#frames.length > 1) {
      const [first] = this.#frames.splice(0, 1);
      if (first !== undefined) this.#bytes -= countedBytes(first);
    }
  }

  /**
   * The frame that a viewer gets next.
   *
   * @param cursor - undefined for a viewer that needs a frame that needs no other
   * @returns "none" if there is none yet, "lost" if the viewer can't go on where it is
   */
  next(cursor: Cursor | undefined): RelayedFrame | "none" | "lost" {
    const [first] = this.#frames;
    if (first === undefined) return cursor === undefined ? "none" : "lost";
    if (cursor === undefined || cursor.group !== first.group) {
      if (first.object === 0) return first;
      return cursor === undefined ? "none" : "lost";
    }
    if (cursor.object < first.object) return "lost";
    return this.#frames[cursor.object - first.object] ?? "none";
  }

  /** How many frames are kept that a viewer hasn't got. */
  behind(cursor: Cursor | undefined): number {
    const { newest } = this;
    if (newest === undefined) return 0;
    if (cursor?.group !== newest.group) return this.#frames.length;
    return newest.object + 1 - cursor.object;
  }

  /** Forgets all frames. */
  clear(): void {
    this.#group = undefined;
    this.#frames = [];
    this.#bytes = 0;
  }
}

/** A viewer that joins needs a lossless still anyway: kept, it isn't sent to all others again. */
function countedBytes({ header, payload }: RelayedFrame): number {
  return header.type === "patch_frame" && header.refines === true ? 0 : payload.length;
}
