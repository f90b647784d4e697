import { availableParallelism } from "node:os";
import type { CreateVideoEncoder, RateLimit, VideoDevice, VideoEncoder } from "../framebuffer/node";
import type { VideoCodec } from "../protocol/messages";
import { SharedVideoStream } from "./sharedVideoStream";
import { ViewerVideo } from "./viewerVideo";

/** What {@link SharedVideo} needs. */
export interface SharedVideoOptions {
  readonly create: CreateVideoEncoder;
  readonly limit: RateLimit;
  /** Seconds from some fixed moment; never decreases. */
  monotonic(): number;
  /**
   * How many viewers that don't keep up may have an encoder of their own.
   *
   * @defaultValue the number of processors
   */
  readonly maxOwn?: number;
}

/** A shared stream, and how many viewers have opened it. */
interface SharedEntry {
  /** Resolves when the encoder has been created. */
  readonly stream: Promise<SharedVideoStream>;
  members: number;
}

/**
 * The video encoders of a stream: a shared one for each codec, device and quality, and one of its
 * own for each viewer that can't use the shared one.
 */
export class SharedVideo {
  readonly #options: SharedVideoOptions;
  readonly #entries = new Map<string, SharedEntry>();
  #own = 0;

  constructor(options: SharedVideoOptions) {
    this.#options = options;
  }

  /**
   * Opens the video for one viewer.
   *
   * @param quality - the quality of the shared stream, 1..99. To encode in another quality or in a
   * reduced size, the viewer gets an encoder of its own.
   * @throws (as a rejection) what `create` rejects with
   */
  async open(codec: VideoCodec, device: VideoDevice, quality: number): Promise<VideoEncoder> {
    const { limit } = this.#options;
    const create = (): Promise<VideoEncoder> => this.#options.create(codec, device, limit);
    const monotonic = (): number => this.#options.monotonic();
    const key = `${codec} ${device} ${quality}`;
    const entry = this.#entries.get(key) ?? {
      stream: create().then((encoder) => new SharedVideoStream(encoder, monotonic)),
      members: 0,
    };
    this.#entries.set(key, entry);
    entry.members += 1;
    const leave = (): void => {
      entry.members -= 1;
      if (entry.members > 0) return;
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      void entry.stream.then((stream) => stream.dispose()).catch(() => undefined);
    };
    try {
      const stream = await entry.stream;
      stream.requestKeyframe();
      return new ViewerVideo({
        codec,
        quality,
        stream,
        leave,
        monotonic,
        createOwn: create,
        claimOwn: (isRequired) => this.#claimOwn(isRequired),
      });
    } catch (error) {
      leave();
      throw error;
    }
  }

  /**
   * Allows one more encoder of a viewer's own, if it is required or the limit isn't reached.
   *
   * @returns a function that gives the encoder's place back, to be called once; undefined if there
   * are too many
   */
  #claimOwn(isRequired: boolean): (() => void) | undefined {
    const maxOwn = this.#options.maxOwn ?? availableParallelism();
    if (!isRequired && this.#own >= maxOwn) return undefined;
    this.#own += 1;
    return () => (this.#own -= 1);
  }
}
