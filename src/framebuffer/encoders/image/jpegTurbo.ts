import { createRequire } from "node:module";
import { asBuffer } from "../../node/asBuffer";
import type { RawFrame } from "../../source/frame";
import type { EncodeOptions } from "../encoder";
import type { EncodeImage } from "./imageCodec";

/** The part of @julusian/jpeg-turbo used here. Declared here because it isn't always installed. */
export interface JpegTurboModule {
  readonly FORMAT_GRAY: number;
  readonly FORMAT_RGB: number;
  readonly FORMAT_RGBX: number;
  readonly SAMP_GRAY: number;
  readonly SAMP_420: number;
  readonly SAMP_444: number;
  bufferSize(options: { width: number; height: number; subsampling: number }): number;
  /** Compresses on one of libuv's threads, without copying its input. */
  compress(
    raw: Buffer,
    preallocatedOut: Buffer,
    options: {
      width: number;
      height: number;
      format: number;
      subsampling: number;
      quality: number;
    },
  ): Promise<Buffer>;
}

/**
 * Output buffers kept for the next files: as many as are in use at once with two frames in flight.
 */
const MAX_FREE_OUTPUTS = 2;

/** Files in a row for which less than half of a buffer is needed before it is freed. */
const MAX_SMALL_FILES = 240;

/**
 * JPEG by libjpeg-turbo, the fastest encoder: baseline, both chroma samplings, gray stays gray,
 * alpha is dropped.
 *
 * It runs on libuv's threads and must be loaded by the main thread: a worker that is terminated
 * while it compresses crashes the whole process.
 *
 * @param modulePath - absolute path of the main file of @julusian/jpeg-turbo
 */
export function openJpegTurbo(modulePath: string): EncodeImage {
  const turbo = createRequire(modulePath)(modulePath) as JpegTurboModule;
  // The library requires a buffer for the largest possible file, twice the pixels, but fills little
  // of it.
  const outputs = new OutputBuffers();
  return async (frame, options) => {
    const { width, height } = frame;
    const layout = layoutOf(turbo, frame, options);
    const most = turbo.bufferSize({ width, height, subsampling: layout.subsampling });
    const output = outputs.take(most);
    const pixels = asBuffer(frame.data);
    const { quality } = options;
    const file = await turbo.compress(pixels, output, { width, height, quality, ...layout });
    const copy = new Uint8Array(file);
    outputs.giveBack(output);
    return copy;
  };
}

/** Buffers for files. Patches and atlases of many sizes take turns with whole pictures. */
class OutputBuffers {
  #free: Buffer[] = [];
  #smallFiles = 0;

  /** A buffer of at least so many bytes. */
  take(byteLength: number): Buffer {
    const isSmall = this.#free.every(({ length }) => length > 2 * byteLength);
    this.#smallFiles = isSmall ? this.#smallFiles + 1 : 0;
    if (this.#smallFiles > MAX_SMALL_FILES) this.#free = [];
    const at = this.#free.findIndex(({ length }) => length >= byteLength);
    const [found] = at < 0 ? [] : this.#free.splice(at, 1);
    return found ?? Buffer.allocUnsafeSlow(byteLength);
  }

  /** The larger ones are kept. */
  giveBack(buffer: Buffer): void {
    this.#free.push(buffer);
    this.#free.sort((one, other) => other.length - one.length);
    this.#free.length = Math.min(this.#free.length, MAX_FREE_OUTPUTS);
  }
}

function layoutOf(
  turbo: JpegTurboModule,
  { channels }: RawFrame,
  { chroma }: EncodeOptions,
): { format: number; subsampling: number } {
  if (channels === 1) return { format: turbo.FORMAT_GRAY, subsampling: turbo.SAMP_GRAY };
  return {
    format: channels === 3 ? turbo.FORMAT_RGB : turbo.FORMAT_RGBX,
    subsampling: chroma === "4:2:0" ? turbo.SAMP_420 : turbo.SAMP_444,
  };
}
