/** One video encoder for all viewers that keep up, and one of his own for each that does not. */
import { availableParallelism } from "node:os";
import type {
  ChunkOptions,
  CreateVideoEncoder,
  EncodedChunk,
  KeptFrame,
  RateLimit,
  RawFrame,
  VideoDevice,
  VideoEncoder,
} from "../framebuffer";
import { isKeptFrame } from "../framebuffer";
import type { VideoCodec } from "../protocol/messages";
import type { Disposable } from "../protocol/transport";

/** Seconds from one shared keyframe to the next: all who joined or missed a frame meanwhile take up the stream there. */
export const KEYFRAME_SECONDS = 0.5;

/** A viewer that missed the shared stream so often within {@link MISS_SECONDS} gets an encoder of its own, if there are not too many. */
export const MAX_MISSES = 3;

/** See {@link MAX_MISSES}. */
export const MISS_SECONDS = 5;

/** Frames in a row that a viewer with an encoder of its own must keep up with before it goes back to the shared stream. */
export const STEADY_FRAMES = 90;

/** What {@link SharedVideo} needs. */
export interface SharedVideoOptions {
  readonly create: CreateVideoEncoder;
  readonly limit: RateLimit;
  /** Seconds since some moment, never going back. */
  monotonic(): number;
  /** Viewers that may have encoders of their own because they do not keep up. @defaultValue one for each processor */
  readonly maxOwn?: number;
}

/** A frame of the shared stream. */
interface SharedFrame {
  readonly frame: KeptFrame;
  /** The frame that the chunk changes; undefined for a keyframe. */
  readonly base: KeptFrame | undefined;
  readonly chunk: Promise<EncodedChunk>;
}

/** A stream of chunks that each viewer in it gets. */
class SharedStream {
  readonly #encoder: VideoEncoder;
  readonly #monotonic: () => number;
  #newest: SharedFrame | undefined;
  #lastKey = -Infinity;
  #keyWanted = false;

  constructor(encoder: VideoEncoder, monotonic: () => number) {
    this.#encoder = encoder;
    this.#monotonic = monotonic;
  }

  get name(): string {
    return this.#encoder.name;
  }

  get newest(): SharedFrame | undefined {
    return this.#newest;
  }

  /** Whether this frame can still become a keyframe, and there was none for a while. */
  mayBeKey(frame: KeptFrame): boolean {
    return this.isAhead(frame) && this.#monotonic() - this.#lastKey >= KEYFRAME_SECONDS;
  }

  /** Whether a frame is newer than all that were encoded. */
  isAhead({ serial }: KeptFrame): boolean {
    return this.#newest === undefined || serial > this.#newest.frame.serial;
  }

  /** A viewer waits for a keyframe: the next frame that may be one is. */
  wantKey(): void {
    this.#keyWanted = true;
  }

  /** Encodes a frame that is ahead. */
  encode(frame: KeptFrame, options: ChunkOptions): SharedFrame {
    const before = this.#newest?.frame;
    const isOther = before?.width !== frame.width || before.height !== frame.height;
    const wanted = options.keyframe || this.#keyWanted;
    const keyframe = isOther || (wanted && this.mayBeKey(frame));
    if (keyframe) {
      this.#lastKey = this.#monotonic();
      this.#keyWanted = false;
    }
    // Held by each session that asks, and let go when the chunk is there: here it is only the name of the frame.
    const chunk = this.#encoder.encode(frame, { ...options, keyframe });
    const shared: SharedFrame = { frame, base: keyframe ? undefined : before, chunk };
    this.#newest = shared;
    chunk.catch(() => {
      // What was lost cannot be built upon.
      this.#newest = undefined;
      this.#lastKey = -Infinity;
    });
    return shared;
  }

  dispose(): void {
    this.#encoder.dispose();
  }
}

/** A shared stream while it is being made, and who is in it. */
interface StreamEntry {
  readonly stream: Promise<SharedStream>;
  members: number;
}

/** The video encoders of one source of frames. */
export class SharedVideo {
  readonly #options: SharedVideoOptions;
  readonly #streams = new Map<string, StreamEntry>();
  #own = 0;

  constructor(options: SharedVideoOptions) {
    this.#options = options;
  }

  /**
   * Makes the encoder of one viewer, which shares as much as it can.
   *
   * @param quality - the quality of the shared stream; another, or a smaller picture, takes an encoder of the viewer's own
   */
  async open(codec: VideoCodec, device: VideoDevice, quality: number): Promise<VideoEncoder> {
    const { limit } = this.#options;
    const create = (): Promise<VideoEncoder> => this.#options.create(codec, device, limit);
    const monotonic = (): number => this.#options.monotonic();
    const key = `${codec} ${device} ${quality}`;
    const entry = this.#streams.get(key) ?? {
      stream: create().then((encoder) => new SharedStream(encoder, monotonic)),
      members: 0,
    };
    this.#streams.set(key, entry);
    entry.members += 1;
    const leave = (): void => {
      entry.members -= 1;
      if (entry.members > 0) return;
      if (this.#streams.get(key) === entry) this.#streams.delete(key);
      void entry.stream.then((stream) => stream.dispose()).catch(() => undefined);
    };
    try {
      const stream = await entry.stream;
      stream.wantKey();
      return new ViewerVideo({
        codec,
        quality,
        stream,
        leave,
        monotonic,
        createOwn: create,
        claimOwn: (needed) => this.#claimOwn(needed),
      });
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Counts one more encoder, if it is needed or there are few. Returns how to count it off, once. */
  #claimOwn(needed: boolean): (() => void) | undefined {
    const most = this.#options.maxOwn ?? availableParallelism();
    if (!needed && this.#own >= most) return undefined;
    this.#own += 1;
    return () => (this.#own -= 1);
  }
}

interface ViewerVideoOptions {
  readonly codec: VideoCodec;
  readonly quality: number;
  readonly stream: SharedStream;
  leave(): void;
  monotonic(): number;
  createOwn(): Promise<VideoEncoder>;
  claimOwn(needed: boolean): (() => void) | undefined;
}

/** An encoder that one viewer has for itself, from when it was ordered. */
interface OwnEncoder {
  /** Undefined while it is being made. */
  encoder: VideoEncoder | undefined;
  /** The last frame that went through it. */
  last: KeptFrame | undefined;
  /** Frames in a row of which none was missed. */
  steady: number;
  closed: boolean;
  readonly uncount: () => void;
}

/**
 * What one viewer sees of a video. In the shared stream as long as it takes each of its frames; having missed one it waits for the
 * stream's next keyframe, and gets images meanwhile; having missed several it gets an encoder of its own.
 */
class ViewerVideo implements VideoEncoder, Disposable {
  readonly codec: VideoCodec;
  readonly #options: ViewerVideoOptions;
  /** The last frame of the shared stream that this viewer got; undefined outside of it. */
  #last: KeptFrame | undefined;
  #own: OwnEncoder | undefined;
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

  accepts(frame: RawFrame): boolean {
    if (!isKeptFrame(frame)) return false;
    if (this.#fits(frame)) return true;
    if (this.#own?.encoder !== undefined) return true;
    this.#missed();
    return false;
  }

  encode(frame: RawFrame, options: ChunkOptions): Promise<EncodedChunk> {
    if (this.#isDisposed) {
      return Promise.reject(new Error(`Cannot encode ${this.codec}: the viewer is gone`));
    }
    if (!isKeptFrame(frame)) {
      return Promise.reject(new Error(`Cannot encode ${this.codec}: the frame is not shared`));
    }
    const isShared = options.quality === this.#options.quality && (options.scale ?? 1) === 1;
    const fits = this.#fits(frame);
    if (isShared && fits && this.#keepsUp(frame)) {
      this.#dropOwn();
      return this.#encodeShared(frame);
    }
    if (!isShared) this.#orderOwn(true);
    const own = this.#own;
    if (own?.encoder !== undefined) return this.#encodeOwn(own, own.encoder, frame, options);
    // Until that is there the viewer sees what the others see.
    if (fits) return this.#encodeShared(frame);
    return Promise.reject(new Error(`Cannot encode ${this.codec}: no stream is ready`));
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#dropOwn();
    this.#options.leave();
  }

  /** Whether the shared stream has, or can make, a chunk of this frame that this viewer can show. */
  #fits(frame: KeptFrame): boolean {
    const { stream } = this.#options;
    const { newest } = stream;
    if (newest === undefined) return true;
    if (newest.frame === frame) return newest.base === undefined || newest.base === this.#last;
    if (stream.mayBeKey(frame)) return true;
    return this.#last !== undefined && this.#last === newest.frame && stream.isAhead(frame);
  }

  /** Whether the viewer needs no encoder of its own, or no longer. */
  #keepsUp(frame: KeptFrame): boolean {
    const own = this.#own;
    if (own === undefined) return true;
    if (own.last === undefined || own.steady < STEADY_FRAMES) return false;
    return frame.serial <= own.last.serial + 1;
  }

  /** Takes the stream's chunk of a frame that fits. Who is in the stream needs no keyframe, whatever was planned. */
  #encodeShared(frame: KeptFrame): Promise<EncodedChunk> {
    const { quality, stream } = this.#options;
    const { newest } = stream;
    const keyframe = this.#last === undefined || this.#last !== newest?.frame;
    const { chunk } =
      newest?.frame === frame ? newest : stream.encode(frame, { quality, keyframe });
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
    // It goes back where the others get a keyframe.
    if (own.steady >= STEADY_FRAMES) this.#options.stream.wantKey();
    return encoder.encode(frame, { ...options, keyframe: options.keyframe || last === undefined });
  }

  /** This viewer cannot use a frame of the stream. Only falling out of it counts, and not waiting for it. */
  #missed(): void {
    this.#options.stream.wantKey();
    if (this.#last === undefined) return;
    this.#last = undefined;
    const now = this.#options.monotonic();
    this.#misses = [...this.#misses.filter((at) => now - at < MISS_SECONDS), now];
    if (this.#misses.length >= MAX_MISSES) this.#orderOwn(false);
  }

  #orderOwn(needed: boolean): void {
    if (this.#own !== undefined || this.#isDisposed) return;
    const uncount = this.#options.claimOwn(needed);
    if (uncount === undefined) return;
    const own: OwnEncoder = {
      encoder: undefined,
      last: undefined,
      steady: 0,
      closed: false,
      uncount,
    };
    this.#own = own;
    this.#options.createOwn().then(
      (encoder) => {
        if (own.closed) encoder.dispose();
        else own.encoder = encoder;
      },
      // The shared one could be made, so that this is rare; the viewer stays with the others.
      () => {
        if (this.#own === own) this.#dropOwn();
      },
    );
  }

  #dropOwn(): void {
    const own = this.#own;
    if (own === undefined) return;
    this.#own = undefined;
    own.closed = true;
    own.uncount();
    own.encoder?.dispose();
  }
}
