/** Traits from the fields of a user's class: the first value decides what a field accepts. */
import * as checks from "../protocol/checks";
import { DETACHED, isDetached } from "../protocol/detached";
import { describeValue, errorMessage } from "../protocol/errors";
import { isBinary, isRecord, toBytes } from "./bufferPaths";
import { copyValue, isPlain, trait, wrongType } from "./traits";
import type { AnyTrait } from "./widgetClass";
import { isReference } from "./widgetHooks";

type Binary = ArrayBuffer | ArrayBufferView;

/** A class of typed arrays. */
interface TypedArrayClass {
  new (buffer: ArrayBuffer): ArrayBufferView;
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
}

/** The end of an error about a value of another type than the first. */
function firstValueHint(first: unknown): string {
  return `; the field started as ${describeValue(first)}, and takes any JSON if it starts as null`;
}

const PRIMITIVES: Readonly<Partial<Record<string, checks.Check<unknown>>>> = {
  number: checks.number(),
  string: checks.string(),
  boolean: checks.boolean,
};

/**
 * Returns a trait for a field: it accepts values of the first one's type, and anything made of
 * JSON, bytes and widgets if the first is null.
 *
 * @param name - of the class and the field, for errors
 * @throws TypeError or RangeError when the value can't be sent
 */
export function fieldTrait(value: unknown, name: string): AnyTrait {
  const primitive = PRIMITIVES[typeof value];
  if (primitive !== undefined) {
    checks.checkValue(name, value, primitive);
    return ofType(value, primitive.expected, (given) => typeof given === typeof value, primitive);
  }
  if (isBinary(value)) return binaryTrait(value, name);
  if (isReference(value)) return ofType(value, "a widget", isReference);
  const copy = copyOf(value, name);
  if (copy === null) return ofType(null, "", () => true);
  if (Array.isArray(copy)) return ofType(copy, "an array", Array.isArray);
  return ofType(copy, "an object", (given) => isRecord(given) && isPlain(given));
}

/** @throws TypeError that says where else to keep what can't be sent */
function copyOf(value: unknown, name: string): unknown {
  try {
    return copyValue(value, name);
  } catch (error) {
    const own = name.slice(name.lastIndexOf(".") + 1);
    throw new TypeError(`${errorMessage(error)}; a field #${own} stays in the kernel`);
  }
}

function ofType(
  initial: unknown,
  expected: string,
  isOfType: (value: unknown) => boolean,
  check?: checks.Check<unknown>,
): AnyTrait {
  const accept = (value: unknown, name: string): unknown => {
    if (!isOfType(value)) throw wrongType(name, expected, value, firstValueHint(initial));
    return check === undefined ? copyValue(value, name) : checks.checkValue(name, value, check);
  };
  return trait(() => initial, accept, {}, check === undefined);
}

/**
 * Binary data of the first value's class. Pages send bytes, which become that class. The data isn't
 * copied, so it must not change afterwards.
 */
function binaryTrait(initial: Binary, field: string): AnyTrait {
  // A Node Buffer is a Uint8Array, and its constructor makes no array of bytes.
  const isBytes = initial instanceof Uint8Array;
  const Kind = (isBytes ? Uint8Array : initial.constructor) as TypedArrayClass;
  const check = (value: unknown, name: string): Binary => {
    if (!isBinary(value) || !(value instanceof Kind)) {
      throw wrongType(name, `a ${Kind.name}`, value, firstValueHint(initial));
    }
    if (isDetached(value)) throw new TypeError(`${name}: expected a ${Kind.name}, got ${DETACHED}`);
    return value;
  };
  const first = check(initial, field);
  return {
    ...trait<unknown>(() => first, check),
    fromJson: (value, name) => (isBinary(value) ? fromBytes(toBytes(value), Kind, name) : value),
  };
}

function fromBytes(bytes: Uint8Array, Kind: TypedArrayClass, name: string): Binary {
  const { buffer, byteOffset, byteLength } = bytes;
  // The other classes' constructors aren't those of typed arrays.
  const kind: unknown = Kind;
  if (kind === Uint8Array) return bytes;
  if (kind === DataView) return new DataView(buffer, byteOffset, byteLength);
  if (byteLength % (Kind.BYTES_PER_ELEMENT ?? 1) !== 0) {
    const size = Kind.BYTES_PER_ELEMENT;
    throw new RangeError(
      `${name}: expected a multiple of ${size} bytes for a ${Kind.name}, got ${byteLength}`,
    );
  }
  // A message's bytes may begin anywhere in their buffer.
  const copy = bytes.slice().buffer;
  return kind === ArrayBuffer ? copy : new Kind(copy);
}
