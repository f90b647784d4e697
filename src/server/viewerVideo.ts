import {
  isKeptFrame,
  type ChunkOptions,
  type EncodedChunk,
  type KeptFrame,
  type RawFrame,
  type VideoEncoder,
} from "../framebuffer/node";
import type { VideoCodec } from "../protocol/messages";
import type { Disposable } from "../protocol/transport";
import type { SharedVideoStream } from "./sharedVideoStream";

/**
 * A viewer that falls out of the shared stream this often within {@link MISS_SECONDS} gets an
 * encoder of its own, unless there are too many.
 */
const MAX_MISSES = 3;
/** See {@link MAX_MISSES}. */
const MISS_SECONDS = 5;

/**
 * Successive frames that a viewer with its own encoder must get before it returns to the shared
 * stream.
 */
const STEADY_FRAMES = 90;

/** What a {@link ViewerVideo} needs. */
export interface ViewerVideoOptions {
  readonly codec: VideoCodec;
  /** The quality that the shared stream is for; its own may be another. */
  readonly quality: number;
  /** The scale that the shared stream is for. */
  readonly scale: number;
  readonly stream: SharedVideoStream;
  /** The viewer leaves the shared stream for good. */
  leave(): void;
  /** Seconds from some fixed moment; never decreases. */
  monotonic(): number;
  /** Creates an encoder for this viewer alone. */
  createOwn(): Promise<VideoEncoder>;
  /** Allows one more encoder. See `SharedVideo`. */
  claimOwn(): (() => void) | undefined;
  /** Reports that its own encoder could not be created. */
  reportError(error: unknown): void;
}

/** The encoder of one viewer alone, from when it was ordered. */
interface OwnEncoder {
  /** Undefined until it has been created. */
  encoder: VideoEncoder | undefined;
  /** The last frame that it encoded; undefined if the viewer lacks that frame. */
  last: KeptFrame | undefined;
  /** Successive frames that it encoded. */
  steady: number;
  closed: boolean;
  readonly unclaim: () => void;
}

/**
 * The video of one viewer. It takes the chunks of the shared stream as long as the viewer gets
 * every frame. After a missed frame the viewer gets images until the stream's next keyframe, and
 * after several it gets an encoder of its own.
 */
export class ViewerVideo implements VideoEncoder, Disposable {
  readonly codec: VideoCodec;
  readonly #options: ViewerVideoOptions;
  /** The last frame of the shared stream that the viewer got; undefined while it is out of it. */
  #last: KeptFrame | undefined;
  #own: OwnEncoder | undefined;
  /** When the viewer fell out of the shared stream. */
  #misses: number[] = [];
  #isDisposed = false;

  constructor(options: ViewerVideoOptions) {
    this.#options = options;
    this.codec = options.codec;
  }

  get name(): string {
    return this.#own?.encoder?.name ?? this.#options.stream.name;
  }

  breakChain(): void {
    this.#last = undefined;
    if (this.#own !== undefined) this.#own.last = undefined;
  }

  tryJoin(frame: RawFrame): boolean {
    if (!isKeptFrame(frame)) return false;
    if (this.#fits(frame)) return true;
    if (this.#own?.encoder !== undefined) return true;
    this.#fallOut();
    return false;
  }

  encode(frame: RawFrame, options: ChunkOptions): Promise<EncodedChunk> {
    if (this.#isDisposed) {
      return Promise.reject(new Error(`Cannot encode ${this.codec}: the viewer is gone`));
    }
    if (!isKeptFrame(frame)) {
      return Promise.reject(new Error(`Cannot encode ${this.codec}: the frame is not shared`));
    }
    const isShared =
      options.quality === this.#options.quality && (options.scale ?? 1) === this.#options.scale;
    const fits = this.#fits(frame);
    if (isShared && fits && this.#canReturn(frame)) {
      this.#dropOwn();
      return this.#encodeShared(frame);
    }
    if (!isShared) this.#orderOwn();
    const own = this.#own;
    if (own?.encoder !== undefined) return this.#encodeOwn(own, own.encoder, frame, options);
    // Until its own encoder is there, or without one, the viewer gets what the others get.
    if (fits) return this.#encodeShared(frame);
    return Promise.reject(new Error(`Cannot encode ${this.codec}: no stream is ready`));
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#dropOwn();
    this.#options.leave();
  }

  /**
   * Whether the shared stream has, or can make, a chunk of this frame that the viewer can decode.
   */
  #fits(frame: KeptFrame): boolean {
    const { stream } = this.#options;
    const { newest } = stream;
    if (newest === undefined) return true;
    if (newest.frame === frame) return newest.base === undefined || newest.base === this.#last;
    if (stream.canBeKeyframe(frame)) return true;
    return this.#last !== undefined && this.#last === newest.frame && stream.isAhead(frame);
  }

  /** Whether the viewer has no encoder of its own, or kept up long enough to give it up. */
  #canReturn(frame: KeptFrame): boolean {
    const own = this.#own;
    if (own === undefined) return true;
    if (own.last === undefined || own.steady < STEADY_FRAMES) return false;
    return frame.serial <= own.last.serial + 1;
  }

  /**
   * Encodes a frame that fits. A viewer in the stream gets a delta, even if a keyframe was planned.
   */
  #encodeShared(frame: KeptFrame): Promise<EncodedChunk> {
    const { stream } = this.#options;
    const { newest } = stream;
    const keyframe = this.#last === undefined || this.#last !== newest?.frame;
    const { chunk } = newest?.frame === frame ? newest : stream.encode(frame, { keyframe });
    this.#last = frame;
    return chunk;
  }

  async #encodeOwn(
    own: OwnEncoder,
    encoder: VideoEncoder,
    frame: KeptFrame,
    options: ChunkOptions,
  ): Promise<EncodedChunk> {
    const { last } = own;
    own.steady = last !== undefined && frame.serial <= last.serial + 1 ? own.steady + 1 : 0;
    own.last = frame;
    this.#last = undefined;
    // The viewer can return at the next keyframe of the shared stream.
    if (own.steady >= STEADY_FRAMES) this.#options.stream.requestKeyframe();
    return encoder.encode(frame, { ...options, keyframe: options.keyframe || last === undefined });
  }

  /**
   * The viewer can't decode the stream's next chunk. Only falling out counts, not waiting to join.
   */
  #fallOut(): void {
    this.#options.stream.requestKeyframe();
    if (this.#last === undefined) return;
    this.#last = undefined;
    const now = this.#options.monotonic();
    this.#misses = [...this.#misses.filter((at) => now - at < MISS_SECONDS), now];
    if (this.#misses.length >= MAX_MISSES) this.#orderOwn();
  }

  #orderOwn(): void {
    if (this.#own !== undefined || this.#isDisposed) return;
    const unclaim = this.#options.claimOwn();
    if (unclaim === undefined) return;
    const own: OwnEncoder = {
      encoder: undefined,
      last: undefined,
      steady: 0,
      closed: false,
      unclaim,
    };
    this.#own = own;
    this.#options
      .createOwn()
      .then((encoder) => {
        if (own.closed) encoder.dispose();
        else own.encoder = encoder;
      })
      .catch((error: unknown) => {
        // The viewer keeps using the shared encoder.
        if (this.#own === own) this.#dropOwn();
        this.#options.reportError(error);
      });
  }

  #dropOwn(): void {
    const own = this.#own;
    if (own === undefined) return;
    this.#own = undefined;
    own.closed = true;
    own.unclaim();
    own.encoder?.dispose();
  }
}
