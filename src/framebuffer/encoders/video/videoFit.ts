import { asBuffer } from "../../node/asBuffer";
import type { RawFrame } from "../../source/frame";
import type { NodeAv } from "./videoModule";
import type { Size } from "./videoPixels";

/** The largest size of the shape of `frame` that fits into `size`, in whole pixels, at least 1. */
export function fittedSize(frame: Size, size: Size): Size {
  const scale = Math.min(size.width / frame.width, size.height / frame.height);
  return {
    width: Math.max(1, Math.min(size.width, Math.round(frame.width * scale))),
    height: Math.max(1, Math.min(size.height, Math.round(frame.height * scale))),
  };
}

/**
 * Scales a frame, up or down, into the middle of a black picture of another size. Scaling runs on
 * another thread.
 */
export async function fitFrame(av: NodeAv, frame: RawFrame, size: Size): Promise<RawFrame> {
  const { channels } = frame;
  const inner = fittedSize(frame, size);
  const scaled = await scale(av, frame, inner);
  const data = new Uint8Array(size.width * size.height * channels);
  const left = Math.floor((size.width - inner.width) / 2) * channels;
  const top = Math.floor((size.height - inner.height) / 2);
  const rowLength = inner.width * channels;
  for (let row = 0; row < inner.height; row++) {
    const from = row * scaled.stride;
    const to = (top + row) * size.width * channels + left;
    data.set(scaled.plane.subarray(from, from + rowLength), to);
  }
  return { data, ...size, channels };
}

async function scale(
  { lib, constants }: NodeAv,
  { data, width, height, channels }: RawFrame,
  size: Size,
): Promise<{ plane: Uint8Array; stride: number }> {
  const format = {
    1: constants.AV_PIX_FMT_GRAY8,
    3: constants.AV_PIX_FMT_RGB24,
    4: constants.AV_PIX_FMT_RGB0,
  }[channels];
  const scaler = new lib.SoftwareScaleContext();
  // FFmpeg's own memory, since the scaler may write beyond the end of a row.
  const picture = new lib.Frame();
  try {
    picture.alloc();
    Object.assign(picture, { format, ...size });
    lib.FFmpegError.throwIfError(picture.getBuffer(), "allocating a picture");
    const [plane] = picture.data ?? [];
    const [stride] = picture.linesize;
    if (!plane || stride === undefined) throw new Error("Cannot scale: FFmpeg has no memory left");
    const area = constants.SWS_AREA;
    scaler.getContext(width, height, format, size.width, size.height, format, area);
    const pixels = asBuffer(data);
    lib.FFmpegError.throwIfError(
      await scaler.scale([pixels], [width * channels], 0, height, [plane], [stride]),
      "scaling a picture",
    );
    return { plane: new Uint8Array(plane), stride };
  } finally {
    scaler.freeContext();
    picture.free();
  }
}
