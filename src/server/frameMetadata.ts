import { describeValue, errorMessage } from "../protocol/errors";
import type { FrameMetadata } from "../protocol/frameMetadata";
import { checkColor } from "../protocol/streamParse";

/**
 * Checks what a publisher says of a frame.
 *
 * @returns what of it is not the default; undefined where nothing is
 * @throws TypeError or RangeError
 */
export function checkMetadata(metadata: unknown): FrameMetadata | undefined {
  if (typeof metadata !== "object" || metadata === null) {
    throw new TypeError(`publish: expected { pixel_ratio, color }, got ${describeValue(metadata)}`);
  }
  const { pixel_ratio, color } = metadata as Readonly<Record<string, unknown>>;
  const isRatio = typeof pixel_ratio === "number" && pixel_ratio >= 0.01 && pixel_ratio <= 100;
  if (pixel_ratio !== undefined && !isRatio) {
    throw new RangeError(
      `pixel_ratio: expected a number from 0.01 to 100, got ${describeValue(pixel_ratio)}`,
    );
  }
  const checked = {
    ...(isRatio && pixel_ratio !== 1 ? { pixel_ratio } : {}),
    ...(color === undefined || color === null ? {} : { color: colorOf(color) }),
  };
  return Object.keys(checked).length === 0 ? undefined : checked;
}

function colorOf(color: unknown): NonNullable<FrameMetadata["color"]> {
  try {
    return checkColor(color);
  } catch (error) {
    throw new TypeError(errorMessage(error));
  }
}
