/** The options that say what a frame's numbers are: the order of the colours, and their range. */
import { checkValue, oneOf, type Check } from "../../protocol/checks";
import { describeValue } from "../../protocol/errors";
import { didYouMean } from "../../protocol/similarName";

/** The order of a pixel's channels in memory. */
export type FrameFormat = "gray" | "rgb" | "rgba" | "bgr" | "bgra";

/** Each format's number of channels. */
const CHANNELS: Readonly<Record<FrameFormat, 1 | 3 | 4>> = {
  gray: 1,
  rgb: 3,
  rgba: 4,
  bgr: 3,
  bgra: 4,
};

const FORMATS = Object.keys(CHANNELS) as FrameFormat[];

const FORMAT: Check<FrameFormat> = oneOf(FORMATS);

/** The ends of a range of values. */
export type ValueRange = readonly [min: number, max: number];

const EXPECTED_RANGE = "[min, max], two finite numbers with min < max, such as [0, 1]";

/** What a WebGPU texture's format adds to the order of its channels. */
const TEXTURE_SUFFIX = /8unorm(-srgb)?$/;

/**
 * Checks a frame's format.
 *
 * @returns whether blue comes first
 * @throws TypeError when it isn't a string
 * @throws RangeError when it is unknown, or has another number of channels than the shape
 */
export function checkFormat(format: unknown, channels: 1 | 3 | 4): boolean {
  if (format === undefined) return false;
  if (typeof format === "string" && !FORMAT.accepts(format)) {
    const hint = didYouMean(format.replace(TEXTURE_SUFFIX, ""), FORMATS);
    throw new RangeError(
      `frame.format: expected ${FORMAT.expected}, got ${JSON.stringify(format)}${hint}`,
    );
  }
  const known = checkValue("frame.format", format, FORMAT);
  const isBlueFirst = known.startsWith("b");
  if (CHANNELS[known] === channels) return isBlueFirst;
  const fitting = FORMATS.filter((name) => CHANNELS[name] === channels);
  const nearest = fitting.find((name) => name.startsWith("b") === isBlueFirst) ?? fitting[0];
  throw new RangeError(
    `frame.format: expected a format of ${channels} channel${channels === 1 ? "" : "s"}, as the shape has, ` +
      `got "${known}" of ${CHANNELS[known]}; write format: "${nearest}", or a shape with ${CHANNELS[known]} channels`,
  );
}

/**
 * Checks a frame's range.
 *
 * @returns undefined if there is none
 * @throws TypeError when it isn't an array of numbers
 * @throws RangeError when its numbers aren't a range
 */
export function checkRange(range: unknown): ValueRange | undefined {
  if (range === undefined) return undefined;
  if (!Array.isArray(range) || !range.every((end) => typeof end === "number")) {
    throw new TypeError(`frame.range: expected ${EXPECTED_RANGE}, got ${describeEnds(range)}`);
  }
  const [min = NaN, max = NaN] = range;
  // The ends may be finite and still too far apart for a number.
  if (range.length === 2 && min < max && Number.isFinite(max - min)) return [min, max];
  const swapped = range.length === 2 && min > max ? `; write range: [${max}, ${min}]` : "";
  throw new RangeError(
    `frame.range: expected ${EXPECTED_RANGE}, got ${describeEnds(range)}${swapped}`,
  );
}

function describeEnds(range: unknown): string {
  if (!Array.isArray(range)) return describeValue(range);
  if (range.length > 4) return describeValue(range);
  return `[${range.map((end: unknown) => describeValue(end)).join(", ")}]`;
}
