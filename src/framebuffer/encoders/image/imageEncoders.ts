/** All that encodes images here, shared by the sessions of this process. */
import type { Disposable } from "../../../protocol/transport";
import type { RawFrame } from "../../source/frame";
import type { FrameEncoder } from "../encoder";
import {
  mimetypeOf,
  type ImageCodec,
  type ImageFormat,
  type NativeFormat,
  type NativeLibrary,
} from "../imageFormat";
import { ImageWorkerPool } from "./imageWorkerPool";
import { openCodec } from "./openCodec";
import { probeNative, type ProbeResult } from "../probe/nativeProbe";

/** Which library encodes JPEG. */
export const ENCODER_CHOICES = ["auto", "jpeg-turbo", "sharp", "jpeg-js"] as const;

/** One of {@link ENCODER_CHOICES}. */
export type EncoderChoice = (typeof ENCODER_CHOICES)[number];

/** What "auto" tries, in this order; jpeg-js works everywhere. */
const NATIVE_ORDER: readonly NativeLibrary[] = ["jpeg-turbo", "sharp"];

/** A library that was asked for, or that a format needs, does not work here. The message says what to do about it. */
export class MissingEncoderError extends Error {
  override readonly name = "MissingEncoderError";
}

const JPEG_JS = "jpeg-js";

/** The image encoders. Whoever acquired them disposes of them. */
export interface ImageEncoders extends Disposable {
  /**
   * The encoder for a format. Libraries are tried when they are first needed. To be asked for each frame: one that is installed
   * later is found.
   *
   * @param choice - for lossy JPEG only
   * @throws MissingEncoderError (as a rejection) where the named library does not work, or where WebP is wanted without sharp
   */
  get(format: ImageFormat, lossless: boolean, choice: EncoderChoice): Promise<FrameEncoder>;
  /**
   * Shrinks a frame, each pixel the mean of several, on another thread. Alpha may be missing in the result.
   *
   * @param width - in pixels, 1..the frame's
   * @param height - likewise
   */
  scale(frame: RawFrame, width: number, height: number): Promise<RawFrame>;
}

/** Tries a library, once for each. */
export type Probe = (library: NativeLibrary) => Promise<ProbeResult>;

/** Time in which a library that was missing is not looked for again, in milliseconds: the user may install it meanwhile. */
const LOOK_AGAIN_MS = 5000;

interface KnownProbe {
  readonly result: Promise<ProbeResult>;
  /** When it is to be tried again, by performance.now(). */
  until: number;
}

const probes = new Map<NativeLibrary, KnownProbe>();

/** What works of the native libraries; tried once in a process, or again some seconds later where it was not installed. */
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

/** Encoders that do not block the calling thread: on worker threads, or on those of a library. */
export class WorkerEncoders implements ImageEncoders {
  readonly #workers: ImageWorkerPool;
  readonly #probe: Probe;
  readonly #encoders = new Map<string, Promise<FrameEncoder>>();
  #disposed = false;

  constructor(probe: Probe = probeOnce, workers: ImageWorkerPool = new ImageWorkerPool()) {
    this.#probe = probe;
    this.#workers = workers;
  }

  get(format: ImageFormat, lossless: boolean, choice: EncoderChoice): Promise<FrameEncoder> {
    const key = `${format} ${String(lossless)} ${format === "jpeg" ? choice : ""}`;
    const known = this.#encoders.get(key);
    if (known !== undefined) return known;
    const encoder = this.#find(format, lossless, choice);
    this.#encoders.set(key, encoder);
    // What "auto" took for want of a better one is looked for again, like what was missing.
    const forget = (): boolean => this.#encoders.delete(key);
    encoder.then(({ name }) => choice === "auto" && name === JPEG_JS && forget(), forget);
    return encoder;
  }

  async scale(frame: RawFrame, width: number, height: number): Promise<RawFrame> {
    const sharp = await this.#probe("sharp");
    const sharpPath = sharp.works ? sharp.modulePath : undefined;
    const result = await this.#workers.run({ kind: "scale", frame, width, height, sharpPath });
    if (result.kind !== "scale") throw new Error("Cannot scale: the thread answered another job");
    return result.frame;
  }

  dispose(): void {
    this.#disposed = true;
    this.#workers.dispose();
  }

  async #find(
    format: ImageFormat,
    lossless: boolean,
    choice: EncoderChoice,
  ): Promise<FrameEncoder> {
    if (format === "png") return this.#encoder({ library: "zlib", format, lossless: true }, "zlib");
    if (format === "webp") return this.#native("sharp", format, lossless);
    if (choice === "auto") {
      for (const library of NATIVE_ORDER) {
        const found = await this.#probe(library);
        if (found.works) return this.#native(library, format, lossless);
      }
    } else if (choice !== "jpeg-js") {
      return this.#native(choice, format, lossless);
    }
    return this.#encoder({ library: "jpeg-js", format, lossless: false }, JPEG_JS);
  }

  async #native(
    library: NativeLibrary,
    format: NativeFormat,
    lossless: boolean,
  ): Promise<FrameEncoder> {
    const found = await this.#probe(library);
    if (!found.works) {
      throw new MissingEncoderError(`Cannot encode ${format} with ${library}: ${found.problem}`);
    }
    const { modulePath, version } = found;
    return this.#encoder({ library, modulePath, format, lossless }, `${library} ${version}`);
  }

  #encoder(codec: ImageCodec, name: string): FrameEncoder {
    const mimetype = mimetypeOf(codec.format);
    // It has threads of its own.
    const here = codec.library === "jpeg-turbo" ? openCodec(codec) : undefined;
    return {
      name,
      mimetype,
      lossless: codec.lossless,
      encode: async (frame, { quality, chroma }) => {
        if (this.#disposed) throw new Error("Cannot encode: the encoders were disposed of");
        if (here !== undefined) {
          const began = performance.now();
          const data = await here(frame, { quality, chroma });
          return { mimetype, data, encodingSeconds: (performance.now() - began) / 1000 };
        }
        const result = await this.#workers.run({
          kind: "encode",
          codec,
          frame,
          options: { quality, chroma },
        });
        if (result.kind !== "encode") {
          throw new Error("Cannot encode: the thread answered another job");
        }
        return { mimetype, data: result.data, encodingSeconds: result.seconds };
      },
    };
  }
}

let shared: { readonly encoders: ImageEncoders; holders: number } | undefined;

/** The process's encoders. They end when all who acquired them have disposed of them. */
export function acquireImageEncoders(): ImageEncoders {
  const own = (shared ??= { encoders: new WorkerEncoders(), holders: 0 });
  own.holders += 1;
  let isHeld = true;
  return {
    get: (format, lossless, choice) => own.encoders.get(format, lossless, choice),
    scale: (frame, width, height) => own.encoders.scale(frame, width, height),
    dispose: () => {
      if (!isHeld) return;
      isHeld = false;
      own.holders -= 1;
      if (own.holders > 0) return;
      own.encoders.dispose();
      if (shared === own) shared = undefined;
    },
  };
}
