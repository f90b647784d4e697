import * as checks from "../protocol/checks";
import { DETACHED, isDetached } from "../protocol/detached";
import { describeValue, errorMessage } from "../protocol/errors";
import { isBinary, isRecord, setOwn, toBytes } from "./bufferPaths";
import type { Rule } from "./rules";
import { isReference } from "./widgetHooks";

/** How a trait is synchronised. */
export interface TraitSettings {
  /**
   * Whether frontends get it.
   * @defaultValue true
   */
  readonly sync?: boolean;
  /**
   * Whether a frontend's change is forwarded to all frontends with echo_update.
   * @defaultValue true
   */
  readonly echo?: boolean;
}

/** One typed attribute of a widget: its default, and the check of each value that is set. */
export interface Trait<T> {
  /** Creates the default. Called when a widget first needs the value. */
  readonly initial: () => T;
  /**
   * Checks a value from the user or a frontend. Returns the value to keep.
   *
   * @throws TypeError or RangeError that names the trait, what was expected and what was found.
   */
  readonly check: (value: unknown, name: string) => T;
  /**
   * Converts a short form, such as a layout's attributes, into what `check` accepts. Only users may
   * write it.
   */
  readonly fromUser?: (value: unknown, name: string) => unknown;
  /** Converts what a frontend sends into what `check` accepts. Default: it is the same. */
  readonly fromJson?: (value: unknown, name: string) => unknown;
  /** Converts the value into what frontends get. Default: it is the same. */
  toJson?(value: T): unknown;
  /** Whether the widget's text form leaves it out. */
  readonly isSecret?: boolean;
  /** What the values of other traits require of this one. */
  readonly rule?: Rule;
  readonly sync: boolean;
  readonly echo: boolean;
  /** Whether the value is fixed, because it identifies the model. */
  readonly constant: boolean;
  /** Whether strings that refer to models, from a frontend, stand for widgets. */
  readonly references: boolean;
}

/** The traits of a class, by name. */
export type TraitTable<T> = { readonly [Name in keyof T]: Trait<T[Name]> };

/** Deepest nesting of a value: far more than any widget needs. */
const MAX_DEPTH = 64;

/** What {@link copyValue} accepts. */
const JSON_VALUE = "JSON, bytes or a widget";

/** What an error calls an object or array that is its own part. */
export const CYCLE = "an object that contains itself";

const FINITE_NUMBER = checks.number();

/** Creates a trait from its default and its check. */
export function trait<T>(
  initial: () => T,
  check: (value: unknown, name: string) => T,
  settings: TraitSettings = {},
  references = false,
): Trait<T> {
  const { sync = true, echo = true } = settings;
  return { initial, check, sync, echo, constant: false, references };
}

/** A trait of values that are immutable, so that they need no copy. */
export function checked<T>(initial: T, check: checks.Check<T>, settings?: TraitSettings): Trait<T> {
  return trait(
    () => initial,
    (value, name) => checks.checkValue(name, value, check),
    settings,
  );
}

/** @throws TypeError when the memory of binary data is gone */
export function attached<Data extends ArrayBuffer | ArrayBufferView>(
  data: Data,
  name: string,
): Data {
  if (!isDetached(data)) return data;
  throw new TypeError(`${name}: expected a Uint8Array, got ${DETACHED}`);
}

/** @param hint - What else to know, at the end of the error's text. */
export function wrongType(name: string, expected: string, value: unknown, hint = ""): TypeError {
  return new TypeError(checks.mismatch(name, { expected }, value) + hint);
}

/** A string. */
export function string(initial: string, settings?: TraitSettings): Trait<string> {
  return checked(initial, checks.string(), settings);
}

/** One of the given strings. */
export function oneOf<T extends string>(
  values: readonly T[],
  initial: T,
  settings?: TraitSettings,
): Trait<T> {
  return checked(initial, checks.oneOf(values), settings);
}

/** true or false. */
export function boolean(initial: boolean, settings?: TraitSettings): Trait<boolean> {
  return checked(initial, checks.boolean, settings);
}

/** Limits of a number, both inclusive. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

/** An integer between -(2^53 - 1) and 2^53 - 1. */
export function integer(
  initial: number,
  settings: TraitSettings & NumberRange = {},
): Trait<number> {
  return checked(initial, checks.integer(settings.min, settings.max), settings);
}

/** A finite number: JSON can represent no other. */
export function number(initial: number, settings: TraitSettings & NumberRange = {}): Trait<number> {
  return checked(initial, checks.number(settings.min, settings.max), settings);
}

/**
 * Bytes, from an ArrayBuffer, a DataView or a typed array. They aren't copied, so they must not
 * change afterwards.
 */
export function bytes(settings?: TraitSettings): Trait<Uint8Array> {
  const check = (value: unknown, name: string): Uint8Array => {
    if (!isBinary(value)) throw wrongType(name, "a Uint8Array", value);
    return toBytes(attached(value, name));
  };
  return trait(() => new Uint8Array(), check, settings);
}

/** What another trait accepts, or null. */
export function nullable<T>(of: Trait<T>, initial: T | null = null): Trait<T | null> {
  return {
    ...of,
    initial: () => initial,
    check: (value, name) => {
      if (value === null) return null;
      try {
        return of.check(value, name);
      } catch (error) {
        // An error about a part of the value, as "value.year: ...", says nothing about null.
        if (error instanceof TypeError && error.message.startsWith(`${name}: `)) {
          throw new TypeError(error.message.replace(", got ", " or null, got "));
        }
        throw error;
      }
    },
    fromJson: (value, name) => (value === null ? null : (of.fromJson?.(value, name) ?? value)),
    toJson: (value) => (value === null || of.toJson === undefined ? value : of.toJson(value)),
  };
}

/** A trait that pages get, but can't change. */
export function fromKernelOnly<T>(of: Trait<T>): Trait<T> {
  return {
    ...of,
    echo: false,
    fromJson: (value, name) => {
      throw wrongType(name, "only the kernel to set it", value);
    },
  };
}

/** What either of two traits accepts. The default is that of the first. */
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
          throw error instanceof RangeError
            ? error
            : new TypeError([error, otherError].map(errorMessage).join("; or "));
        }
      }
    },
  };
}

/** An array of items that the given trait accepts. The value is a frozen copy. */
export function list<T>(
  of: Trait<T>,
  initial: readonly T[] = [],
  settings?: TraitSettings,
): Trait<readonly T[]> {
  const check = (value: unknown, name: string): readonly T[] => {
    if (!Array.isArray(value)) throw wrongType(name, "an array", value);
    const items: readonly unknown[] = value;
    // Unlike map(), Array.from() visits the holes of a sparse array, so that they are checked too.
    return Object.freeze(Array.from(items, (item, index) => of.check(item, `${name}[${index}]`)));
  };
  return trait(() => Object.freeze([...initial]), check, settings, of.references);
}

/** Anything made of JSON, binary values and widgets. Arrays and objects are frozen copies. */
export function anything(initial: unknown = null, settings?: TraitSettings): Trait<unknown> {
  return trait(() => initial, copyValue, settings, true);
}

/** An object made of JSON, binary values and widgets. The value is a frozen copy. */
export function dict(settings?: TraitSettings): Trait<Readonly<Record<string, unknown>>> {
  const check = (value: unknown, name: string): Readonly<Record<string, unknown>> => {
    const copy = copyValue(value, name);
    if (!isRecord(copy) || isReference(copy)) throw wrongType(name, "an object", value);
    return copy;
  };
  return trait(() => Object.freeze({}), check, settings, true);
}

/** A fixed value, sent with the state, that identifies the model. */
export function constant(value: string | null): Trait<string | null> {
  const check = (given: unknown, name: string): string | null => {
    if (given === value) return value;
    throw wrongType(name, describeValue(value), given);
  };
  return { ...trait(() => value, check), constant: true };
}

/**
 * Returns a frozen copy of a value made of JSON, binary values and widgets. Binary values and
 * widgets themselves aren't copied.
 *
 * @throws TypeError or RangeError for anything else; the message says where it is.
 */
export function copyValue(value: unknown, name: string): unknown {
  return copyAt(value, name, []);
}

/** @param parents - The objects that the value is in. */
function copyAt(value: unknown, name: string, parents: readonly unknown[]): unknown {
  if (parents.length > MAX_DEPTH) {
    throw new RangeError(`${name}: expected at most ${MAX_DEPTH} levels, got more`);
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    return checks.checkValue(name, value, FINITE_NUMBER);
  }
  if (isBinary(value)) return attached(value, name);
  if (isReference(value)) return value;
  if (parents.includes(value))
    throw new RangeError(`${name}: expected ${JSON_VALUE}, got ${CYCLE}`);
  const inside = [...parents, value];
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return Object.freeze(
      Array.from(items, (item, index) => copyAt(item, `${name}[${index}]`, inside)),
    );
  }
  if (isRecord(value) && isPlain(value)) {
    const copy: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      // As in JSON, a key whose value is undefined is left out.
      if (item !== undefined) setOwn(copy, key, copyAt(item, `${name}.${key}`, inside));
    }
    return Object.freeze(copy);
  }
  throw wrongType(name, JSON_VALUE, value);
}

/**
 * Whether a value is an object literal of any realm, or has no prototype. A Map, a Date or a
 * class's instance is neither.
 */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
