/** Decodes one video stream, chunk by chunk, and notices when the decoder fails or stalls. Pure policy: the decoder is injected. */
import type { VideoCodec, VideoFrameMessage } from "../../protocol/messages";
import type { Disposable } from "../../protocol/transport";
import { MissingBaseError } from "../frameErrors";
import type { Timers } from "../timers";

/**
 * Time between two looks at a decoder that owes a picture, in milliseconds. It has stalled when nothing came between two of them,
 * after 2 s that is: software takes some 10 ms for a picture. Two looks, because after a long task of the page a timer may be run
 * before the pictures that wait.
 */
const LOOK_INTERVAL_MS = 1000;
/** After so many failures without a picture between them the codec is given up: this browser cannot decode it, whatever it says. */
const MAX_FAILURES = 3;

/** A decoded picture: as much of WebCodecs' VideoFrame as is used here. */
export interface VideoPicture {
  /** That of the chunk it was decoded from. */
  readonly timestamp: number;
  close(): void;
}

/** As much of WebCodecs' VideoDecoder as is used here. */
export interface VideoDecoderPort {
  configure(config: VideoDecoderConfig): void;
  decode(type: "key" | "delta", timestamp: number, data: Uint8Array): void;
  /** Stops without a further callback. */
  close(): void;
}

/** Where a decoder's results go. */
export interface VideoDecoderCallbacks<Decoded extends VideoPicture> {
  output(picture: Decoded): void;
  /** The decoder has failed and is closed. */
  error(error: unknown): void;
}

/** What a {@link VideoStream} needs of the world. */
export interface VideoStreamOptions<Decoded extends VideoPicture> {
  open(callbacks: VideoDecoderCallbacks<Decoded>): VideoDecoderPort;
  readonly timers: Timers;
  /** The decoder failed time and again. */
  onGiveUp(codec: VideoCodec): void;
}

interface Pending<Decoded> {
  readonly index: number;
  readonly resolve: (picture: Decoded) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gives chunks to a decoder in the order in which they come, all at once, and hands out one picture for each.
 *
 * When the decoder fails or stalls, what is under way is rejected and the decoder is closed; the next key chunk opens another.
 * Until then delta chunks are refused: a decoder that misses one goes on without an error, and shows what was never drawn.
 */
export class VideoStream<Decoded extends VideoPicture> implements Disposable {
  readonly #options: VideoStreamOptions<Decoded>;
  /** By timestamp, in the order in which they were given to the decoder. */
  readonly #pending = new Map<number, Pending<Decoded>>();
  /** Numbers the chunks; a decoder hands it on to the picture. */
  #nextTimestamp = 0;
  #decoder: VideoDecoderPort | undefined;
  #codec: VideoCodec | undefined;
  #codecString: string | undefined;
  /** The last frame that the decoder was given. */
  #last: number | undefined;
  #watch: Disposable | undefined;
  #failures = 0;
  #isDisposed = false;

  constructor(options: VideoStreamOptions<Decoded>) {
    this.#options = options;
  }

  /**
   * Decodes a chunk. The picture is the caller's, to be closed soon: decoders have few.
   *
   * @throws {@link MissingBaseError} (as a rejection) when the chunk changes another frame than the last one.
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
      this.#watch ??= this.#look(frame.index);
    });
  }

  /** Closes the decoder. What is under way is rejected. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#close(disposedError());
  }

  #decoderFor(frame: VideoFrameMessage): VideoDecoderPort {
    this.#codec = frame.mimetype === "video/h264" ? "h264" : "vp9";
    const decoder = (this.#decoder ??= this.#open());
    // Only a key chunk can follow a change: a delta's string is that of the chunk before it.
    if (frame.chunk === "key" && this.#codecString !== frame.codec) {
      // No description: H.264 comes with start codes (Annex B) and its parameter sets in each key chunk.
      decoder.configure({ codec: frame.codec, optimizeForLatency: true });
      this.#codecString = frame.codec;
    }
    return decoder;
  }

  #open(): VideoDecoderPort {
    // A decoder that was closed may still have had something to say.
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
    // Pictures come in order: those that were passed over will never come.
    for (const [passed, { index, reject }] of this.#pending) {
      if (passed >= timestamp) break;
      this.#pending.delete(passed);
      reject(new Error(`Cannot decode chunk ${index}: the decoder gave no picture for it`));
    }
    this.#pending.delete(timestamp);
    this.#failures = 0;
    this.#watch?.dispose();
    const [next] = this.#pending.values();
    this.#watch = next && this.#look(next.index);
    due.resolve(picture);
  }

  /** Looks twice, a second apart, whether the picture that is due has come. */
  #look(index: number): Disposable {
    const { timers } = this.#options;
    return timers.after(LOOK_INTERVAL_MS, () => {
      this.#watch = timers.after(LOOK_INTERVAL_MS, () => {
        const seconds = (2 * LOOK_INTERVAL_MS) / 1000;
        this.#fail(new Error(`Cannot decode chunk ${index}: no picture came for ${seconds} s`));
      });
    });
  }

  #fail(error: unknown): void {
    const codec = this.#codec;
    // A browser may take the decoder away from a page that has not used it for long: no failure.
    const hasFailed = this.#pending.size > 0;
    this.#close(error);
    if (!hasFailed || codec === undefined) return;
    this.#failures += 1;
    if (this.#failures === MAX_FAILURES) this.#options.onGiveUp(codec);
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
