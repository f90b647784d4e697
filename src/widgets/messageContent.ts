/**
 * What a custom message may hold. JSON.stringify() would silently leave out a function, or make
 * `{}` of a Map and of bytes.
 */
import * as checks from "../protocol/checks";
import { isBinary, toBytes } from "./bufferPaths";
import { attached, CYCLE, isPlain, wrongType } from "./traits";
import { isReference } from "./widgetHooks";

const EXPECTED = "JSON";
const FINITE_NUMBER = checks.number();

/**
 * Checks the content of a message: JSON, and objects that have toJSON(), such as a Date.
 *
 * @throws TypeError or RangeError for anything else; the message says where it is.
 */
export function checkContent(content: unknown): void {
  checkAt(content, "content", []);
}

/** @param parents - The objects that the value is in. */
function checkAt(value: unknown, name: string, parents: readonly object[]): void {
  if (value === null || isScalar(value)) return;
  if (typeof value === "number") return void checks.checkValue(name, value, FINITE_NUMBER);
  if (isBinary(value)) {
    throw wrongType(name, EXPECTED, value, "; pass binary data in an array as the second argument");
  }
  if (typeof value === "bigint" && hasToJson(value)) return checkAt(value.toJSON(), name, parents);
  if (typeof value !== "object" || isReference(value)) throw wrongType(name, EXPECTED, value);
  if (parents.includes(value)) throw new RangeError(`${name}: expected ${EXPECTED}, got ${CYCLE}`);
  const inside = [...parents, value];
  if (hasToJson(value)) {
    const json = value.toJSON();
    // JSON.stringify() doesn't call the toJSON() of what this returns.
    if (json !== value) return checkAt(json, name, inside);
  }
  if (Array.isArray(value)) {
    // Unlike forEach(), it visits the holes of a sparse array.
    for (const [index, item] of value.entries()) {
      // Frames have long lists of numbers: their names would take longer than the check.
      if (!isScalar(item)) checkAt(item, `${name}[${index}]`, inside);
    }
  } else if (isPlain(value)) {
    for (const [key, item] of Object.entries(value)) {
      // JSON leaves out a key whose value is undefined.
      if (item !== undefined) checkAt(item, `${name}.${key}`, inside);
    }
  } else throw wrongType(name, EXPECTED, value);
}

/** Whether a value is JSON and holds no other. */
function isScalar(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return value === null || typeof value === "string" || typeof value === "boolean";
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  // Programs often give BigInt.prototype a toJSON().
  const isCandidate = typeof value === "object" || typeof value === "bigint";
  return isCandidate && typeof (value as { toJSON?: unknown }).toJSON === "function";
}

/** Returns the buffers of a message as bytes. @throws TypeError when they aren't binary */
export function messageBuffers(buffers: unknown): readonly Uint8Array[] {
  if (!Array.isArray(buffers)) throw wrongType("buffers", "an array of binary data", buffers);
  return buffers.map((buffer: unknown, index) => {
    const name = `buffers[${index}]`;
    if (!isBinary(buffer)) throw wrongType(name, "a Uint8Array", buffer);
    return toBytes(attached(buffer, name));
  });
}
