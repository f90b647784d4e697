import { encode } from "jpeg-js";
import type { RawFrame } from "../frame";
import type { EncodedFrame, EncodeOptions, FrameEncoder } from "./encoder";

/**
 * JPEG by jpeg-js, which runs wherever JavaScript does: baseline, 4:4:4, libjpeg's quality scale and tables. It encodes on the
 * calling thread. Alpha is dropped, as jupyter_rfb does; gray becomes a colour file with equal channels.
 */
export const jpegEncoder: FrameEncoder = {
  mimetype: "image/jpeg",
  encode(frame: RawFrame, { quality }: EncodeOptions): Promise<EncodedFrame> {
    // A Promise executor turns what jpeg-js throws into a rejection.
    return new Promise((resolve) => {
      const { width, height } = frame;
      const began = performance.now();
      const { data } = encode({ data: toRgba(frame), width, height }, quality);
      const encodingSeconds = (performance.now() - began) / 1000;
      resolve({ mimetype: "image/jpeg", data, encodingSeconds });
    });
  },
};

/** jpeg-js reads RGBA only. It never looks at alpha, so alpha is left 0. */
function toRgba({ data, width, height, channels }: RawFrame): Uint8Array {
  if (channels === 4) return data;
  const rgba = new Uint8Array(width * height * 4);
  const green = channels === 3 ? 1 : 0;
  const blue = channels === 3 ? 2 : 0;
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    rgba[to] = data[from] ?? 0;
    rgba[to + 1] = data[from + green] ?? 0;
    rgba[to + 2] = data[from + blue] ?? 0;
  }
  return rgba;
}
