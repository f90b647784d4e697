import { describeValue } from "../../protocol/errors";
import { isTime, millisecondsOf, timeText } from "../dateTraits";
import type { Rule } from "../rules";

/** The least and the greatest value: numbers, dates or times. null is no bound. */
export interface Bounds {
  readonly min: unknown;
  readonly max: unknown;
}

/** Returns the number that orders values; undefined for null. */
function rank(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (value instanceof Date) return value.getTime();
  return isTime(value) ? millisecondsOf(value) : undefined;
}

function isAbove(a: unknown, b: unknown): boolean {
  const [left, right] = [rank(a), rank(b)];
  return left !== undefined && right !== undefined && left > right;
}

/** Returns the value, or the bound that it is beyond. */
export function clamp<T>(value: T, { min, max }: Bounds): T {
  // A bound has the type of the values that it bounds.
  if (isAbove(min, value)) return min as T;
  return isAbove(value, max) ? (max as T) : value;
}

/** The rule for one of two bounds: it isn't beyond the other one. */
export function bound(which: "min" | "max"): Rule {
  const [other, expected] = which === "min" ? ["max", "at most"] : ["min", "at least"];
  return {
    keep: (value, read, name) => {
      const limit = read(other);
      if (which === "min" ? !isAbove(value, limit) : !isAbove(limit, value)) return value;
      const limits = `expected ${expected} ${other} (${textOf(limit)})`;
      throw new RangeError(`${name}: ${limits}, got ${textOf(value)}`);
    },
  };
}

function textOf(value: unknown): string {
  return isTime(value) ? timeText(value) : describeValue(value);
}
