import { createRequire } from "node:module";
import type { RawFrame } from "../../source/frame";
import type { EncodeImage, NativeFormat } from "../imageFormat";

/** As much of a sharp pipeline as is used. Declared here, since sharp is not installed everywhere. */
export interface SharpPipeline {
  removeAlpha(): SharpPipeline;
  toColourspace(colourspace: "b-w"): SharpPipeline;
  resize(width: number, height: number, options: { kernel: "linear"; fit: "fill" }): SharpPipeline;
  raw(): SharpPipeline;
  jpeg(options: {
    quality: number;
    chromaSubsampling: string;
    optimiseCoding: boolean;
  }): SharpPipeline;
  webp(options: { quality?: number; lossless?: boolean; effort: number }): SharpPipeline;
  toBuffer(): Promise<Uint8Array>;
}

/** What the module sharp is. */
export type SharpModule = (
  input: Buffer,
  options: {
    raw: { width: number; height: number; channels: 1 | 3 | 4 };
    limitInputPixels: false;
  },
) => SharpPipeline;

/** libwebp's longest side, in pixels. @see https://developers.google.com/speed/webp/faq#what_is_the_maximum_size_a_webp_image_can_be */
const MAX_WEBP_SIDE = 16383;

/** libwebp's fastest method. The next one takes half as long again for a few per cent of the bytes. */
const WEBP_EFFORT = 0;

/** What libwebp takes as effort where it is lossless: with sharp's default, 80, it takes six times as long for 3 % of the bytes. */
const LOSSLESS_QUALITY = 1;

/**
 * JPEG and WebP by sharp (libvips with mozjpeg and libwebp). Alpha is dropped and not blended.
 *
 * - JPEG: baseline, both chroma samplings, libjpeg's quality scale, gray stays gray. Huffman tables are the standard ones: their
 *   own for each file would take twice as long.
 * - WebP: quality is libwebp's; lossy chroma is 4:2:0 always, WebP knows no other; lossless is exact.
 *
 * @param modulePath - absolute path of sharp's main file
 */
export function openSharp(
  modulePath: string,
  format: NativeFormat,
  lossless: boolean,
): EncodeImage {
  const sharp = createRequire(modulePath)(modulePath) as SharpModule;
  if (format === "jpeg") {
    return async (frame, { quality, chroma }) =>
      ownBytes(
        await opened(sharp, frame)
          .jpeg({ quality, chromaSubsampling: chroma, optimiseCoding: false })
          .toBuffer(),
      );
  }
  return async (frame, { quality }) => {
    if (Math.max(frame.width, frame.height) > MAX_WEBP_SIDE) {
      throw new RangeError(
        `Cannot encode as WebP: expected sides of at most ${MAX_WEBP_SIDE} pixels, got ${frame.width} x ${frame.height}; choose jpeg or png`,
      );
    }
    const kind = lossless ? { lossless, quality: LOSSLESS_QUALITY } : { quality };
    return ownBytes(
      await opened(sharp, frame)
        .webp({ ...kind, effort: WEBP_EFFORT })
        .toBuffer(),
    );
  };
}

/** Shrinks a frame. Colours are not weighted by alpha, which the result may lack. */
export type ScaleFrame = (
  frame: RawFrame,
  width: number,
  height: number,
) => RawFrame | Promise<RawFrame>;

/**
 * Shrinking by sharp: each pixel of the result is a mean of those below it and next to it. Alpha is dropped, and not blended.
 *
 * @param modulePath - absolute path of sharp's main file
 */
export function openSharpScaler(modulePath: string): ScaleFrame {
  const sharp = createRequire(modulePath)(modulePath) as SharpModule;
  return async (frame, width, height) => {
    const source = frame.channels === 4 ? await withoutAlpha(sharp, frame) : frame;
    const scaled = opened(sharp, source).resize(width, height, { kernel: "linear", fit: "fill" });
    return {
      data: shared(await scaled.raw().toBuffer()),
      width,
      height,
      channels: source.channels,
    };
  };
}

/** In a pass of its own: scaling, sharp would blend by alpha. */
async function withoutAlpha(sharp: SharpModule, frame: RawFrame): Promise<RawFrame> {
  const { width, height } = frame;
  return { data: await opened(sharp, frame).raw().toBuffer(), width, height, channels: 3 };
}

function opened(sharp: SharpModule, { data, width, height, channels }: RawFrame): SharpPipeline {
  const pixels = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const pipeline = sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false });
  if (channels === 1) return pipeline.toColourspace("b-w");
  return channels === 4 ? pipeline.removeAlpha() : pipeline;
}

/** A copy that other threads can see. */
function shared(pixels: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(pixels.byteLength));
  copy.set(pixels);
  return copy;
}

/** A copy whose memory can be handed to another thread, as that of sharp's Buffers cannot. */
function ownBytes(file: Uint8Array): Uint8Array {
  return new Uint8Array(file);
}
