/** Decodes what the encoders made, to measure its fidelity. A stream itself needs no decoder. */
import { createRequire } from "node:module";
import { findNodeAv } from "../framebuffer/node";
import { loadNodeAv, probeOnce, type NodeAv } from "../framebuffer/node/diagnostics";
import type { VideoCodec } from "../protocol/messages";

/** A decoded picture: RGB, row after row. */
export interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Decodes image files. */
export type DecodeImage = (file: Uint8Array) => Promise<Decoded>;

/** Decodes a video stream. Every chunk must be passed, in order. */
export interface VideoDecoder {
  /**
   * @param isWanted - whether to return the picture.
   * @returns undefined if not, or if the decoder gave none
   */
  decode(chunk: Uint8Array, isWanted: boolean): Promise<Decoded | undefined>;
  dispose(): void;
}

/** The part of sharp's interface that is used here. */
type Sharp = (file: Uint8Array) => {
  removeAlpha(): ReturnType<Sharp>;
  toColourspace(space: "srgb"): ReturnType<Sharp>;
  raw(): ReturnType<Sharp>;
  toBuffer(options: {
    resolveWithObject: true;
  }): Promise<{ data: Buffer; info: { width: number; height: number } }>;
};

/** Decodes images with sharp. Undefined if sharp doesn't work here. */
export async function findImageDecoder(): Promise<DecodeImage | undefined> {
  const found = await probeOnce("sharp");
  if (!found.works) return undefined;
  const sharp = createRequire(found.modulePath)(found.modulePath) as Sharp;
  return async (file) => {
    const picture = sharp(file).removeAlpha().toColourspace("srgb").raw();
    const { data, info } = await picture.toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  };
}

/**
 * Decodes video with FFmpeg's own decoders, which share no code with the encoders x264 and libvpx.
 *
 * @throws Error (as a rejection) if node-av is missing
 */
export async function openVideoDecoder(codec: VideoCodec): Promise<VideoDecoder> {
  const { lib } = await loadNodeAv(findNodeAv());
  const decoder = lib.Codec.findDecoderByName(codec as never);
  if (!decoder) throw new Error(`Cannot decode: this build of node-av has no decoder for ${codec}`);
  const context = new lib.CodecContext();
  context.allocContext3(decoder);
  // With several threads the decoder returns frames late.
  context.threadCount = 1;
  lib.FFmpegError.throwIfError(await context.open2(decoder, null), "opening the decoder");
  const packet = new lib.Packet();
  packet.alloc();
  const frame = new lib.Frame();
  frame.alloc();
  return {
    decode: async (chunk, isWanted) => {
      packet.data = Buffer.from(chunk);
      lib.FFmpegError.throwIfError(await context.sendPacket(packet), "sending a chunk");
      packet.unref();
      if ((await context.receiveFrame(frame)) < 0) return undefined;
      const picture = isWanted ? toRgb(frame) : undefined;
      frame.unref();
      return picture;
    },
    dispose: () => {
      frame.free();
      packet.free();
      context.freeContext();
    },
  };
}

type AvFrame = InstanceType<NodeAv["lib"]["Frame"]>;

/** Converts 4:2:0 in BT.709 with limited range. @see ITU-R BT.709-6, tables 3 and 4 */
function toRgb({ data, linesize, width, height }: AvFrame): Decoded {
  const [lumas, blues, reds] = data ?? [];
  const [lumaStride = 0, blueStride = 0, redStride = 0] = linesize;
  if (lumas === undefined || blues === undefined || reds === undefined) {
    throw new Error("Cannot decode: expected pictures of three planes");
  }
  const rgb = new Uint8ClampedArray(width * height * 3);
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 3) {
      const luma = (((lumas[row * lumaStride + column] ?? 0) - 16) * 255) / 219;
      const half = column >> 1;
      const blue = (((blues[(row >> 1) * blueStride + half] ?? 0) - 128) * 255) / 224;
      const red = (((reds[(row >> 1) * redStride + half] ?? 0) - 128) * 255) / 224;
      rgb[to] = luma + 1.5748 * red;
      rgb[to + 1] = luma - 0.1873 * blue - 0.4681 * red;
      rgb[to + 2] = luma + 1.8556 * blue;
    }
  }
  return { width, height, data: new Uint8Array(rgb.buffer) };
}
