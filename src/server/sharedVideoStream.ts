import type { ChunkOptions, EncodedChunk, KeptFrame, VideoEncoder } from "../framebuffer/node";
import type { Disposable } from "../protocol/transport";

/**
 * Least seconds between two keyframes of a shared stream. Viewers that join, or miss a frame, wait
 * for the next one.
 */
export const SHARED_KEYFRAME_SECONDS = 0.5;

/** A frame of a shared stream. */
export interface SharedVideoFrame {
  readonly frame: KeptFrame;
  /** The frame that the chunk changes; undefined for a keyframe. */
  readonly base: KeptFrame | undefined;
  readonly chunk: Promise<EncodedChunk>;
}

/** A video whose chunks go to several viewers. Each frame is encoded once. */
export class SharedVideoStream implements Disposable {
  /** The quality of all chunks, 1..99. */
  readonly quality: number;
  /** The share of the frames' width and height. */
  readonly scale: number;
  readonly #encoder: VideoEncoder;
  readonly #monotonic: () => number;
  #newest: SharedVideoFrame | undefined;
  #lastKeyframe = -Infinity;
  #keyframeWanted = false;

  constructor(encoder: VideoEncoder, quality: number, monotonic: () => number, scale = 1) {
    this.#encoder = encoder;
    this.quality = quality;
    this.scale = scale;
    this.#monotonic = monotonic;
  }

  get name(): string {
    return this.#encoder.name;
  }

  /** The newest frame; undefined before the first and after one that could not be encoded. */
  get newest(): SharedVideoFrame | undefined {
    return this.#newest;
  }

  /**
   * Whether this frame can be encoded as a keyframe: it is new, and the last keyframe is old
   * enough.
   */
  canBeKeyframe(frame: KeptFrame): boolean {
    const elapsed = this.#monotonic() - this.#lastKeyframe;
    return this.isAhead(frame) && elapsed >= SHARED_KEYFRAME_SECONDS;
  }

  /** Whether a frame is newer than all that were encoded. */
  isAhead({ serial }: KeptFrame): boolean {
    return this.#newest === undefined || serial > this.#newest.frame.serial;
  }

  /** Requests a keyframe for a waiting viewer: the next frame that can be one becomes one. */
  requestKeyframe(): void {
    this.#keyframeWanted = true;
  }

  /** Encodes a frame that is ahead. The caller holds it until the chunk is there. */
  encode(frame: KeptFrame, options: Pick<ChunkOptions, "keyframe">): SharedVideoFrame {
    const before = this.#newest?.frame;
    const isResized = before?.width !== frame.width || before.height !== frame.height;
    const isWanted = options.keyframe || this.#keyframeWanted;
    const keyframe = isResized || (isWanted && this.canBeKeyframe(frame));
    if (keyframe) {
      this.#lastKeyframe = this.#monotonic();
      this.#keyframeWanted = false;
    }
    const chunk = this.#encoder.encode(frame, {
      quality: this.quality,
      keyframe,
      ...(this.scale === 1 ? {} : { scale: this.scale }),
    });
    const shared = { frame, base: keyframe ? undefined : before, chunk };
    this.#newest = shared;
    chunk.catch(() => {
      // No viewer has this frame, so that the next one can't build on it.
      this.#newest = undefined;
      this.#lastKeyframe = -Infinity;
    });
    return shared;
  }

  dispose(): void {
    this.#encoder.dispose();
  }
}
