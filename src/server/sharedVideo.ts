import { availableParallelism } from "node:os";
import type { CreateVideoEncoder, RateLimit, VideoDevice, VideoEncoder } from "../framebuffer/node";
import type { VideoCodec } from "../protocol/messages";
import { SharedVideoStream } from "./sharedVideoStream";
import { ViewerVideo } from "./viewerVideo";

/** What {@link SharedVideo} needs. */
export interface SharedVideoOptions {
  readonly create: CreateVideoEncoder;
  readonly limit: RateLimit;
  /** The quality of the stream, 1..100, which viewers without a wish have. */
  readonly quality: number;
  /** Seconds from some fixed moment; never decreases. */
  monotonic(): number;
  /** Reports that a viewer can't have an encoder of its own. It keeps using the shared one. */
  reportError(error: unknown): void;
  /**
   * How many encoders there may be in addition to that of the stream's quality: those of other
   * qualities, and those of viewers that don't keep up.
   *
   * @defaultValue one less than there are processors, and at least one
   */
  readonly maxExtra?: number;
}

/** A shared stream, and how many viewers have opened it. */
interface SharedEntry {
  readonly codec: VideoCodec;
  readonly device: VideoDevice;
  readonly quality: number;
  readonly scale: number;
  /** Resolves when the encoder has been created. */
  readonly stream: Promise<SharedVideoStream>;
  members: number;
  /** Gives the encoder's place back. */
  readonly unclaim: () => void;
}

/**
 * The video encoders of a stream: a shared one for each codec, device, quality and scale, and one
 * own for each viewer that can't use the shared one. All but that of the stream's quality are
 * bounded together, so that viewers with other wishes don't slow down those without.
 */
export class SharedVideo {
  readonly #options: SharedVideoOptions;
  readonly #entries = new Set<SharedEntry>();
  #extra = 0;

  constructor(options: SharedVideoOptions) {
    this.#options = options;
  }

  /**
   * Opens the video for one viewer. If there are too many encoders, it is that of the nearest
   * quality.
   *
   * @param quality - the quality of the shared stream, 1..99. To encode in another quality or
   * size, the viewer gets an encoder of its own.
   * @param scale - the share of width and height of the shared stream, above 0 and up to 1
   * @throws (as a rejection) what `create` rejects with
   */
  async open(
    codec: VideoCodec,
    device: VideoDevice,
    quality: number,
    scale = 1,
  ): Promise<VideoEncoder> {
    const entry = this.#join(codec, device, quality, scale);
    entry.members += 1;
    const leave = (): void => this.#leave(entry);
    try {
      const stream = await entry.stream;
      stream.requestKeyframe();
      return new ViewerVideo({
        codec,
        quality,
        scale,
        stream,
        leave,
        monotonic: () => this.#options.monotonic(),
        createOwn: () => this.#create(codec, device),
        claimOwn: () => this.#claim(),
        reportError: (error) => this.#options.reportError(error),
      });
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** The stream of a quality, or the nearest one if no further encoder is allowed. */
  #join(codec: VideoCodec, device: VideoDevice, quality: number, scale: number): SharedEntry {
    const distance = (entry: SharedEntry): number => Math.abs(entry.quality - quality);
    const [nearest] = [...this.#entries]
      .filter((entry) => entry.codec === codec && entry.device === device && entry.scale === scale)
      .sort((one, other) => distance(one) - distance(other));
    if (nearest?.quality === quality) return nearest;
    // Only the one small rendition for edges has another scale.
    if (scale !== 1) return this.#open(codec, device, quality, () => undefined, scale);
    const own = this.#options.quality;
    if (quality === own) return this.#open(codec, device, own, () => undefined);
    const unclaim = this.#claim();
    if (unclaim !== undefined) return this.#open(codec, device, quality, unclaim);
    return nearest ?? this.#open(codec, device, Math.min(own, 99), () => undefined);
  }

  #open(
    codec: VideoCodec,
    device: VideoDevice,
    quality: number,
    unclaim: () => void,
    scale = 1,
  ): SharedEntry {
    const stream = this.#create(codec, device, scale).then(
      (encoder) => new SharedVideoStream(encoder, quality, () => this.#options.monotonic(), scale),
    );
    const entry = { codec, device, quality, scale, stream, members: 0, unclaim };
    this.#entries.add(entry);
    return entry;
  }

  #leave(entry: SharedEntry): void {
    entry.members -= 1;
    if (entry.members > 0) return;
    this.#entries.delete(entry);
    entry.unclaim();
    void entry.stream.then((stream) => stream.dispose()).catch(() => undefined);
  }

  /** @param scale - of what it encodes: a smaller picture gets fewer bits */
  #create(codec: VideoCodec, device: VideoDevice, scale = 1): Promise<VideoEncoder> {
    const { bitrate, fps } = this.#options.limit;
    return this.#options.create(codec, device, { bitrate: bitrate * scale * scale, fps });
  }

  /**
   * Allows one more encoder, unless there are too many.
   *
   * @returns a function that gives the encoder's place back, to be called once; undefined if there
   * are too many
   */
  #claim(): (() => void) | undefined {
    const maxExtra = this.#options.maxExtra ?? Math.max(1, availableParallelism() - 1);
    if (this.#extra >= maxExtra) return undefined;
    this.#extra += 1;
    return () => (this.#extra -= 1);
  }
}
