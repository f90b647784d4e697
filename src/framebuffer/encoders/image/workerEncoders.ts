/** Node's image encoders, shared by the sessions of this process. */
import type { RawFrame } from "../../source/frame";
import type { FrameEncoder } from "../encoder";
import { MissingEncoderError, type EncoderChoice, type ImageEncoders } from "../imageEncoders";
import { mimetypeOf, type ImageFormat } from "../imageFormat";
import { probeNative, type ProbeResult } from "../probe/nativeProbe";
import type { ImageCodec, NativeFormat, NativeLibrary } from "./imageCodec";
import { ImageWorkerPool } from "./imageWorkerPool";
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
 * Encoders that don't block the calling thread: they run on worker threads or on a library's own.
 */
export class WorkerEncoders implements ImageEncoders {
  readonly #workers: ImageWorkerPool;
  readonly #probe: Probe;
  readonly #encoders = new Map<string, Promise<FrameEncoder>>();
  #isDisposed = false;

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
    // Ask again after a failure, and when "auto" found jpeg-js only: a better library may be
    // installed.
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
    this.#isDisposed = true;
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
    // jpeg-turbo has its own threads.
    const here = codec.library === "jpeg-turbo" ? openCodec(codec) : undefined;
    return {
      name,
      mimetype,
      lossless: codec.lossless,
      encode: async (frame, { quality, chroma }) => {
        if (this.#isDisposed) throw new Error("Cannot encode: the encoders were disposed of");
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

/** This process's encoders. They end when every caller has disposed of them. */
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
