import { isDetached } from "../protocol/detached";
import { isBinary, toBytes } from "./bufferPaths";
import { widgetRuntime } from "./runtime";
import { isReference } from "./widgetHooks";

/**
 * Whether two values are the same to a frontend: equal JSON, equal bytes, equal dates, the same
 * widgets.
 */
export function equalValues(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (isReference(a) || isReference(b)) return false;
  if (isBinary(a) || isBinary(b)) {
    if (!isBinary(a) || !isBinary(b) || isDetached(a) || isDetached(b)) return false;
    return widgetRuntime().equalBytes(toBytes(a), toBytes(b));
  }
  if (a instanceof Date || b instanceof Date) {
    return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
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
