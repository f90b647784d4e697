import { checkValue, isObject, mismatch, object } from "../protocol/checks";
import {
  COLOR_CHECKS,
  PIXEL_RATIO,
  type ColorDescriptor,
  type FrameMetadata,
} from "../protocol/frameMetadata";

/**
 * Checks what a publisher says about a frame.
 *
 * @returns what isn't the default; undefined when all of it is
 * @throws TypeError for a value of another type
 * @throws RangeError for another value of the right type
 */
export function checkMetadata(metadata: unknown): FrameMetadata | undefined {
  if (!isObject(metadata)) {
    const expected = "{ pixel_ratio, color }";
    throw new TypeError(mismatch("publish", { expected }, metadata));
  }
  const { pixel_ratio = 1, color } = metadata;
  const ratio = checkValue("pixel_ratio", pixel_ratio, PIXEL_RATIO);
  const checked = {
    ...(ratio === 1 ? {} : { pixel_ratio: ratio }),
    ...(color === undefined || color === null ? {} : { color: checkColor(color) }),
  };
  return Object.keys(checked).length === 0 ? undefined : checked;
}

function checkColor(value: unknown): ColorDescriptor {
  const color = checkValue("color", value, object);
  const checked: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(COLOR_CHECKS)) {
    const part = color[name] ?? undefined;
    if (part !== undefined) checked[name] = checkValue<unknown>(`color.${name}`, part, check);
  }
  return checked;
}
