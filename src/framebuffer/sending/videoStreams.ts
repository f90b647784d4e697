import { errorMessage, PlainError } from "../../protocol/errors";
import type { VideoCodec } from "../../protocol/messages";
import type { Disposable } from "../../protocol/transport";
import type {
  ChunkOptions,
  CreateVideoEncoder,
  EncodedChunk,
  VideoDevice,
  VideoEncoder,
} from "../encoders/videoEncoder";
import { secondsToEncode, TimeLimitError, withTimeLimit } from "../encoders/timeLimit";
import type { Clock } from "../runtime";
import { checkAttached, type RawFrame } from "../source/frame";

/** Chunks in a row that may fail. After that the encoder would only fail at every frame. */
const MAX_FAILED_CHUNKS = 3;

/** Seconds that making an encoder may take. Frames go as images meanwhile. */
const LOADING_SECONDS = 30;

/** What a {@link VideoStreams} needs. */
export interface VideoStreamsOptions {
  readonly create: CreateVideoEncoder;
  readonly clock: Pick<Clock, "delay">;
  /** A codec cannot be encoded here. Called once for each codec and device. */
  onMissing(error: unknown): void;
  /** An encoder hangs or keeps failing, and is given up. Called once for each codec and device. */
  onFailed(error: unknown): void;
}

interface Stream {
  readonly codec: VideoCodec;
  readonly device: VideoDevice;
  /** Undefined while it is being made. */
  encoder: VideoEncoder | undefined;
  /** Chunks that are being encoded. */
  pending: number;
  /** Chunks in a row that failed. */
  failures: number;
  isClosed: boolean;
}

/** A session's video encoder: at most one at a time, made when it is first needed. */
export class VideoStreams implements Disposable {
  readonly #options: VideoStreamsOptions;
  readonly #givenUp = new Set<string>();
  #stream: Stream | undefined;
  #isDisposed = false;

  constructor(options: VideoStreamsOptions) {
    this.#options = options;
  }

  /**
   * Makes the encoder, unless it is there or failed before.
   *
   * @returns whether this frame can be encoded now
   */
  ensureReady(codec: VideoCodec, device: VideoDevice, frame: RawFrame): boolean {
    if (this.#isDisposed || this.#givenUp.has(keyOf(codec, device))) return false;
    const stream = this.#stream;
    if (stream?.codec !== codec || stream.device !== device) {
      this.release();
      this.#open(codec, device);
      return false;
    }
    const { encoder } = stream;
    return encoder !== undefined && encoder.tryJoin?.(frame) !== false;
  }

  /**
   * Encodes a frame after those of earlier calls. Requires that {@link ensureReady} returned true.
   */
  encode(
    codec: VideoCodec,
    frame: RawFrame,
    options: ChunkOptions,
  ): Promise<{ chunk: EncodedChunk; name: string }> {
    const stream = this.#stream;
    if (stream?.encoder === undefined || stream.codec !== codec) {
      return Promise.reject(new Error(`Cannot encode ${codec}: no stream is open`));
    }
    return this.#encode(stream, stream.encoder, frame, options);
  }

  /** The view lacks the last chunk: the next one must depend on no other. */
  breakChain(): void {
    this.#stream?.encoder?.breakChain?.();
  }

  /** Disposes of the encoder, if there is one, once its chunks are done. */
  release(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    this.#stream = undefined;
    stream.isClosed = true;
    disposeIfDone(stream);
  }

  /** Releases the encoder, and makes no more. */
  dispose(): void {
    this.#isDisposed = true;
    this.release();
  }

  async #encode(
    stream: Stream,
    encoder: VideoEncoder,
    frame: RawFrame,
    options: ChunkOptions,
  ): Promise<{ chunk: EncodedChunk; name: string }> {
    stream.pending += 1;
    try {
      const encoding = encoder.encode(frame, options);
      const chunk = await withTimeLimit(this.#options.clock, secondsToEncode(frame), encoding);
      stream.failures = 0;
      return { chunk, name: encoder.name };
    } catch (error) {
      // Not the encoder's fault.
      checkAttached(frame);
      this.#failed(stream, encoder, error);
      throw error;
    } finally {
      stream.pending -= 1;
      if (stream.isClosed) disposeIfDone(stream);
    }
  }

  #open(codec: VideoCodec, device: VideoDevice): void {
    const stream: Stream = {
      codec,
      device,
      encoder: undefined,
      pending: 0,
      failures: 0,
      isClosed: false,
    };
    this.#stream = stream;
    const made = this.#options.create(codec, device);
    made.then(
      (encoder) => {
        // It may come after the time limit, too.
        if (stream.isClosed) encoder.dispose();
        else stream.encoder = encoder;
      },
      () => undefined,
    );
    withTimeLimit(this.#options.clock, LOADING_SECONDS, made).catch((error: unknown) => {
      if (stream.isClosed) return;
      const reason =
        error instanceof TimeLimitError
          ? `Cannot encode ${codec} by ${device}: the encoder doesn't load: ${error.message}`
          : errorMessage(error);
      this.#giveUp(stream);
      this.#options.onMissing(
        new PlainError(`${reason}; frames are sent as images`, { cause: error }),
      );
    });
  }

  /** The next chunk is tried, as a keyframe, until too many failed or one hangs. */
  #failed(stream: Stream, { name }: VideoEncoder, cause: unknown): void {
    if (stream.isClosed) return;
    stream.failures += 1;
    const isHung = cause instanceof TimeLimitError;
    if (!isHung && stream.failures < MAX_FAILED_CHUNKS) return;
    const problem = errorMessage(cause);
    const reason = isHung ? problem : `it failed ${MAX_FAILED_CHUNKS} times in a row: ${problem}`;
    this.#giveUp(stream);
    this.#options.onFailed(
      new PlainError(
        `Cannot encode ${stream.codec} with ${name}: ${reason}; frames are sent as images; choose another codec or video device`,
        { cause },
      ),
    );
  }

  #giveUp(stream: Stream): void {
    this.#givenUp.add(keyOf(stream.codec, stream.device));
    if (this.#stream === stream) this.release();
  }
}

function disposeIfDone({ encoder, pending }: Stream): void {
  if (pending === 0) encoder?.dispose();
}

function keyOf(codec: VideoCodec, device: VideoDevice): string {
  return `${codec} ${device}`;
}
