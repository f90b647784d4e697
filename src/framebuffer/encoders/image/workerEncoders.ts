/** Node's image encoders, shared by the sessions of this process. */
import type { Disposable } from "../../../protocol/transport";
import { nodeClock } from "../../node/clock";
import { isDeno } from "../../node/deno";
import { FileGarbage } from "../../node/fileGarbage";
import type { Clock } from "../../runtime";
import type { RawFrame } from "../../source/frame";
import type { EncodedImage, EncodeOptions, FrameEncoder } from "../encoder";
import { GuardedEncoder } from "../guardedEncoder";
import { MissingEncoderError, type EncoderChoice, type ImageEncoders } from "../imageEncoders";
import { mimetypeOf, type ImageFormat } from "../imageFormat";
import { NATIVE_PACKAGES, probeNative, type ProbeResult } from "../probe/nativeProbe";
import { secondsToEncode, TimeLimitError, withTimeLimit } from "../timeLimit";
import { CallerThread } from "./callerThread";
import type { EncodeImage, ImageCodec, NativeFormat, NativeLibrary } from "./imageCodec";
import { ImageWorkerPool, type ImageWorkers } from "./imageWorkerPool";
import { openCodec } from "./openCodec";

/** The order in which "auto" tries native libraries. jpeg-js, which always works, is last. */
const NATIVE_ORDER: readonly NativeLibrary[] = ["jpeg-turbo", "sharp"];

const JPEG_JS = "jpeg-js";

/** Tries a library. Called for each use, so it remembers its results. */
export type Probe = (library: NativeLibrary) => Promise<ProbeResult>;

/**
 * Milliseconds until a library that was missing is looked for again: the user may have installed
 * it.
 */
const LOOK_AGAIN_MS = 5000;

interface KnownProbe {
  readonly result: Promise<ProbeResult>;
  /** When to try again, by performance.now(). */
  until: number;
}

const probes = new Map<NativeLibrary, KnownProbe>();

/** Tries a native library once in this process; again after some seconds if it wasn't installed. */
export function probeOnce(library: NativeLibrary): Promise<ProbeResult> {
  const known = probes.get(library);
  if (known !== undefined && performance.now() < known.until) return known.result;
  const probe: KnownProbe = { result: probeNative(library), until: Infinity };
  probes.set(library, probe);
  void probe.result.then((result) => {
    if (!result.works && !result.isInstalled) probe.until = performance.now() + LOOK_AGAIN_MS;
  });
  return probe.result;
}

/**
 * Seconds that frames wait for the trial of a library. Until that ends, "auto" uses the next one.
 */
const LOADING_SECONDS = 5;

/** What {@link WorkerEncoders} know of a library whose trial takes long. */
const LOADING: ProbeResult = {
  works: false,
  isInstalled: true,
  problem: `it didn't load within ${LOADING_SECONDS} s`,
};

/** Parts of {@link WorkerEncoders} that a test can replace. */
export interface WorkerEncodersParts {
  readonly workers?: ImageWorkers;
  readonly clock?: Pick<Clock, "delay">;
  /** Loads a library into the calling thread. */
  readonly open?: (codec: ImageCodec) => EncodeImage;
  readonly garbage?: FileGarbage;
}

/**
 * Encoders that don't block the calling thread: they run on worker threads or on a library's own. A
 * native library that hangs or keeps failing isn't used any more.
 */
export class WorkerEncoders implements ImageEncoders {
  readonly #workers: ImageWorkers;
  readonly #clock: Pick<Clock, "delay">;
  readonly #open: (codec: ImageCodec) => EncodeImage;
  readonly #garbage: FileGarbage;
  readonly #probe: Probe;
  readonly #encoders = new Map<string, Promise<FrameEncoder>>();
  /** Each trial, and what settles when frames wait for it no longer. */
  readonly #patience = new WeakMap<Promise<ProbeResult>, Promise<void>>();
  /** Libraries that failed at frames, and what to say of them. */
  readonly #givenUp = new Map<NativeLibrary, string>();
  #isDisposed = false;

  constructor(probe: Probe = probeOnce, parts: WorkerEncodersParts = {}) {
    this.#probe = probe;
    this.#clock = parts.clock ?? nodeClock;
    this.#workers = parts.workers ?? (isDeno() ? new CallerThread() : new ImageWorkerPool());
    this.#open = parts.open ?? openCodec;
    this.#garbage = parts.garbage ?? new FileGarbage();
  }

  get(format: ImageFormat, lossless: boolean, choice: EncoderChoice): Promise<FrameEncoder> {
    const key = `${format} ${String(lossless)} ${format === "jpeg" ? choice : ""}`;
    const known = this.#encoders.get(key);
    if (known !== undefined) return known;
    const found = this.#find(format, lossless, choice);
    const encoder = found.then((result) => result.encoder);
    this.#encoders.set(key, encoder);
    // Ask again after a failure, and when a better library may work later.
    const forget = (): void => {
      if (this.#encoders.get(key) === encoder) this.#encoders.delete(key);
    };
    found.then(({ isFinal }) => {
      if (!isFinal) forget();
    }, forget);
    return encoder;
  }

  async scale(frame: RawFrame, width: number, height: number): Promise<RawFrame> {
    const sharp = await this.#found("sharp");
    if (sharp.works) {
      try {
        return await this.#scaleBy(sharp.modulePath, frame, width, height);
      } catch (error) {
        if (this.#isDisposed) throw error;
        if (error instanceof TimeLimitError) this.#giveUpLibrary("sharp", error.message);
      }
    }
    return this.#scaleBy(undefined, frame, width, height);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#workers.dispose();
    this.#garbage.dispose();
  }

  async #scaleBy(
    sharpPath: string | undefined,
    frame: RawFrame,
    width: number,
    height: number,
  ): Promise<RawFrame> {
    const result = await this.#workers.run({ kind: "scale", frame, width, height, sharpPath });
    if (result.kind !== "scale") throw new Error("Cannot scale: the thread answered another job");
    return result.frame;
  }

  /** @returns isFinal - whether no better library can be found later */
  async #find(
    format: ImageFormat,
    lossless: boolean,
    choice: EncoderChoice,
  ): Promise<{ readonly encoder: FrameEncoder; readonly isFinal: boolean }> {
    if (format === "png") {
      const encoder = this.#encoder({ library: "zlib", format, lossless: true }, "zlib");
      return { encoder, isFinal: true };
    }
    if (format === "webp") return this.#native("sharp", format, lossless);
    let isFinal = true;
    if (choice === "auto") {
      for (const library of NATIVE_ORDER) {
        const found = await this.#found(library);
        if (found.works) {
          return { encoder: this.#nativeEncoder(library, found, format, lossless), isFinal };
        }
        if (found === LOADING) isFinal = false;
      }
      // The user may install a native library.
      isFinal = false;
    } else if (choice !== JPEG_JS) {
      return this.#native(choice, format, lossless);
    }
    return {
      encoder: this.#encoder({ library: JPEG_JS, format, lossless: false }, JPEG_JS),
      isFinal,
    };
  }

  async #native(
    library: NativeLibrary,
    format: NativeFormat,
    lossless: boolean,
  ): Promise<{ readonly encoder: FrameEncoder; readonly isFinal: boolean }> {
    const found = await this.#found(library);
    if (!found.works) throw missingEncoder(format, library, found.problem);
    return { encoder: this.#nativeEncoder(library, found, format, lossless), isFinal: true };
  }

  #nativeEncoder(
    library: NativeLibrary,
    { modulePath, version }: Extract<ProbeResult, { works: true }>,
    format: NativeFormat,
    lossless: boolean,
  ): FrameEncoder {
    return this.#encoder({ library, modulePath, format, lossless }, `${library} ${version}`);
  }

  /** What is known of a library by now. */
  async #found(library: NativeLibrary): Promise<ProbeResult> {
    const problem = this.#givenUp.get(library);
    if (problem !== undefined) return { works: false, isInstalled: true, problem };
    const trial = this.#probe(library);
    let patience = this.#patience.get(trial);
    if (patience === undefined) {
      const ignore = (): undefined => undefined;
      patience = withTimeLimit(this.#clock, LOADING_SECONDS, trial).then(ignore, ignore);
      this.#patience.set(trial, patience);
    }
    await patience;
    // The first that has settled wins.
    return Promise.race([trial, Promise.resolve(LOADING)]);
  }

  #encoder(codec: ImageCodec, name: string): FrameEncoder {
    let opened: EncodeImage | undefined;
    const open = (): EncodeImage => (opened ??= this.#open(codec));
    const encoder: FrameEncoder = {
      name,
      mimetype: mimetypeOf(codec.format),
      lossless: codec.lossless,
      encode: async (frame, options) => {
        if (this.#isDisposed) throw new Error("Cannot encode: the encoders were disposed of");
        // jpeg-turbo has its own threads.
        const encoding =
          codec.library === "jpeg-turbo"
            ? this.#encodeHere(open(), codec, frame, options)
            : this.#encodeInThread(codec, frame, options);
        const image = await encoding;
        this.#garbage.made(image.data.byteLength);
        return image;
      },
    };
    return new GuardedEncoder(encoder, (reason, cause) => this.#giveUp(codec, reason, cause));
  }

  async #encodeHere(
    encode: EncodeImage,
    codec: ImageCodec,
    frame: RawFrame,
    options: EncodeOptions,
  ): Promise<EncodedImage> {
    const began = performance.now();
    const encoding = Promise.resolve(encode(frame, options));
    const data = await withTimeLimit(this.#clock, secondsToEncode(frame), encoding);
    const encodingSeconds = (performance.now() - began) / 1000;
    return { mimetype: mimetypeOf(codec.format), data, encodingSeconds };
  }

  async #encodeInThread(
    codec: ImageCodec,
    frame: RawFrame,
    { quality, chroma }: EncodeOptions,
  ): Promise<EncodedImage> {
    // The options may be a plan, with more than the thread needs.
    const options = { quality, chroma };
    const result = await this.#workers.run({ kind: "encode", codec, frame, options });
    if (result.kind !== "encode") throw new Error("Cannot encode: the thread answered another job");
    const { data, seconds } = result;
    return { mimetype: mimetypeOf(codec.format), data, encodingSeconds: seconds };
  }

  /** A library keeps failing. @returns the error to throw */
  #giveUp({ library, format }: ImageCodec, reason: string, cause: unknown): unknown {
    if (this.#isDisposed) return cause;
    if (library === "zlib" || library === JPEG_JS) {
      // Nothing can replace these: they are tried again at the next frame.
      const text = `Cannot encode ${format} with ${library}: ${reason}; choose another codec`;
      return new Error(text, { cause });
    }
    return missingEncoder(format, library, this.#giveUpLibrary(library, reason), cause);
  }

  /** @returns why, with what to do */
  #giveUpLibrary(library: NativeLibrary, reason: string): string {
    const problem =
      this.#givenUp.get(library) ??
      `${reason}; npm install ${NATIVE_PACKAGES[library]} again and restart, or choose another encoder`;
    this.#givenUp.set(library, problem);
    this.#encoders.clear();
    return problem;
  }
}

function missingEncoder(
  format: ImageFormat,
  library: NativeLibrary,
  problem: string,
  cause?: unknown,
): MissingEncoderError {
  const text = `Cannot encode ${format} with ${library}: ${problem}`;
  return new MissingEncoderError(text, { cause });
}

let shared: { readonly encoders: ImageEncoders; holders: number } | undefined;

/** Releases the encoders of a session that was left to the garbage collector. */
const abandoned = new FinalizationRegistry<Disposable>((hold) => hold.dispose());

/** This process's encoders. They end when every caller has disposed of them, or is gone. */
export function acquireImageEncoders(): ImageEncoders {
  const own = (shared ??= { encoders: new WorkerEncoders(), holders: 0 });
  own.holders += 1;
  let isHeld = true;
  const dispose = (): void => {
    if (!isHeld) return;
    isHeld = false;
    own.holders -= 1;
    if (own.holders > 0) return;
    own.encoders.dispose();
    if (shared === own) shared = undefined;
  };
  const acquired: ImageEncoders = {
    get: (format, lossless, choice) => own.encoders.get(format, lossless, choice),
    scale: (frame, width, height) => own.encoders.scale(frame, width, height),
    dispose,
  };
  abandoned.register(acquired, { dispose });
  return acquired;
}
