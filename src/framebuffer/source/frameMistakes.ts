/**
 * What an error says about something that isn't a frame: what it is, and what to write instead.
 *
 * Only errors use this. A frame that can be shown is never looked at.
 */
import { describeValue } from "../../protocol/errors";
import { isPromiseLike } from "../../protocol/promiseLike";

/** Height, width and channels, as a shape has them. */
interface Layout {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** How files of these formats begin, one character for each byte; a dot stands for any byte. */
const ENCODED: readonly (readonly [format: string, start: RegExp])[] = [
  ["PNG", /^\x89PNG\r\n\x1a\n/],
  ["JPEG", /^\xff\xd8\xff/],
  ["WebP", /^RIFF....WEBP/s],
  ["GIF", /^GIF8/],
];

/** Characters of a file that tell its format. */
const FORMAT_LENGTH = 12;

const CANVAS_PIXELS = "frameFromCanvas(canvas), which jupyter-rfb-ts exports";

const WITH_SHAPE = "{ data: pixels, shape: [height, width, 3] }";

const DECODE = `return its pixels; for a canvas: ${CANVAS_PIXELS}`;

/** The values of arrays of integers. Floats are 0..1 most often. */
const INTEGER_RANGES = [
  [Uint16Array, "0, 65535"],
  [Int16Array, "-32768, 32767"],
  [Uint32Array, "0, 4294967295"],
  [Int32Array, "-2147483648, 2147483647"],
  [Int8Array, "-128, 127"],
] as const;

const PACKED = "wrap their memory: new Uint8Array(data.buffer, data.byteOffset, data.byteLength)";

/** WebGPU copies textures into rows of a multiple of so many bytes. */
const ROW_ALIGNMENT = 256;

/** What came in place of a frame: completes "expected ..., got ". */
export function describeMistakenFrame(frame: unknown): string {
  const encoded = describeEncoded(frame);
  if (encoded !== undefined) return encoded;
  if (ArrayBuffer.isView(frame)) return `${describeBytes(frame)}; return ${WITH_SHAPE}`;
  if (Array.isArray(frame)) {
    const { sizes, flat } = describeList(frame);
    const shape = sizes.length > 1 ? sizes.join(", ") : "height, width, 3";
    return `an array of ${sizes.join(" x ")} values; return { data: Uint8Array.from(pixels${flat}), shape: [${shape}] }`;
  }
  const canvas = describeCanvas(frame);
  if (canvas !== undefined) return canvas;
  if (typeof frame === "function") return "a function; call it";
  if (typeof frame !== "object" || frame === null) return describeValue(frame);
  const { data } = frame as Fields;
  const remedy = ArrayBuffer.isView(data) ? "; add shape: [height, width, 3]" : "";
  return `${describeKeys(frame)}${remedy}`;
}

/**
 * What came as the data of a frame: completes "expected ..., got ".
 *
 * @param type - what to make of it
 */
export function describeMistakenData(
  data: unknown,
  type: "Uint8Array" | "Float32Array" = "Uint8Array",
): string {
  if (ArrayBuffer.isView(data)) return `${describeBytes(data)}; ${toBytes(data)}`;
  if (data instanceof ArrayBuffer) {
    return `an ArrayBuffer of ${data.byteLength} bytes; wrap it as a ${type}`;
  }
  if (typeof data === "function") return "a function; call it";
  if (isPromiseLike(data)) {
    return "a Promise; declare get_frame() as async and write data: await ...";
  }
  if (Array.isArray(data)) {
    const { flat } = describeList(data);
    return `${describeValue(data)}; convert it with ${type}.from(data${flat})`;
  }
  return describeEncoded(data) ?? describeCanvas(data) ?? describeValue(data);
}

/** Values whose number doesn't fit their shape: completes "expected ... bytes, got ". */
export function describeMistakenLength(data: ArrayLike<number>, layout: Layout): string {
  const fitting = fittingShape(data.length, layout);
  return (
    describeEncoded(data) ??
    `${data.length}${fitting === undefined ? "" : `, which fits ${fitting}`}`
  );
}

/** What to write for a shape whose channels come first; undefined if they don't. */
export function channelsFirst(shape: readonly unknown[]): string | undefined {
  const [channels, height, width] = shape;
  if (channels !== 3 && channels !== 4 && channels !== 1) return undefined;
  if (typeof height !== "number" || typeof width !== "number") return undefined;
  const strides = `[${width}, 1, ${height * width}]`;
  return `the channels come last; for planes write shape: [${height}, ${width}, ${channels}], strides: ${strides}`;
}

function fittingShape(length: number, { height, width, channels }: Layout): string | undefined {
  const row = Math.ceil((width * channels) / ROW_ALIGNMENT) * ROW_ALIGNMENT;
  const gap = row - width * channels;
  if (gap > 0 && (length === row * height || length === row * height - gap)) {
    return `rows padded to ${row} bytes: add strides: [${row}, ${channels}, 1]`;
  }
  const others = [1, 3, 4].filter((count) => count * height * width === length);
  for (const count of others) {
    return `shape: [${height}, ${width}${count === 1 ? "" : `, ${count}`}]`;
  }
  // Logical pixels in place of device pixels, or the other way round.
  const ratio = Math.sqrt(length / (height * width * channels));
  const [rows, columns] = [Math.round(height * ratio), Math.round(width * ratio)];
  return length > 0 && rows * columns * channels === length
    ? `shape: [${rows}, ${columns}${channels === 1 ? "" : `, ${channels}`}]`
    : undefined;
}

function describeEncoded(value: unknown): string | undefined {
  if (typeof value === "string") {
    const [, format] = /^data:image\/([\w+.-]+)/.exec(value) ?? [];
    return format === undefined ? undefined : `a data URL of an encoded ${format}; ${DECODE}`;
  }
  if (!(value instanceof Uint8Array) && !(value instanceof Uint8ClampedArray)) return undefined;
  const start = String.fromCharCode(...value.subarray(0, FORMAT_LENGTH));
  const [format] = ENCODED.find(([, pattern]) => pattern.test(start)) ?? [];
  return format && `an encoded ${format} of ${value.length} bytes; ${DECODE}`;
}

function describeCanvas(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const fields = value as Fields;
  if (typeof fields.getContext === "function") return `a canvas; return ${CANVAS_PIXELS}`;
  if (typeof fields.getImageData === "function") {
    return "a canvas's context; return context.getImageData(0, 0, width, height)";
  }
  return undefined;
}

function describeBytes(view: ArrayBufferView): string {
  if (view instanceof DataView) return `a DataView of ${view.byteLength} bytes`;
  const { length } = view as Uint8Array;
  return `a ${Object.prototype.toString.call(view).slice(8, -1)} of length ${length}`;
}

/** What makes bytes of an array's values. */
function toBytes(view: ArrayBufferView): string {
  if (view instanceof DataView) return "wrap it as a Uint8Array";
  if (view instanceof BigInt64Array || view instanceof BigUint64Array) {
    return "convert it to bytes, 0..255";
  }
  const range = INTEGER_RANGES.find(([type]) => view instanceof type)?.[1] ?? "0, 1";
  const packed = view instanceof Uint32Array ? `; for packed pixels ${PACKED}` : "";
  return `add range: [${range}], the values that are black and white${packed}`;
}

/** The sizes of a nested array, as its first elements have them, and what flattens it. */
function describeList(list: readonly unknown[]): {
  readonly sizes: readonly number[];
  readonly flat: string;
} {
  const sizes: number[] = [];
  for (let level: unknown = list; Array.isArray(level) && sizes.length < 3; level = level[0]) {
    sizes.push(level.length);
  }
  return { sizes, flat: sizes.length > 1 ? `.flat(${sizes.length - 1})` : "" };
}

function describeKeys(fields: object): string {
  const keys = Object.keys(fields);
  if (keys.length === 0) return "an object without fields";
  const named = keys.slice(0, 8).join(", ");
  return `an object with ${named}${keys.length > 8 ? ", ..." : ""}`;
}
