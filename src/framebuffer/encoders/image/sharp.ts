import { createRequire } from "node:module";
import { asBuffer } from "../../node/asBuffer";
import { sharedCopy } from "../../node/sharedMemory";
import type { RawFrame } from "../../source/frame";
import type { EncodeImage, NativeFormat } from "./imageCodec";

/** The part of a sharp pipeline used here. Declared here because sharp isn't always installed. */
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

/** The module sharp. */
export type SharpModule = (
  input: Buffer,
  options: {
    raw: { width: number; height: number; channels: 1 | 3 | 4 };
    limitInputPixels: false;
  },
) => SharpPipeline;

/**
 * libwebp's fastest method. The next one takes half as long again and saves a few per cent of the
 * bytes.
 */
const WEBP_EFFORT = 0;

/**
 * sharp's `quality` of a lossless WebP, which libwebp reads as effort. sharp's default, 80, takes
 * six times as long and saves 3 % of the bytes.
 */
const LOSSLESS_WEBP_EFFORT = 1;

/**
 * JPEG and WebP by sharp (libvips with mozjpeg and libwebp). Alpha is dropped, not blended.
 *
 * - JPEG: baseline, both chroma samplings, libjpeg's quality scale, gray stays gray. The Huffman
 *   tables are the standard ones; optimized tables for each file would take twice as long.
 * - WebP: quality is libwebp's; lossy WebP is always 4:2:0; lossless is exact.
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
    const kind = lossless ? { lossless, quality: LOSSLESS_WEBP_EFFORT } : { quality };
    return ownBytes(
      await opened(sharp, frame)
        .webp({ ...kind, effort: WEBP_EFFORT })
        .toBuffer(),
    );
  };
}

/** Shrinks a frame. Colours aren't weighted by alpha, which the result may lack. */
export type ScaleFrame = (
  frame: RawFrame,
  width: number,
  height: number,
) => RawFrame | Promise<RawFrame>;

/**
 * Shrinks by sharp: each pixel of the result is a mean of the pixels that it covers and their
 * neighbours. Alpha is dropped, not blended.
 *
 * @param modulePath - absolute path of sharp's main file
 */
export function openSharpScaler(modulePath: string): ScaleFrame {
  const sharp = createRequire(modulePath)(modulePath) as SharpModule;
  return async (frame, width, height) => {
    const source = frame.channels === 4 ? await withoutAlpha(sharp, frame) : frame;
    const scaled = opened(sharp, source).resize(width, height, { kernel: "linear", fit: "fill" });
    return {
      data: sharedCopy(await scaled.raw().toBuffer()),
      width,
      height,
      channels: source.channels,
    };
  };
}

/** A separate pass, because sharp blends by alpha when it scales. */
async function withoutAlpha(sharp: SharpModule, frame: RawFrame): Promise<RawFrame> {
  const { width, height } = frame;
  return { data: await opened(sharp, frame).raw().toBuffer(), width, height, channels: 3 };
}

function opened(sharp: SharpModule, { data, width, height, channels }: RawFrame): SharpPipeline {
  const pipeline = sharp(asBuffer(data), {
    raw: { width, height, channels },
    limitInputPixels: false,
  });
  if (channels === 1) return pipeline.toColourspace("b-w");
  return channels === 4 ? pipeline.removeAlpha() : pipeline;
}

/** A copy whose memory can be transferred to another thread; that of sharp's Buffers can't. */
function ownBytes(file: Uint8Array): Uint8Array {
  return new Uint8Array(file);
}
