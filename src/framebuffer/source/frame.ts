/** Frames: what a user may pass, and the one layout that the rest of this folder works with. */
import { checkValue, integer, mismatch, type Check } from "../../protocol/checks";
import { DETACHED, isDetached } from "../../protocol/detached";
import type { FrameMetadata } from "../../protocol/frameMetadata";
import { MAX_FRAME_PIXELS } from "../../protocol/messages";
import { isPromiseLike } from "../../protocol/promiseLike";
import { arrangePixels, type PixelSource } from "./arrangePixels";
import {
  channelsFirst,
  describeMistakenData,
  describeMistakenFrame,
  describeMistakenLength,
} from "./frameMistakes";
import { checkFormat, checkRange, type FrameFormat, type ValueRange } from "./pixelOptions";

/**
 * Longest side of a frame in pixels. JPEG has 16 bits for a side, but libjpeg, and so browsers,
 * reject more than 65500.
 *
 * @see JPEG_MAX_DIMENSION in libjpeg's jmorecfg.h
 */
export const MAX_FRAME_SIDE = 65500;

/** A side of a frame in pixels. */
export const FRAME_SIDE: Check<number> = integer(1, MAX_FRAME_SIDE);

const SHAPE: Check<readonly unknown[]> = {
  expected: "[height, width] or [height, width, channels]",
  type: "array",
  accepts: (value): value is readonly unknown[] =>
    Array.isArray(value) && (value.length === 2 || value.length === 3),
};

const CHANNELS: Check<RawFrame["channels"]> = {
  expected: "1 (gray), 3 (RGB) or 4 (RGBA) channels",
  type: "number",
  accepts: (value): value is RawFrame["channels"] => value === 1 || value === 3 || value === 4,
};

const EXPECTED_BYTES = "frame.data: expected a Uint8Array, Uint8ClampedArray or Buffer";

const EXPECTED_NUMBERS = "frame.data: expected a typed array of numbers, such as a Float32Array";

/** A stride or an offset. */
const ELEMENTS: Check<number> = { ...integer(), expected: "an integer (in elements)" };

/** The bytes of a frame, 0..255 for each channel. A Node Buffer is a Uint8Array. */
export type FrameBytes = Uint8Array | Uint8ClampedArray;

/** The numbers of a frame with a range. */
export type FrameData =
  | FrameBytes
  | Float32Array
  | Float64Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Int8Array;

/** What a frame may say about its numbers. */
export interface PixelOptions {
  /**
   * The order of the channels: "gray", "rgb", "rgba", "bgr" or "bgra". It must have as many
   * channels as the shape.
   *
   * @defaultValue gray, RGB or RGBA, by the number of channels
   */
  // Of a class's method TypeScript infers a string, so each is accepted here and checked later.
  readonly format?: FrameFormat | (string & Record<never, never>) | undefined;
  /**
   * `[min, max]`: the values that become 0 and 255. Those between are mapped linearly and rounded,
   * those outside become 0 or 255, and NaN becomes 0. Numbers other than bytes need it.
   *
   * @defaultValue bytes stay as they are
   */
  readonly range?: readonly number[] | undefined;
}

/** A frame as a shape over bytes, like a NumPy array. */
export interface ArrayFrame extends PixelOptions {
  readonly data: FrameBytes;
  /**
   * `[height, width]` for gray, or `[height, width, channels]` with 1 (gray), 3 (RGB) or 4 (RGBA)
   * channels.
   */
  readonly shape: readonly number[];
  /**
   * The step in `data` along each axis, in elements; negative for an axis that runs backwards.
   *
   * @defaultValue row after row without gaps; `data` must then hold exactly one frame
   */
  readonly strides?: readonly number[] | undefined;
  /**
   * The index of the first element in `data`. Used only with `strides`.
   *
   * @defaultValue 0
   */
  readonly offset?: number | undefined;
}

/**
 * A frame as the npm package `ndarray` makes it; the axes are those of {@link ArrayFrame.shape}.
 */
export interface NdarrayFrame extends PixelOptions {
  readonly data: FrameBytes;
  readonly shape: readonly number[];
  /** ndarray's name for strides. */
  readonly stride: readonly number[];
  readonly offset: number;
}

/** A frame as a canvas returns it: RGBA or, with a format, BGRA; row after row. */
export interface ImageDataFrame extends PixelOptions {
  readonly data: FrameBytes;
  readonly width: number;
  readonly height: number;
}

/** A frame whose numbers need not be bytes, since its range says what they mean. */
export type RangedFrame<Layout extends PixelOptions = ArrayFrame> = Omit<
  Layout,
  "data" | "range"
> & {
  readonly data: FrameData;
  /** `[min, max]`: see {@link PixelOptions.range}. */
  readonly range: readonly number[];
};

/**
 * A frame for `get_frame()` to return, and for `send_frame()`. Alpha is ignored: the picture is
 * opaque.
 *
 * @example
 * ```ts
 * const bytes = { data: new Uint8Array(480 * 640 * 3), shape: [480, 640, 3] };
 * const bgra = { data: new Uint8Array(480 * 640 * 4), shape: [480, 640, 4], format: "bgra" };
 * const floats = { data: new Float32Array(480 * 640), shape: [480, 640], range: [0, 1] };
 * ```
 */
// An error about an object with a shape names the last member that has one: ArrayFrame.
export type Frame =
  | RangedFrame<NdarrayFrame>
  | RangedFrame<ImageDataFrame>
  | RangedFrame
  | NdarrayFrame
  | ArrayFrame
  | ImageDataFrame;

/** A frame in the one layout: row after row from the top without gaps. Not to be changed. */
export interface RawFrame {
  /** `width * height * channels` bytes. */
  readonly data: Uint8Array;
  /** In physical pixels, 1..{@link MAX_FRAME_SIDE}. */
  readonly width: number;
  /** In physical pixels, 1..{@link MAX_FRAME_SIDE}. */
  readonly height: number;
  /** 1 gray, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 3 | 4;
  /** What the view needs to know in addition to the pixels. */
  readonly metadata?: FrameMetadata | undefined;
}

/**
 * Checks a user's frame and copies its pixels, so that the user may draw over them at once.
 *
 * @throws as {@link viewFrame} does.
 */
export function toRawFrame(frame: unknown): RawFrame {
  return copyRawFrame(viewFrame(frame));
}

/**
 * Checks a user's frame and presents it in the one layout. If it has that layout already, the
 * result is a view of the user's memory: compare or copy it before the user draws again.
 *
 * @throws TypeError when it isn't a frame, or its data aren't bytes.
 * @throws RangeError when its shape, strides and length don't fit together, or it is empty or too
 * large.
 */
export function viewFrame(frame: unknown): RawFrame {
  if (isPromiseLike(frame)) {
    throw new TypeError("frame: expected a frame, got a Promise; await it first");
  }
  if (typeof frame === "object" && frame !== null) {
    const { data, shape, width, height, getContext } = frame as Readonly<Record<string, unknown>>;
    if (shape !== undefined) return fromArray(frame, shape);
    const hasSize = width !== undefined || height !== undefined;
    if (hasSize && getContext === undefined) {
      const { format, range } = frame as PixelOptions;
      return fromArray({ data, format, range }, [height, width, 4]);
    }
  }
  throw new TypeError(
    `frame: expected { data, shape: [height, width, 3] } or { data, width, height }, got ${describeMistakenFrame(frame)}`,
  );
}

/**
 * Checks a frame that was kept without a copy.
 *
 * @throws TypeError when the memory of its pixels is gone
 */
export function checkAttached({ data }: { readonly data: ArrayBufferView | ArrayBuffer }): void {
  if (isDetached(data)) throw new TypeError(`${EXPECTED_BYTES}, got ${DETACHED}`);
}

/** A copy of a frame, which the caller may change. */
export function copyRawFrame(frame: RawFrame): RawFrame {
  return { ...frame, data: new Uint8Array(frame.data) };
}

interface Layout {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
}

function fromArray(frame: object, shape: unknown): RawFrame {
  const fields = frame as Readonly<Record<string, unknown>>;
  const layout = checkShape(shape);
  const isBlueFirst = checkFormat(fields.format, layout.channels);
  const range = checkRange(fields.range);
  const data = checkData(fields.data, range);
  const strides = fields.strides ?? fields.stride;
  const placed =
    strides === undefined
      ? { strides: checkTight(data, layout), offset: 0 }
      : { strides: checkStrides(strides, shape), offset: checkOffset(fields.offset) };
  const source = { ...layout, data, ...placed, isBlueFirst, range };
  checkReach(source);
  return { data: arrangePixels(source), ...layout };
}

function checkShape(shape: unknown): Layout {
  const sizes = checkValue("frame.shape", shape, SHAPE);
  const [height, width, channels = 1] = sizes;
  if (!CHANNELS.accepts(channels)) {
    const remedy = channelsFirst(sizes);
    if (remedy !== undefined) {
      throw new RangeError(`${mismatch("frame.shape", CHANNELS, channels)}; ${remedy}`);
    }
  }
  const layout: Layout = {
    height: checkSide("frame height", height),
    width: checkSide("frame width", width),
    channels: checkValue("frame.shape", channels, CHANNELS),
  };
  if (layout.height * layout.width > MAX_FRAME_PIXELS) {
    throw new RangeError(
      `frame: expected at most ${MAX_FRAME_PIXELS} pixels, which browsers can show, got ${layout.width} x ${layout.height}`,
    );
  }
  return layout;
}

function checkSide(name: string, value: unknown): number {
  if (value !== 0) return checkValue(name, value, FRAME_SIDE);
  throw new RangeError(
    `${mismatch(name, FRAME_SIDE, value)}: an empty frame cannot be shown; return null for no frame`,
  );
}

/** With a range, any array of numbers will do. */
function checkData(
  data: unknown,
  range: ValueRange | undefined,
): ArrayBufferView & ArrayLike<number> {
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) checkAttached({ data });
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) {
    return new Uint8Array(data.buffer, data.byteOffset, data.length);
  }
  if (range === undefined) {
    throw new TypeError(`${EXPECTED_BYTES}, got ${describeMistakenData(data)}`);
  }
  if (isNumbers(data)) return data;
  throw new TypeError(`${EXPECTED_NUMBERS}, got ${describeMistakenData(data, "Float32Array")}`);
}

function isNumbers(data: unknown): data is ArrayBufferView & ArrayLike<number> {
  if (!ArrayBuffer.isView(data) || data instanceof DataView) return false;
  return !(data instanceof BigInt64Array || data instanceof BigUint64Array);
}

type Strides = PixelSource["strides"];

function checkStrides(strides: unknown, shape: unknown): Strides {
  if (!Array.isArray(strides)) {
    const expected = "an array with an integer for each axis";
    throw new TypeError(mismatch("frame.strides", { expected }, strides));
  }
  const axes = Array.isArray(shape) ? shape.length : 0;
  if (strides.length !== axes) {
    throw new RangeError(
      `frame.strides: expected ${axes} entries, one for each axis of the shape, got ${strides.length}`,
    );
  }
  const [row, column, channel = 1] = (strides as unknown[]).map((step) =>
    checkValue("frame.strides", step, ELEMENTS),
  );
  return [row ?? 0, column ?? 0, channel];
}

function checkOffset(offset: unknown): number {
  return checkValue("frame.offset", offset ?? 0, ELEMENTS);
}

/** @returns the strides */
function checkTight(data: ArrayLike<number>, layout: Layout): Strides {
  const { height, width, channels } = layout;
  const expected = height * width * channels;
  if (data.length !== expected) {
    const unit = data instanceof Uint8Array ? "bytes" : "values";
    throw new RangeError(
      `frame.data: expected ${expected} ${unit} for the shape [${height}, ${width}, ${channels}], got ${describeMistakenLength(data, layout)}`,
    );
  }
  return [width * channels, channels, 1];
}

/** Checks that no element lies outside of the data. */
function checkReach({ data, height, width, channels, strides, offset }: PixelSource): void {
  const [rowStep, columnStep, channelStep] = strides;
  let first = offset;
  let last = offset;
  for (const reach of [
    (height - 1) * rowStep,
    (width - 1) * columnStep,
    (channels - 1) * channelStep,
  ]) {
    if (reach < 0) first += reach;
    else last += reach;
  }
  if (first < 0 || last >= data.length) {
    throw new RangeError(
      `frame.data: expected the elements ${first}..${last} for the shape [${height}, ${width}, ${channels}] with strides ` +
        `[${strides.join(", ")}] and offset ${offset}, got ${data.length} elements`,
    );
  }
}
