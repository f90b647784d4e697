import { errorMessage } from "../../protocol/errors";
import type { VideoCodec } from "../../protocol/messages";
import type { Disposable } from "../../protocol/transport";
import type {
  ChunkOptions,
  CreateVideoEncoder,
  EncodedChunk,
  VideoDevice,
  VideoEncoder,
} from "../encoders/videoEncoder";
import type { RawFrame } from "../source/frame";

/** After so many chunks in a row that failed a codec is given up: its encoder would only fail again, at every frame. */
const MAX_FAILURES = 3;

/** What a {@link VideoStreams} is made of. */
export interface VideoStreamsOptions {
  readonly create: CreateVideoEncoder;
  /** An encoder could not be made. Called once for each codec and device. */
  onMissing(error: unknown): void;
}

interface Stream {
  readonly codec: VideoCodec;
  readonly device: VideoDevice;
  /** Undefined while it is being made. */
  encoder: VideoEncoder | undefined;
  failures: number;
  closed: boolean;
}

/** A session's video encoder: at most one stream at a time, made when it is first asked for. */
export class VideoStreams implements Disposable {
  readonly #options: VideoStreamsOptions;
  readonly #givenUp = new Set<string>();
  #stream: Stream | undefined;
  /** Settles when every chunk so far was encoded. */
  #previous: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(options: VideoStreamsOptions) {
    this.#options = options;
  }

  /** Whether this frame can be encoded now. Begins to make the encoder if not; a codec that cannot be had stays false. */
  isReady(codec: VideoCodec, device: VideoDevice, frame: RawFrame): boolean {
    if (this.#disposed || this.#givenUp.has(keyOf(codec, device))) return false;
    const stream = this.#stream;
    if (stream?.codec !== codec || stream.device !== device) {
      this.release();
      this.#open(codec, device);
      return false;
    }
    const { encoder } = stream;
    return encoder !== undefined && encoder.accepts?.(frame) !== false;
  }

  /** Encodes a frame after those that were given before. To be called only when {@link isReady} said so. */
  encode(
    codec: VideoCodec,
    frame: RawFrame,
    options: ChunkOptions,
  ): Promise<{ chunk: EncodedChunk; name: string }> {
    const stream = this.#stream;
    if (stream?.encoder === undefined || stream.codec !== codec) {
      return Promise.reject(new Error(`Cannot encode ${codec}: no stream is open`));
    }
    const { encoder } = stream;
    const encoded = encoder.encode(frame, options).then((chunk) => {
      stream.failures = 0;
      return { chunk, name: encoder.name };
    });
    const settled = encoded.catch(() => this.#failed(stream));
    this.#previous = Promise.all([this.#previous, settled]);
    return encoded;
  }

  /** The view has not got the last chunk: the next one must need no other. */
  breakChain(): void {
    this.#stream?.encoder?.breakChain?.();
  }

  /** Lets the encoder go, if there is one: nothing moves, or pictures travel in another form. */
  release(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    this.#stream = undefined;
    stream.closed = true;
    void this.#previous.then(() => stream.encoder?.dispose());
  }

  /** Makes no stream any more. */
  dispose(): void {
    this.#disposed = true;
    this.release();
  }

  #open(codec: VideoCodec, device: VideoDevice): void {
    const stream: Stream = { codec, device, encoder: undefined, failures: 0, closed: false };
    this.#stream = stream;
    this.#options.create(codec, device).then(
      (encoder) => {
        if (stream.closed) encoder.dispose();
        else stream.encoder = encoder;
      },
      (error: unknown) => {
        if (stream.closed) return;
        const reason = errorMessage(error);
        this.#giveUp(stream, new Error(`${reason}; frames go as images`, { cause: error }));
      },
    );
  }

  /** The next chunk is tried all the same, as a keyframe, until it seems hopeless. */
  #failed(stream: Stream): void {
    if (stream.closed) return;
    stream.failures += 1;
    if (stream.failures < MAX_FAILURES) return;
    const { codec, device } = stream;
    this.#giveUp(
      stream,
      new Error(
        `Cannot encode ${codec} by ${device}: it failed ${MAX_FAILURES} times in a row; frames go as images`,
      ),
    );
  }

  #giveUp(stream: Stream, error: unknown): void {
    this.#givenUp.add(keyOf(stream.codec, stream.device));
    if (this.#stream === stream) this.release();
    if (!this.#disposed) this.#options.onMissing(error);
  }
}

function keyOf(codec: VideoCodec, device: VideoDevice): string {
  return `${codec} ${device}`;
}
