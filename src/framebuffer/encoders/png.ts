import { PNG, type PNGOptions } from "pngjs";
import type { RawFrame } from "../frame";
import type { EncodedFrame, FrameEncoder } from "./encoder";

/** PNG's colour types for what we write. */
const GRAYSCALE = 0;
const RGB = 2;
/**
 * Each byte less its left neighbour. Choosing the best of five filters for each row, pngjs's default, halves the file of a smooth
 * picture but takes two to eight times as long (1280 x 720: 26 against 86 ms).
 */
const SUB_FILTER = 1;
/** zlib's fastest level. With the run-length strategy that pngjs uses a higher one gives the same bytes, later. */
const DEFLATE_LEVEL = 1;

/**
 * PNG by pngjs: gray frames as grayscale, RGB and RGBA as RGB. Alpha is dropped, as jupyter_rfb does. Filters on the calling
 * thread and compresses on another.
 */
export const pngEncoder: FrameEncoder = {
  mimetype: "image/png",
  encode(frame: RawFrame): Promise<EncodedFrame> {
    return new Promise((resolve, reject) => {
      const clock = new WorkClock();
      const { png } = unpackedPng(frame);
      clock.pause();
      const chunks: Buffer[] = [];
      // The first chunk is the signature, just before the filtering.
      png.once("data", () => clock.resume());
      png.on("data", (chunk: Buffer) => chunks.push(chunk));
      png.once("end", () => {
        const data = Buffer.concat(chunks);
        resolve({ mimetype: "image/png", data, encodingSeconds: clock.pause() });
      });
      png.once("error", reject);
      png.pack();
      // pngjs filters in the tick before this one. What else this turn of the event loop has to do, other frames for instance, is
      // not this frame's, though its compressing may go on beside it.
      process.nextTick(() => {
        clock.pause();
        setImmediate(() => clock.resume());
      });
    });
  },
};

/** As {@link pngEncoder}, before it returns: for a picture that has to be there when the caller ends. */
export function encodePngSync(frame: RawFrame): Uint8Array {
  const { png, options } = unpackedPng(frame);
  return PNG.sync.write(png, options);
}

/** Adds up the time of work that is done in pieces. Runs from the beginning. */
class WorkClock {
  #milliseconds = 0;
  #began: number | undefined = performance.now();

  resume(): void {
    this.#began ??= performance.now();
  }

  /** @returns the seconds that it ran so far */
  pause(): number {
    if (this.#began !== undefined) this.#milliseconds += performance.now() - this.#began;
    this.#began = undefined;
    return this.#milliseconds / 1000;
  }
}

function unpackedPng(frame: RawFrame): { png: PNG; options: PNGOptions } {
  const colorType = frame.channels === 1 ? GRAYSCALE : RGB;
  const options: PNGOptions = {
    colorType,
    inputColorType: colorType,
    inputHasAlpha: false,
    filterType: SUB_FILTER,
    deflateLevel: DEFLATE_LEVEL,
  };
  const png = new PNG(options);
  // Set after the constructor, which would allocate an RGBA picture for them.
  png.width = frame.width;
  png.height = frame.height;
  const pixels = frame.channels === 4 ? dropAlpha(frame) : frame.data;
  png.data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  return { png, options };
}

function dropAlpha({ data, width, height }: RawFrame): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = data[from] ?? 0;
    rgb[to + 1] = data[from + 1] ?? 0;
    rgb[to + 2] = data[from + 2] ?? 0;
  }
  return rgb;
}
