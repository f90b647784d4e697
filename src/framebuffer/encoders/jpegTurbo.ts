import { createRequire } from "node:module";
import type { RawFrame } from "../frame";
import type { EncodeOptions } from "./encoder";
import type { EncodeImage } from "./imageFormat";

/** As much of @julusian/jpeg-turbo as is used. Declared here, since it is not installed everywhere. */
export interface JpegTurboModule {
  readonly FORMAT_GRAY: number;
  readonly FORMAT_RGB: number;
  readonly FORMAT_RGBX: number;
  readonly SAMP_GRAY: number;
  readonly SAMP_420: number;
  readonly SAMP_444: number;
  bufferSize(options: { width: number; height: number; subsampling: number }): number;
  compressSync(
    raw: Buffer,
    preallocatedOut: Buffer,
    options: {
      width: number;
      height: number;
      format: number;
      subsampling: number;
      quality: number;
    },
  ): Buffer;
}

/**
 * JPEG by libjpeg-turbo, the fastest here: baseline, both chroma samplings, gray stays gray, alpha is dropped.
 *
 * @param modulePath - absolute path of the main file of @julusian/jpeg-turbo
 */
export function openJpegTurbo(modulePath: string): EncodeImage {
  const turbo = createRequire(modulePath)(modulePath) as JpegTurboModule;
  // The library wants room for the largest possible file, twice the pixels, of which it needs a small part.
  let room = Buffer.alloc(0);
  return (frame, options) => {
    const { width, height } = frame;
    const layout = layoutOf(turbo, frame, options);
    const most = turbo.bufferSize({ width, height, subsampling: layout.subsampling });
    if (room.length < most) room = Buffer.allocUnsafeSlow(most);
    const pixels = Buffer.from(frame.data.buffer, frame.data.byteOffset, frame.data.byteLength);
    const { quality } = options;
    const file = turbo.compressSync(pixels, room, { width, height, quality, ...layout });
    return new Uint8Array(file);
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
