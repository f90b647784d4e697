/** Texts in which not everything is allowed, and texts that may be given as something else. */
import { isCssColor } from "./cssColor";
import { checked, string, type Trait } from "./traits";

/**
 * A format of numbers in the syntax of d3-format, which the frontend uses: fill and alignment,
 * sign, symbol, zeros, width, commas, precision, type.
 */
const NUMBER_FORMAT = /^(?:.?[<>=^])?[+\-( ]?[$#]?0?\d*,?(?:\.\d+)?~?[efgrs%pbodxXc]?$/;

/** A color in CSS. */
export function color(initial: string): Trait<string> {
  return checked(initial, {
    expected: 'a CSS color such as "tomato", "#f80" or "rgb(255, 128, 0)"',
    type: "string",
    accepts: (value): value is string => typeof value === "string" && isCssColor(value),
  });
}

/** A format of numbers, such as ".2f". */
export function numberFormat(initial: string): Trait<string> {
  return checked(initial, {
    expected: 'a format of numbers such as "d", ".2f" or ",.3s"',
    type: "string",
    accepts: (value): value is string => typeof value === "string" && NUMBER_FORMAT.test(value),
  });
}

/** A string. A number becomes its text. */
export function text(initial: string): Trait<string> {
  return {
    ...string(initial),
    fromUser: (value) => (typeof value === "number" ? String(value) : value),
  };
}

/** A string that the widget's text form doesn't show. */
export function secret(initial: string): Trait<string> {
  return { ...string(initial), isSecret: true };
}
