/** Decodes video by FFmpeg's own decoders, which share nothing with x264 and libvpx. */
import type { Frame as AvFrame } from "node-av/lib";
import type { VideoCodec } from "../../src/protocol/messages";

/** A decoded picture. */
export interface DecodedPicture {
  readonly width: number;
  readonly height: number;
  /** RGB of each pixel, row after row. */
  readonly data: Uint8Array;
  readonly isKeyframe: boolean;
  /** Whether the stream says that it is in BT.709 with limited range. */
  readonly isBt709Limited: boolean;
}

/**
 * Decodes a stream.
 *
 * @param chunks - each is one picture; the first is a keyframe
 * @returns for each chunk the picture that came out before the next went in
 */
export async function decodeVideo(
  codec: VideoCodec,
  chunks: readonly Uint8Array[],
): Promise<(DecodedPicture | undefined)[]> {
  const { Codec, CodecContext, FFmpegError, Frame, Packet } = await import("node-av/lib");
  const constants = await import("node-av/constants");
  const decoder = Codec.findDecoderByName((codec === "h264" ? "h264" : "vp9") as never);
  if (!decoder) throw new Error(`no decoder for ${codec}`);
  const context = new CodecContext();
  context.allocContext3(decoder);
  // Threads that work on several frames would hold some back.
  context.threadCount = 1;
  FFmpegError.throwIfError(await context.open2(decoder, null), "opening the decoder");
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  const pictures: (DecodedPicture | undefined)[] = [];
  try {
    for (const chunk of chunks) {
      packet.data = Buffer.from(chunk);
      FFmpegError.throwIfError(await context.sendPacket(packet), "sending a chunk");
      packet.unref();
      if ((await context.receiveFrame(frame)) < 0) {
        pictures.push(undefined);
        continue;
      }
      pictures.push(toPicture(frame, constants));
      frame.unref();
    }
  } finally {
    frame.free();
    packet.free();
    context.freeContext();
  }
  return pictures;
}

/** Reads a frame of 4:2:0 that FFmpeg decoded. */
export function toPicture(
  frame: AvFrame,
  constants: { readonly AVCOL_SPC_BT709: number; readonly AVCOL_RANGE_MPEG: number },
): DecodedPicture {
  return {
    width: frame.width,
    height: frame.height,
    data: toRgb(frame.data ?? [], frame.linesize, frame.width, frame.height),
    isKeyframe: frame.keyFrame === 1,
    isBt709Limited:
      Number(frame.colorSpace) === constants.AVCOL_SPC_BT709 &&
      Number(frame.colorRange) === constants.AVCOL_RANGE_MPEG,
  };
}

/** From 4:2:0 in BT.709 with limited range (ITU-R BT.709-6, tables 3 and 4), written out here to check the kernel's conversion. */
function toRgb(
  planes: readonly Buffer[],
  strides: readonly number[],
  width: number,
  height: number,
): Uint8Array {
  const sample = (plane: number, row: number, column: number): number =>
    planes[plane]?.[row * (strides[plane] ?? 0) + column] ?? 0;
  const rgb = new Uint8ClampedArray(width * height * 3);
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 3) {
      const luma = ((sample(0, row, column) - 16) * 255) / 219;
      const blue = ((sample(1, row >> 1, column >> 1) - 128) * 255) / 224;
      const red = ((sample(2, row >> 1, column >> 1) - 128) * 255) / 224;
      rgb[to] = luma + 1.5748 * red;
      rgb[to + 1] = luma - 0.1873 * blue - 0.4681 * red;
      rgb[to + 2] = luma + 1.8556 * blue;
    }
  }
  return new Uint8Array(rgb.buffer);
}
