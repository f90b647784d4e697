/** All that encodes images here, shared by the sessions of this process. */
import type { Disposable } from "../../protocol/transport";
import type { RawFrame } from "../frame";
import type { FrameEncoder } from "./encoder";
import { mimetypeOf, type ImageCodec, type ImageFormat, type NativeLibrary } from "./imageFormat";
import { ImageWorkers } from "./imageWorkers";
import { openCodec } from "./openCodec";
import { NATIVE_PACKAGES, probeNative, type ProbeResult } from "./nativeProbe";

/** Which library encodes JPEG. */
export const ENCODER_CHOICES = ["auto", "jpeg-turbo", "sharp", "jpeg-js"] as const;

/** One of {@link ENCODER_CHOICES}. */
export type EncoderChoice = (typeof ENCODER_CHOICES)[number];

/** What "auto" tries, in this order; jpeg-js works everywhere. */
const NATIVE_ORDER: readonly NativeLibrary[] = ["jpeg-turbo", "sharp"];

/** A library that was asked for, or that a format needs, does not work here. The message says how to install it. */
export class MissingEncoderError extends Error {
  override readonly name = "MissingEncoderError";
}

/** The image encoders. Whoever acquired them disposes of them. */
export interface ImageEncoders extends Disposable {
  /**
   * The encoder for a format. Libraries are tried when they are first needed, once in a process.
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

const probes = new Map<NativeLibrary, Promise<ProbeResult>>();

/** What works of the native libraries; tried once in a process, or again where it was not installed: it may be by now. */
export function probeOnce(library: NativeLibrary): Promise<ProbeResult> {
  const known = probes.get(library);
  if (known !== undefined) return known;
  const probe = probeNative(library, "jpeg").then((result) => {
    if (!result.works && !result.isInstalled) probes.delete(library);
    return result;
  });
  probes.set(library, probe);
  return probe;
}

/** Encoders that do not block the calling thread: on worker threads, or on those of a library. */
export class WorkerEncoders implements ImageEncoders {
  readonly #workers: ImageWorkers;
  readonly #probe: Probe;
  readonly #encoders = new Map<string, Promise<FrameEncoder>>();
  #disposed = false;

  constructor(probe: Probe = probeOnce, workers: ImageWorkers = new ImageWorkers()) {
    this.#probe = probe;
    this.#workers = workers;
  }

  get(format: ImageFormat, lossless: boolean, choice: EncoderChoice): Promise<FrameEncoder> {
    const key = `${format} ${String(lossless)} ${format === "jpeg" ? choice : ""}`;
    const known = this.#encoders.get(key);
    if (known !== undefined) return known;
    const encoder = this.#find(format, lossless, choice);
    this.#encoders.set(key, encoder);
    encoder.catch(() => this.#encoders.delete(key));
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
    return this.#encoder({ library: "jpeg-js", format, lossless: false }, "jpeg-js");
  }

  async #native(
    library: NativeLibrary,
    format: ImageFormat,
    lossless: boolean,
  ): Promise<FrameEncoder> {
    const found = await this.#probe(library);
    if (!found.works) {
      const remedy = found.isInstalled ? "" : `; npm install ${NATIVE_PACKAGES[library]}`;
      throw new MissingEncoderError(
        `Cannot encode ${format} with ${library}: ${found.problem}${remedy}`,
      );
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
