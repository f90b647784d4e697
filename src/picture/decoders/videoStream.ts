/**
 * Decodes one video stream, chunk by chunk, and detects a decoder that fails or stalls. Pure
 * policy: the decoder is injected.
 */
import type { VideoCodec, VideoFrameMessage } from "../../protocol/messages";
import type { Disposable } from "../../protocol/transport";
import { MissingBaseError } from "../frameErrors";
import type { Timers } from "../timers";

/**
 * The time between two checks whether a decoder has returned a picture, in milliseconds. A decoder
 * that returned none by the second check, after 2 s, has stalled: software decoders take about 10
 * ms per picture. Two checks are needed because after a long task of the page, a timer may run
 * before the pictures that are already waiting.
 */
const CHECK_INTERVAL_MS = 1000;
/**
 * After this many decoder failures with no picture in between, this browser cannot decode the
 * codec, whatever it claims.
 */
const MAX_DECODER_FAILURES = 3;

/** A decoded picture: the part of WebCodecs' VideoFrame that is used here. */
export interface VideoPicture {
  /** The timestamp of the chunk that it was decoded from. */
  readonly timestamp: number;
  close(): void;
}

/** The part of WebCodecs' VideoDecoder that is used here. */
export interface VideoDecoderPort {
  configure(config: VideoDecoderConfig): void;
  decode(type: "key" | "delta", timestamp: number, data: Uint8Array): void;
  /** Stops the decoder. No callback follows. */
  close(): void;
}

/** Receives a decoder's results. */
export interface VideoDecoderCallbacks<Decoded extends VideoPicture> {
  output(picture: Decoded): void;
  /** The decoder has failed and is closed. */
  error(error: unknown): void;
}

/** What a {@link VideoStream} depends on. */
export interface VideoStreamOptions<Decoded extends VideoPicture> {
  /** Creates a decoder. */
  open(callbacks: VideoDecoderCallbacks<Decoded>): VideoDecoderPort;
  readonly timers: Timers;
  /** The decoder has failed repeatedly. */
  onGiveUp(codec: VideoCodec): void;
}

interface Pending<Decoded> {
  readonly index: number;
  readonly resolve: (picture: Decoded) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Passes chunks to a decoder as they arrive, and returns one picture for each.
 *
 * When the decoder fails or stalls, all pending chunks are rejected and the decoder is closed; the
 * next key chunk opens another one. Until then delta chunks are rejected: a decoder that misses a
 * chunk reports no error, and its pictures are wrong.
 */
export class VideoStream<Decoded extends VideoPicture> implements Disposable {
  readonly #options: VideoStreamOptions<Decoded>;
  /** The chunks in the decoder by their timestamp, in decoding order. */
  readonly #pending = new Map<number, Pending<Decoded>>();
  /** A number for each chunk. The decoder copies it to the picture. */
  #nextTimestamp = 0;
  #decoder: VideoDecoderPort | undefined;
  #codec: VideoCodec | undefined;
  #codecString: string | undefined;
  /** The index of the last frame that was passed to the decoder. */
  #last: number | undefined;
  #watch: Disposable | undefined;
  #failures = 0;
  #isDisposed = false;

  constructor(options: VideoStreamOptions<Decoded>) {
    this.#options = options;
  }

  /**
   * Decodes a chunk. The caller must close the picture soon, because a decoder has few of them.
   *
   * @throws {@link MissingBaseError} (as a rejection) when the chunk does not change the last
   *   frame.
   * @throws Error (as a rejection) when the decoder failed or stalled, or the stream is disposed.
   */
  decode(frame: VideoFrameMessage, data: Uint8Array): Promise<Decoded> {
    return new Promise((resolve, reject) => {
      if (this.#isDisposed) {
        reject(disposedError());
        return;
      }
      if (frame.chunk === "delta" && (this.#last === undefined || frame.base !== this.#last)) {
        reject(new MissingBaseError(frame.index, frame.base, this.#last));
        return;
      }
      const timestamp = this.#nextTimestamp++;
      this.#pending.set(timestamp, { index: frame.index, resolve, reject });
      try {
        this.#decoderFor(frame).decode(frame.chunk, timestamp, data);
      } catch (error) {
        this.#fail(error);
        return;
      }
      this.#last = frame.index;
      this.#watch ??= this.#startWatch(frame.index);
    });
  }

  /** Closes the decoder and rejects all pending chunks. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#close(disposedError());
  }

  #decoderFor(frame: VideoFrameMessage): VideoDecoderPort {
    this.#codec = frame.mimetype === "video/h264" ? "h264" : "vp9";
    const decoder = (this.#decoder ??= this.#open());
    // Only a key chunk can change the codec string: a delta chunk has that of the chunk before it.
    if (frame.chunk === "key" && this.#codecString !== frame.codec) {
      // No `description`: H.264 arrives in Annex B format, with the parameter sets in each key
      // chunk.
      decoder.configure({ codec: frame.codec, optimizeForLatency: true });
      this.#codecString = frame.codec;
    }
    return decoder;
  }

  #open(): VideoDecoderPort {
    // Ignores the late results of a decoder that was closed.
    const decoder: VideoDecoderPort = this.#options.open({
      output: (picture) => {
        if (this.#decoder === decoder) this.#take(picture);
        else picture.close();
      },
      error: (error) => {
        if (this.#decoder === decoder) this.#fail(error);
      },
    });
    return decoder;
  }

  #take(picture: Decoded): void {
    const { timestamp } = picture;
    const due = this.#pending.get(timestamp);
    if (due === undefined) {
      picture.close();
      return;
    }
    // Pictures arrive in order: the skipped ones will never arrive.
    for (const [skipped, { index, reject }] of this.#pending) {
      if (skipped >= timestamp) break;
      this.#pending.delete(skipped);
      reject(new Error(`Cannot decode chunk ${index}: the decoder produced no picture for it`));
    }
    this.#pending.delete(timestamp);
    this.#failures = 0;
    this.#watch?.dispose();
    const [next] = this.#pending.values();
    this.#watch = next && this.#startWatch(next.index);
    due.resolve(picture);
  }

  /**
   * Checks twice whether the next picture has arrived, and fails the decoder after the second time.
   */
  #startWatch(index: number): Disposable {
    const { timers } = this.#options;
    return timers.after(CHECK_INTERVAL_MS, () => {
      this.#watch = timers.after(CHECK_INTERVAL_MS, () => {
        const seconds = (2 * CHECK_INTERVAL_MS) / 1000;
        this.#fail(new Error(`Cannot decode chunk ${index}: no picture came for ${seconds} s`));
      });
    });
  }

  #fail(error: unknown): void {
    const codec = this.#codec;
    // A browser may reclaim the decoder of a page that has not used it for a while. That is not a
    // failure.
    const hasFailed = this.#pending.size > 0;
    this.#close(error);
    if (!hasFailed || codec === undefined) return;
    this.#failures += 1;
    if (this.#failures === MAX_DECODER_FAILURES) this.#options.onGiveUp(codec);
  }

  #close(reason: unknown): void {
    this.#watch?.dispose();
    this.#watch = undefined;
    const decoder = this.#decoder;
    this.#decoder = undefined;
    this.#codecString = undefined;
    this.#last = undefined;
    decoder?.close();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(reason);
  }
}

function disposedError(): Error {
  return new Error("Cannot decode a video chunk: the stream is disposed");
}
