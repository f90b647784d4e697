/**
 * What a value from outside must be: a field of a message, an option, a trait, an argument of the
 * command line.
 *
 * A {@link Check} decides and describes. The caller throws its own class of error: `ProtocolError`
 * for a message, `TypeError` or `RangeError` for an option ({@link checkValue}), `UsageError` on
 * the command line. All of them say "NAME: expected ..., got ..." ({@link mismatch}).
 */
import { describeValue } from "./errors";
import { didYouMean } from "./similarName";

/** What an error says about a value that was expected. */
export interface Expected {
  /** Completes "expected ...": "an integer from 1 to 100". */
  readonly expected: string;
  /** Whether an error must not show the value, because it is a secret. @defaultValue false */
  readonly isSecret?: boolean;
}

/** What a value must be. Make each once, not for every message. */
export interface Check<T> extends Expected {
  /** A value of another type is a TypeError, one that is wrong in itself a RangeError. */
  readonly type: ValueType;
  readonly accepts: (value: unknown) => value is T;
}

/** As `typeof`, but null and arrays have types of their own. */
type ValueType = "string" | "number" | "boolean" | "function" | "object" | "array" | "null";

/**
 * A finite number from `min` to `max`, both included.
 *
 * @param unit - in the plural, for the error
 */
export function number(min = -Infinity, max = Infinity, unit?: string): Check<number> {
  const isBounded = Number.isFinite(min) && Number.isFinite(max);
  const what = `${isBounded ? "a number" : "a finite number"}${ofUnit(unit)}`;
  return {
    expected: what + rangeText(min, max),
    type: "number",
    accepts: (value): value is number => isNumber(value, min, max),
  };
}

/** A finite number above 0 and up to `max`. @param unit - in the plural, for the error */
export function positive(max = Infinity, unit?: string): Check<number> {
  const limit = Number.isFinite(max) ? ` and up to ${max}` : "";
  return {
    expected: `a number${ofUnit(unit)} above 0${limit}`,
    type: "number",
    accepts: (value): value is number => isNumber(value, 0, max) && value > 0,
  };
}

/** A safe integer from `min` to `max`, both included. */
export function integer(min = -Infinity, max = Infinity): Check<number> {
  return {
    expected: `an integer${rangeText(min, max)}`,
    type: "number",
    accepts: (value): value is number => isInteger(value, min, max),
  };
}

/**
 * A string.
 *
 * @param minLength - 0, or 1 for one that isn't empty
 * @param maxLength - in UTF-16 units
 */
export function string(minLength: 0 | 1 = 0, maxLength = Infinity): Check<string> {
  const what = minLength === 0 ? "a string" : "a non-empty string";
  const limit = Number.isFinite(maxLength) ? ` of at most ${maxLength} characters` : "";
  return {
    expected: what + limit,
    type: "string",
    accepts: (value): value is string =>
      typeof value === "string" && value.length >= minLength && value.length <= maxLength,
  };
}

/** A string that matches a pattern. @param expected - what such a string is, for the error */
export function matching(pattern: RegExp, expected: string): Check<string> {
  return {
    expected,
    type: "string",
    accepts: (value): value is string => typeof value === "string" && pattern.test(value),
  };
}

/** One of some strings. */
export function oneOf<Choice extends string>(choices: readonly Choice[]): Check<Choice> {
  const quoted = choices.map((choice) => JSON.stringify(choice)).join(", ");
  return {
    expected: choices.length === 1 ? quoted : `one of ${quoted}`,
    type: "string",
    accepts: (value): value is Choice => choices.includes(value as Choice),
  };
}

/** `true` or `false`. */
export const boolean: Check<boolean> = {
  expected: "true or false",
  type: "boolean",
  accepts: (value) => typeof value === "boolean",
};

/** A function, whatever its parameters. */
export const callable: Check<(...args: never[]) => unknown> = {
  expected: "a function",
  type: "function",
  accepts: (value): value is (...args: never[]) => unknown => typeof value === "function",
};

/** An object, see {@link isObject}. */
export const object: Check<Readonly<Record<string, unknown>>> = {
  expected: "an object",
  type: "object",
  accepts: isObject,
};

/** What another check accepts, or null. */
export function nullable<T>(check: Check<T>): Check<T | null> {
  return {
    ...check,
    expected: `${check.expected}, or null`,
    accepts: (value): value is T | null => value === null || check.accepts(value),
  };
}

/** Whether a value is an object that is neither null nor an array. Its fields are unknown. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeOf(value) === "object";
}

/** Whether a value is a finite number from `min` to `max`. */
function isNumber(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= min && value <= max;
}

/**
 * Whether a value is a safe integer from `min` to `max`: {@link integer} for limits that a message
 * sets.
 */
export function isInteger(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max;
}

/** The text of an error about a value: "NAME: expected ..., got ...". */
export function mismatch(name: string, expected: Expected, value: unknown): string {
  const got = expected.isSecret === true ? describeSecret(value) : describeValue(value);
  return `${name}: expected ${expected.expected}, got ${got}`;
}

function describeSecret(value: unknown): string {
  return typeof value === "string"
    ? `a string of length ${value.length}`
    : `a value of type ${typeof value}`;
}

/**
 * Returns a value that a check accepts.
 *
 * @param name - names the value in the error
 * @throws TypeError for a value of another type
 * @throws RangeError for another value of the right type
 */
export function checkValue<T>(name: string, value: unknown, check: Check<T>): T {
  if (check.accepts(value)) return value;
  const text = mismatch(name, check, value);
  throw typeOf(value) === check.type ? new RangeError(text) : new TypeError(text);
}

/** A check for each option. */
export type Checks<Options> = { readonly [Name in keyof Options]-?: Check<unknown> };

/** Options without those that are undefined. */
export type Given<Options> = {
  readonly [Name in keyof Options]?: Exclude<Options[Name], undefined>;
};

/**
 * Checks an object of options. One that is undefined counts as not given.
 *
 * @throws TypeError when it isn't an object, for an unknown option, or for a value of another type
 * @throws RangeError for another value of the right type
 */
export function checkOptions<Options extends object>(
  options: unknown,
  checks: Checks<Options>,
): Given<Options> {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(checkValue("options", options, object))) {
    if (!Object.hasOwn(checks, name)) {
      const known = Object.keys(checks);
      const text = mismatch("options", { expected: `one of ${known.join(", ")}` }, name);
      throw new TypeError(text + didYouMean(name, known));
    }
    const check = (checks as Readonly<Record<string, Check<unknown>>>)[name];
    if (value !== undefined && check !== undefined) given[name] = checkValue(name, value, check);
  }
  return given as Given<Options>;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function ofUnit(unit: string | undefined): string {
  return unit === undefined ? "" : ` of ${unit}`;
}

function rangeText(min: number, max: number): string {
  if (Number.isFinite(min) && Number.isFinite(max)) return ` from ${min} to ${max}`;
  if (Number.isFinite(min)) return ` >= ${min}`;
  return Number.isFinite(max) ? ` <= ${max}` : "";
}
