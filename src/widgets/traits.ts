import { describeValue } from "../protocol/errors";
import { isBinary, isRecord, setOwn, toBytes } from "./bufferPaths";

/** Marks what travels as a reference to another widget's model. Widget carries it; traits need not know Widget. */
export const REFERENCE: unique symbol = Symbol("jupyter-rfb-ts.reference");

/** Whether a value is a widget, and so travels as a reference. */
export function isReference(value: unknown): value is object & { readonly [REFERENCE]: true } {
  return typeof value === "object" && value !== null && REFERENCE in value;
}

/** How a trait behaves, next to what values it takes. */
export interface TraitSettings {
  /**
   * Whether the frontends see it.
   * @defaultValue true
   */
  readonly sync?: boolean;
  /**
   * Whether a frontend's change is sent on to all frontends with echo_update.
   * @defaultValue true
   */
  readonly echo?: boolean;
}

/** One typed attribute of a widget: its default, and the check of every value that it is given. */
export interface Trait<T> {
  /** Makes the first value. Called once for a widget, when the value is first needed. */
  readonly initial: () => T;
  /**
   * Gives the value to keep for one that was set by the user or came from a frontend.
   * @throws TypeError or RangeError naming the trait, what was expected and what came.
   */
  readonly check: (value: unknown, name: string) => T;
  /** Turns a short form that only the user may write, such as a layout's attributes, into what `check` takes. */
  readonly fromUser?: (value: unknown) => unknown;
  readonly sync: boolean;
  readonly echo: boolean;
  /** Whether nobody can set it: it says what the model is. */
  readonly constant: boolean;
  /** Whether "IPY_MODEL_..." strings in what a frontend sends stand for widgets. */
  readonly references: boolean;
}

/** The traits of a class: a Trait for each name. */
export type TraitTable<T> = { readonly [Name in keyof T]: Trait<T[Name]> };

/** A calendar day as ipywidgets sends it. */
export interface DateValue {
  readonly year: number;
  /** 0 for January, as in JavaScript. */
  readonly month: number;
  /** Day of the month, from 1. */
  readonly date: number;
}

/** A time of day as ipywidgets sends it. */
export interface TimeValue {
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
}

/** A day and a time as ipywidgets sends them: in UTC for Datetime, in no time zone for NaiveDatetime. */
export type DatetimeValue = DateValue & TimeValue;

/** Deepest nesting of a value: far more than any widget needs, and it ends a value that holds itself. */
const MAX_DEPTH = 64;

/** Makes a trait from its default and its check. */
export function trait<T>(
  initial: () => T,
  check: (value: unknown, name: string) => T,
  settings: TraitSettings = {},
  references = false,
): Trait<T> {
  const { sync = true, echo = true } = settings;
  return { initial, check, sync, echo, constant: false, references };
}

function wrongType(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${name}: expected ${expected}, got ${describeValue(value)}`);
}

/** A string. */
export function string(initial: string, settings?: TraitSettings): Trait<string> {
  const check = (value: unknown, name: string): string => {
    if (typeof value !== "string") throw wrongType(name, "a string", value);
    return value;
  };
  return trait(() => initial, check, settings);
}

/** One of the given strings. */
export function oneOf<T extends string>(
  values: readonly T[],
  initial: T,
  settings?: TraitSettings,
): Trait<T> {
  const expected = `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`;
  const check = (value: unknown, name: string): T => {
    const found = values.find((known) => known === value);
    if (found !== undefined) return found;
    if (typeof value !== "string") throw wrongType(name, expected, value);
    throw new RangeError(`${name}: expected ${expected}, got ${describeValue(value)}`);
  };
  return trait(() => initial, check, settings);
}

/** true or false. */
export function boolean(initial: boolean, settings?: TraitSettings): Trait<boolean> {
  const check = (value: unknown, name: string): boolean => {
    if (typeof value !== "boolean") throw wrongType(name, "true or false", value);
    return value;
  };
  return trait(() => initial, check, settings);
}

/** Limits of a number, both included. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

function numeric(
  what: string,
  fits: (value: number) => boolean,
  initial: number,
  settings: TraitSettings & NumberRange,
): Trait<number> {
  const { min = -Infinity, max = Infinity } = settings;
  let expected = what;
  if (Number.isFinite(min) && Number.isFinite(max)) expected += ` from ${min} to ${max}`;
  else if (Number.isFinite(min)) expected += ` >= ${min}`;
  else if (Number.isFinite(max)) expected += ` <= ${max}`;
  const check = (value: unknown, name: string): number => {
    if (typeof value !== "number") throw wrongType(name, expected, value);
    if (!fits(value) || value < min || value > max) {
      throw new RangeError(`${name}: expected ${expected}, got ${value}`);
    }
    return value;
  };
  return trait(() => initial, check, settings);
}

/** A whole number, of at most 2^53 - 1. */
export function integer(
  initial: number,
  settings: TraitSettings & NumberRange = {},
): Trait<number> {
  return numeric("an integer", Number.isSafeInteger, initial, settings);
}

/** A finite number: JSON knows no other. */
export function number(initial: number, settings: TraitSettings & NumberRange = {}): Trait<number> {
  return numeric("a finite number", Number.isFinite, initial, settings);
}

/** Bytes. An ArrayBuffer, DataView or typed array given is seen as its bytes, not copied: it must not be changed afterwards. */
export function bytes(settings?: TraitSettings): Trait<Uint8Array> {
  const check = (value: unknown, name: string): Uint8Array => {
    if (!isBinary(value)) throw wrongType(name, "a Uint8Array", value);
    return toBytes(value);
  };
  return trait(() => new Uint8Array(), check, settings);
}

/** What another trait takes, or null. */
export function nullable<T>(of: Trait<T>, initial: T | null = null): Trait<T | null> {
  return {
    ...of,
    initial: () => initial,
    check: (value, name) => {
      if (value === null) return null;
      try {
        return of.check(value, name);
      } catch (error) {
        if (error instanceof TypeError) {
          throw new TypeError(error.message.replace(", got ", " or null, got "));
        }
        throw error;
      }
    },
  };
}

/** What one of two traits takes; the first gives the default. */
export function either<A, B>(first: Trait<A>, second: Trait<B>): Trait<A | B> {
  return {
    ...first,
    check: (value, name) => {
      try {
        return first.check(value, name);
      } catch (error) {
        try {
          return second.check(value, name);
        } catch (otherError) {
          const reasons = [error, otherError].map((e) => (e instanceof Error ? e.message : ""));
          throw error instanceof RangeError ? error : new TypeError(reasons.join("; or "));
        }
      }
    },
  };
}

/** An array whose items the given trait takes. It is kept as a frozen copy. */
export function list<T>(
  of: Trait<T>,
  initial: readonly T[] = [],
  settings?: TraitSettings,
): Trait<readonly T[]> {
  const check = (value: unknown, name: string): readonly T[] => {
    if (!Array.isArray(value)) throw wrongType(name, "an array", value);
    const items: readonly unknown[] = value;
    // Array.from reads the holes of a sparse array as undefined, so that they are checked too.
    return Object.freeze(Array.from(items, (item, index) => of.check(item, `${name}[${index}]`)));
  };
  return trait(() => Object.freeze([...initial]), check, settings, of.references);
}

/** Anything that JSON, buffers and widget references can say. Arrays and objects are kept as frozen copies. */
export function anything(initial: unknown = null, settings?: TraitSettings): Trait<unknown> {
  return trait(() => initial, copyValue, settings, true);
}

/** An object of anything that JSON, buffers and widget references can say. It is kept as a frozen copy. */
export function dict(settings?: TraitSettings): Trait<Readonly<Record<string, unknown>>> {
  const check = (value: unknown, name: string): Readonly<Record<string, unknown>> => {
    const copy = copyValue(value, name);
    if (!isRecord(copy) || isReference(copy)) throw wrongType(name, "an object", value);
    return copy;
  };
  return trait(() => Object.freeze({}), check, settings, true);
}

function fields<T>(names: readonly (keyof T & string)[]): Trait<T> {
  const check = (value: unknown, name: string): T => {
    if (!isRecord(value)) throw wrongType(name, `an object with ${names.join(", ")}`, value);
    const entries = names.map((key) => [
      key,
      integer(0).check(value[key], `${name}.${key}`),
    ]) satisfies [string, number][];
    return Object.freeze(Object.fromEntries(entries)) as T;
  };
  return trait(() => Object.freeze(Object.fromEntries(names.map((key) => [key, 0]))) as T, check);
}

const DATE = ["year", "month", "date"] as const;
const TIME = ["hours", "minutes", "seconds", "milliseconds"] as const;

/** A calendar day. */
export function date(): Trait<DateValue> {
  return fields<DateValue>(DATE);
}

/** A time of day. */
export function time(): Trait<TimeValue> {
  return fields<TimeValue>(TIME);
}

/** A day and a time. */
export function datetime(): Trait<DatetimeValue> {
  return fields<DatetimeValue>([...DATE, ...TIME]);
}

/** Says what the model is: sent with the state, and set by nobody. */
export function constant(value: string | null): Trait<string | null> {
  const check = (given: unknown, name: string): string | null => {
    if (given !== value) throw new TypeError(`${name}: expected ${describeValue(value)} always`);
    return value;
  };
  return { ...trait(() => value, check), constant: true };
}

/**
 * A frozen copy of a value that JSON, buffers and widget references can say. Binary values and widgets are kept as they are.
 *
 * @throws TypeError or RangeError for anything else, saying where it is.
 */
export function copyValue(value: unknown, name: string): unknown {
  return copyAt(value, name, 0);
}

function copyAt(value: unknown, name: string, depth: number): unknown {
  if (depth > MAX_DEPTH) {
    throw new RangeError(`${name}: expected at most ${MAX_DEPTH} levels, got more`);
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw new RangeError(`${name}: expected a finite number, got ${value}`);
  }
  if (isBinary(value) || isReference(value)) return value;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return Object.freeze(
      Array.from(items, (item, index) => copyAt(item, `${name}[${index}]`, depth + 1)),
    );
  }
  if (isRecord(value) && isPlain(value)) {
    const copy: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      // As in JSON, a key without a value is not there.
      if (item !== undefined) setOwn(copy, key, copyAt(item, `${name}.${key}`, depth + 1));
    }
    return Object.freeze(copy);
  }
  throw wrongType(name, "JSON, bytes or a widget", value);
}

/** Object literals, of any realm, and objects without a prototype: not a Map, a Date or an instance of a class. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether two values are the same for a frontend: equal JSON, equal bytes, the same widgets. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (isReference(a) || isReference(b)) return false;
  if (isBinary(a) || isBinary(b)) {
    return isBinary(a) && isBinary(b) && Buffer.compare(toBytes(a), toBytes(b)) === 0;
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    const others: readonly unknown[] = b;
    return a.every((item, index) => equalValues(item, others[index]));
  }
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  return left.every(
    ([key, item]) => Object.hasOwn(b, key) && equalValues(item, Reflect.get(b, key)),
  );
}
