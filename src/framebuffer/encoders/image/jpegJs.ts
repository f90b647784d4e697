import { encode } from "jpeg-js";
import type { RawFrame } from "../../source/frame";
import type { EncodeImage } from "./imageCodec";

/**
 * JPEG by jpeg-js, which is plain JavaScript: baseline, libjpeg's quality scale and tables, always
 * 4:4:4. Alpha is dropped, as jupyter_rfb does; gray becomes a colour file with equal channels. It
 * takes more than ten times as long as a native encoder.
 */
export const encodeByJpegJs: EncodeImage = (frame, { quality }) => {
  const { width, height } = frame;
  return encode({ data: toRgba(frame), width, height }, quality).data;
};

/** jpeg-js reads RGBA only. It ignores alpha, which stays 0 here. */
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
