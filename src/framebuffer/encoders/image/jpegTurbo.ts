import { createRequire } from "node:module";
import type { RawFrame } from "../../source/frame";
import type { EncodeOptions } from "../encoder";
import type { EncodeImage } from "../imageFormat";

/** As much of @julusian/jpeg-turbo as is used. Declared here, since it is not installed everywhere. */
export interface JpegTurboModule {
  readonly FORMAT_GRAY: number;
  readonly FORMAT_RGB: number;
  readonly FORMAT_RGBX: number;
  readonly SAMP_GRAY: number;
  readonly SAMP_420: number;
  readonly SAMP_444: number;
  bufferSize(options: { width: number; height: number; subsampling: number }): number;
  /** Compresses on one of libuv's threads. Does not copy its input. */
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

/** Buffers for files that are kept for the next ones: as many as are encoded at once while two frames are in flight. */
const MAX_FREE_ROOMS = 2;

/**
 * JPEG by libjpeg-turbo, the fastest here: baseline, both chroma samplings, gray stays gray, alpha is dropped.
 *
 * It works on libuv's threads and must be loaded by the main thread: in a worker that is ended while it compresses, this library
 * brings the whole process down.
 *
 * @param modulePath - absolute path of the main file of @julusian/jpeg-turbo
 */
export function openJpegTurbo(modulePath: string): EncodeImage {
  const turbo = createRequire(modulePath)(modulePath) as JpegTurboModule;
  // The library wants room for the largest possible file, twice the pixels, of which it needs a small part.
  let rooms: Buffer[] = [];
  return async (frame, options) => {
    const { width, height } = frame;
    const layout = layoutOf(turbo, frame, options);
    const most = turbo.bufferSize({ width, height, subsampling: layout.subsampling });
    rooms = rooms.filter(({ length }) => length === most);
    const room = rooms.pop() ?? Buffer.allocUnsafeSlow(most);
    const pixels = Buffer.from(frame.data.buffer, frame.data.byteOffset, frame.data.byteLength);
    const { quality } = options;
    const file = await turbo.compress(pixels, room, { width, height, quality, ...layout });
    const copy = new Uint8Array(file);
    if (rooms.length < MAX_FREE_ROOMS) rooms.push(room);
    return copy;
  };
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
