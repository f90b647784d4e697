/** Frames: what a user may give, and the one layout that the rest of this room works with. */
import { describeValue } from "../../protocol/errors";
import type { FrameMetadata } from "../../protocol/frameMetadata";

/**
 * Longest side of a frame in pixels. JPEG has 16 bits for a side, but libjpeg, and so browsers, refuse more than 65500.
 *
 * @see JPEG_MAX_DIMENSION in libjpeg's jmorecfg.h
 */
export const MAX_FRAME_SIDE = 65500;

/** Most pixels of a frame: 16384 x 16384, the largest canvas that Chromium paints. */
export const MAX_FRAME_PIXELS: number = 16384 * 16384;

/** The bytes of a frame, 0..255 for each channel. A Node Buffer is a Uint8Array. */
export type FrameBytes = Uint8Array | Uint8ClampedArray;

/** A frame as a shape over bytes, like a NumPy array. */
export interface ArrayFrame {
  readonly data: FrameBytes;
  /** `[height, width]` for gray, or `[height, width, channels]` with 1 (gray), 3 (RGB) or 4 (RGBA) channels. */
  readonly shape: readonly number[];
  /**
   * For each axis the step in `data`, in elements; negative where the axis runs backwards.
   *
   * @defaultValue row after row without gaps; `data` must then hold exactly one frame
   */
  readonly strides?: readonly number[] | undefined;
  /**
   * Where the first element is in `data`, in elements. Looked at only with `strides`.
   *
   * @defaultValue 0
   */
  readonly offset?: number | undefined;
}

/** A frame as the npm `ndarray` package makes it; its axes are those of {@link ArrayFrame.shape}. */
export interface NdarrayFrame {
  readonly data: FrameBytes;
  readonly shape: readonly number[];
  /** ndarray's name for strides. */
  readonly stride: readonly number[];
  readonly offset: number;
}

/** A frame as a canvas gives it: RGBA, row after row. */
export interface ImageDataFrame {
  readonly data: FrameBytes;
  readonly width: number;
  readonly height: number;
}

/** What `get_frame()` may return and `send_frame()` takes. Alpha is not shown: the picture is opaque. */
export type Frame = ArrayFrame | NdarrayFrame | ImageDataFrame;

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
  /** What the view is told of it beside its pixels. */
  readonly metadata?: FrameMetadata | undefined;
}

/**
 * Checks a frame that a user gave and copies its pixels, so that the user may draw over them at once.
 *
 * @throws as {@link viewFrame} does.
 */
export function toRawFrame(frame: unknown): RawFrame {
  return copyRawFrame(viewFrame(frame));
}

/**
 * Checks a frame that a user gave and presents it in the one layout. The pixels are the user's own memory where that has the
 * layout already: they are to be compared or copied before the user draws again.
 *
 * @throws TypeError when it is no frame, or its data are not bytes.
 * @throws RangeError when its shape, strides and length do not fit together, or it is empty or too large.
 */
export function viewFrame(frame: unknown): RawFrame {
  if (typeof frame !== "object" || frame === null) {
    throw new TypeError(
      `frame: expected { data, shape: [height, width, 3] } or { data, width, height }, got ${describeValue(frame)}`,
    );
  }
  if ("then" in frame && typeof frame.then === "function") {
    throw new TypeError("frame: expected a frame, got a Promise; await it first");
  }
  const fields = frame as Readonly<Record<string, unknown>>;
  if (fields.shape !== undefined) return fromArray(fields, fields.shape);
  if (fields.width !== undefined || fields.height !== undefined) {
    return fromArray({ data: fields.data }, [fields.height, fields.width, 4]);
  }
  throw new TypeError(
    `frame: expected a shape ([height, width], or with 1, 3 or 4 channels) or a width and a height, got ${describeKeys(fields)}`,
  );
}

/** A copy of a frame that its holder may change. */
export function copyRawFrame(frame: RawFrame): RawFrame {
  return { ...frame, data: new Uint8Array(frame.data) };
}

interface Layout {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
}

function fromArray(fields: Readonly<Record<string, unknown>>, shape: unknown): RawFrame {
  const layout = checkShape(shape);
  const bytes = checkBytes(fields.data);
  const strides = fields.strides ?? fields.stride;
  const data =
    strides === undefined
      ? checkTight(bytes, layout)
      : arrangeStrided(bytes, layout, checkStrides(strides, shape), fields.offset ?? 0);
  return { data, ...layout };
}

function checkShape(shape: unknown): Layout {
  if (!Array.isArray(shape)) {
    throw new TypeError(
      `frame.shape: expected [height, width] or [height, width, channels], got ${describeValue(shape)}`,
    );
  }
  const sizes = shape as unknown[];
  if (sizes.length !== 2 && sizes.length !== 3) {
    throw new RangeError(
      `frame.shape: expected [height, width] or [height, width, channels], got ${sizes.length} axes`,
    );
  }
  const [height, width, channels = 1] = sizes;
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new RangeError(
      `frame.shape: expected 1 (gray), 3 (RGB) or 4 (RGBA) channels, got ${describeValue(channels)}`,
    );
  }
  const layout: Layout = {
    height: checkSide("height", height),
    width: checkSide("width", width),
    channels,
  };
  if (layout.height * layout.width > MAX_FRAME_PIXELS) {
    throw new RangeError(
      `frame: expected at most ${MAX_FRAME_PIXELS} pixels, which browsers can show, got ${layout.width} x ${layout.height}`,
    );
  }
  return layout;
}

function checkSide(name: string, value: unknown): number {
  if (typeof value !== "number") {
    throw new TypeError(`frame ${name}: expected a number of pixels, got ${describeValue(value)}`);
  }
  if (value === 0) {
    throw new RangeError(
      `frame ${name}: expected 1..${MAX_FRAME_SIDE} pixels, got 0: an empty frame cannot be shown; return null for no frame`,
    );
  }
  if (!Number.isInteger(value) || value < 0 || value > MAX_FRAME_SIDE) {
    throw new RangeError(
      `frame ${name}: expected an integer, 1..${MAX_FRAME_SIDE} pixels, got ${value}`,
    );
  }
  return value;
}

function checkBytes(data: unknown): Uint8Array {
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) {
    return new Uint8Array(data.buffer, data.byteOffset, data.length);
  }
  const expected = "frame.data: expected a Uint8Array, Uint8ClampedArray or Buffer";
  if (ArrayBuffer.isView(data) && !(data instanceof DataView)) {
    const name = Object.prototype.toString.call(data).slice(8, -1);
    const remedy = name.startsWith("Float")
      ? "scale it to 0..255 and convert it with Uint8ClampedArray.from(data, (value) => value * 255)"
      : "convert it to bytes, 0..255";
    throw new TypeError(`${expected}, got a ${name} of length ${lengthOf(data)}; ${remedy}`);
  }
  if (data instanceof ArrayBuffer || data instanceof DataView) {
    throw new TypeError(
      `${expected}, got ${data instanceof DataView ? "a DataView" : "an ArrayBuffer"} of ${data.byteLength} bytes; wrap it as a Uint8Array`,
    );
  }
  throw new TypeError(`${expected}, got ${describeValue(data)}`);
}

function lengthOf(view: ArrayBufferView): number {
  return "length" in view && typeof view.length === "number" ? view.length : view.byteLength;
}

/** The steps for row, column and channel. */
type Strides = readonly [number, number, number];

function checkStrides(strides: unknown, shape: unknown): Strides {
  if (!Array.isArray(strides)) {
    throw new TypeError(
      `frame.strides: expected a list with an integer for each axis, got ${describeValue(strides)}`,
    );
  }
  const axes = Array.isArray(shape) ? shape.length : 0;
  const steps = strides as unknown[];
  if (steps.length !== axes) {
    throw new RangeError(
      `frame.strides: expected ${axes} entries, one for each axis of the shape, got ${steps.length}`,
    );
  }
  const [row, column, channel = 1] = steps.map((step) => {
    if (typeof step !== "number") {
      throw new TypeError(`frame.strides: expected integers, got ${describeValue(step)}`);
    }
    if (!Number.isSafeInteger(step)) {
      throw new RangeError(`frame.strides: expected integers (in elements), got ${step}`);
    }
    return step;
  });
  return [row ?? 0, column ?? 0, channel];
}

function checkTight(bytes: Uint8Array, { height, width, channels }: Layout): Uint8Array {
  const expected = height * width * channels;
  if (bytes.length !== expected) {
    throw new RangeError(
      `frame.data: expected ${expected} bytes for the shape [${height}, ${width}, ${channels}], got ${bytes.length}`,
    );
  }
  return bytes;
}

function arrangeStrided(
  bytes: Uint8Array,
  layout: Layout,
  strides: Strides,
  offset: unknown,
): Uint8Array {
  if (typeof offset !== "number") {
    throw new TypeError(`frame.offset: expected an integer, got ${describeValue(offset)}`);
  }
  if (!Number.isSafeInteger(offset)) {
    throw new RangeError(`frame.offset: expected an integer (in elements), got ${offset}`);
  }
  const { height, width, channels } = layout;
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
  if (first < 0 || last >= bytes.length) {
    throw new RangeError(
      `frame.data: expected the elements ${first}..${last} for the shape [${height}, ${width}, ${channels}] with strides ` +
        `[${strides.join(", ")}] and offset ${offset}, got ${bytes.length} elements`,
    );
  }

  const rowLength = width * channels;
  const pixelsAreTight =
    (channels === 1 || channelStep === 1) && (width === 1 || columnStep === channels);
  if (pixelsAreTight && (height === 1 || rowStep === rowLength)) {
    return bytes.subarray(offset, offset + height * rowLength);
  }
  const copy = new Uint8Array(height * rowLength);
  let to = 0;
  for (let row = 0; row < height; row++) {
    let pixel = offset + row * rowStep;
    if (pixelsAreTight) {
      copy.set(bytes.subarray(pixel, pixel + rowLength), to);
      to += rowLength;
      continue;
    }
    for (let column = 0; column < width; column++, pixel += columnStep) {
      for (let channel = 0, from = pixel; channel < channels; channel++, from += channelStep) {
        copy[to++] = bytes[from] ?? 0;
      }
    }
  }
  return copy;
}

function describeKeys(fields: Readonly<Record<string, unknown>>): string {
  const keys = Object.keys(fields);
  if (keys.length === 0) return "an object without fields";
  const named = keys.slice(0, 8).join(", ");
  return `an object with ${named}${keys.length > 8 ? ", ..." : ""}`;
}
