/** Reads untrusted objects field by field. */
import { integer, isInteger, isObject, mismatch, object, string } from "./checks";
import type { Check, Expected } from "./checks";
import { ProtocolError } from "./errors";

/**
 * The most entries of a list. No device has more buttons or touches, and no peer has more names to
 * announce.
 */
export const MAX_LIST_LENGTH = 64;

/**
 * UTF-16 units of a key name, a typed text or a reason: more than a key or an input method gives at
 * once.
 */
const MAX_TEXT_LENGTH = 4096;

/** A text that may be empty. */
export const TEXT: Check<string> = string(0, MAX_TEXT_LENGTH);

/** A text that isn't empty. */
export const NON_EMPTY_TEXT: Check<string> = string(1, MAX_TEXT_LENGTH);

/**
 * A name that a peer announces: an ability or a capability. Media types and codec names are
 * shorter.
 */
export const ANNOUNCED_NAME: Check<string> = string(0, 64);

/**
 * The fields of one untrusted object. Inherited fields don't count. A field that is null is
 * missing.
 *
 * Each method throws a {@link ProtocolError} that names the field.
 */
export class Fields {
  readonly #what: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /**
   * @param what - names the object in errors
   * @throws {@link ProtocolError} when it isn't an object
   */
  constructor(what: string, value: unknown) {
    if (!isObject(value)) throw new ProtocolError(mismatch(what, object, value));
    this.#what = what;
    this.#values = value;
  }

  /** Whether the field is there and not null. */
  has(name: string): boolean {
    return (this.value(name) ?? null) !== null;
  }

  /** A field that isn't checked yet; undefined where it is missing. */
  value(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  read<T>(name: string, check: Check<T>): T {
    const value = this.value(name);
    if (check.accepts(value)) return value;
    throw this.error(name, check, value);
  }

  readOr<T>(name: string, check: Check<T>, fallback: T): T {
    return this.has(name) ? this.read(name, check) : fallback;
  }

  /** An object with the field alone, or an empty one where the field is missing. To be spread. */
  optional<Name extends string, T>(name: Name, check: Check<T>): { readonly [Key in Name]?: T } {
    return (this.has(name) ? { [name]: this.read(name, check) } : {}) as { [Key in Name]?: T };
  }

  /** An integer within limits that depend on the message, both included. */
  integer(name: string, min: number, max: number): number {
    const value = this.value(name);
    if (isInteger(value, min, max)) return value;
    throw this.error(name, integer(min, max), value);
  }

  /** An array of `min` to `max` items that each fit. */
  list<T>(name: string, item: Check<T>, max = MAX_LIST_LENGTH, min = 0): T[] {
    const values = this.value(name);
    if (!Array.isArray(values) || values.length < min || values.length > max) {
      const length = min === 0 ? `at most ${max}` : min === max ? max : `${min} to ${max}`;
      throw this.error(name, { expected: `an array of ${length} items` }, values);
    }
    for (let at = 0; at < values.length; at++) {
      if (!item.accepts(values[at])) throw this.error(`${name}[${at}]`, item, values[at]);
    }
    return values as T[];
  }

  /** A field that is an object itself. */
  child(name: string): Fields {
    return new Fields(`${this.#what}.${name}`, this.value(name));
  }

  /** A field that is an array of at most `max` objects. */
  children(name: string, max = MAX_LIST_LENGTH): Fields[] {
    return this.list(name, object, max).map(
      (item, at) => new Fields(`${this.#what}.${name}[${at}]`, item),
    );
  }

  /** The names of all fields, those that are null too. */
  names(): string[] {
    return Object.keys(this.#values);
  }

  /** The error about a field that isn't as expected. */
  error(name: string, expected: Expected, value: unknown): ProtocolError {
    return new ProtocolError(mismatch(`${this.#what}.${name}`, expected, value));
  }
}
