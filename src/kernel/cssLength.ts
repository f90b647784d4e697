import { matching } from "../protocol/checks";
import { checked, type Trait } from "../widgets";

const UNITS =
  "px|em|rem|ex|rex|ch|rch|cap|ic|lh|rlh|[sld]?v(?:w|h|i|b|min|max)|cq(?:w|h|i|b|min|max)|cm|mm|q|in|pt|pc|%";

/**
 * What `width` and `height` may be, except keywords that depend on a parent's style. What is
 * inside a function's parentheses isn't checked.
 *
 * @see https://www.w3.org/TR/css-values-4/
 */
const CSS_LENGTH = new RegExp(
  `^\\s*(?:\\+?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?(?:${UNITS})|0|auto|(?:min|max|fit)-content|(?:calc|min|max|clamp|round|var|env|fit-content)\\(.+\\))\\s*$`,
  "iu",
);

const EXPECTED = 'a CSS length, such as "600px", "100%" or 600 for pixels';

/** A trait that holds a CSS length. A number, also as a string, means pixels. */
export function cssLength(initial: string): Trait<string> {
  return {
    ...checked(initial, matching(CSS_LENGTH, EXPECTED)),
    fromUser: (value) => (isPixels(value) ? `${String(value).trim()}px` : value),
  };
}

/** Infinity and NaN are left to the check. */
function isPixels(value: unknown): value is number | string {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0;
  return typeof value === "string" && /^\s*\d+(?:\.\d+)?\s*$/.test(value);
}
