import { isObject } from "../protocol/checks";
import { DETACHED, isDetached } from "../protocol/detached";
import { describeValue, ProtocolError } from "../protocol/errors";

/**
 * Position of a binary value in a state: keys of objects and indexes of arrays, outermost first.
 */
export type BufferPath = readonly (string | number)[];

/** A state without its binary values, ready to be sent as JSON and buffers. */
export interface SeparatedState {
  /** The state. Binary values are absent from its objects, and null in its arrays. */
  readonly state: Record<string, unknown>;
  /** The position of each buffer, in the order of `buffers`. */
  readonly buffer_paths: BufferPath[];
  readonly buffers: Uint8Array[];
}

/**
 * Whether a value is sent as a binary buffer: an ArrayBuffer, a DataView or a typed array (which a
 * Node Buffer is too).
 */
export function isBinary(value: unknown): value is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** Returns the bytes of a binary value, without copying them. */
export function toBytes(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}

/** Whether a value is an object in JSON's sense: neither null, nor an array, nor binary. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !isBinary(value);
}

/** Sets an own property. Unlike an assignment, it works for the key "__proto__" too. */
export function setOwn(target: object, key: string | number, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/**
 * Separates the binary values from a state, as version 2 of the widget messaging protocol requires.
 * Doesn't change the given state. The result shares the parts that hold no binary value.
 *
 * @throws TypeError when the memory of a binary value is gone
 */
export function removeBuffers(state: Readonly<Record<string, unknown>>): SeparatedState {
  const buffer_paths: BufferPath[] = [];
  const buffers: Uint8Array[] = [];
  const separate = (value: unknown, path: BufferPath): unknown => {
    const take = (child: unknown, childPath: BufferPath): unknown => {
      if (!isBinary(child)) return separate(child, childPath);
      if (isDetached(child)) {
        throw new TypeError(`${childPath.join(".")}: expected a Uint8Array, got ${DETACHED}`);
      }
      buffer_paths.push(childPath);
      buffers.push(toBytes(child));
      return null;
    };
    if (Array.isArray(value)) {
      const items: readonly unknown[] = value;
      const result = items.map((item, index) => take(item, [...path, index]));
      return result.some((item, index) => item !== items[index]) ? result : items;
    }
    if (!isRecord(value)) return value;
    const result: Record<string, unknown> = {};
    let changed = false;
    for (const [key, item] of Object.entries(value)) {
      const taken = take(item, [...path, key]);
      if (taken !== item) changed = true;
      if (!isBinary(item)) setOwn(result, key, taken);
    }
    return changed ? result : value;
  };
  return { state: separate(state, []) as Record<string, unknown>, buffer_paths, buffers };
}

/**
 * Puts buffers back into a state: the inverse of removeBuffers.
 *
 * @param state - The state as it arrived. It is changed in place.
 * @param bufferPaths - The paths as they arrived, unchecked. undefined and null mean none.
 * @param buffers - One buffer for each path.
 * @throws ProtocolError when a path leads nowhere, or the numbers of paths and buffers differ.
 */
export function putBuffers(
  state: Record<string, unknown>,
  bufferPaths: unknown,
  buffers: readonly Uint8Array[],
): void {
  const paths: unknown = bufferPaths ?? [];
  if (!Array.isArray(paths)) {
    throw new ProtocolError(`buffer_paths: expected an array, got ${describeValue(paths)}`);
  }
  if (paths.length !== buffers.length) {
    throw new ProtocolError(
      `buffer_paths: expected a path for each of ${buffers.length} buffers, got ${paths.length} paths`,
    );
  }
  buffers.forEach((buffer, index) => putBuffer(state, paths[index], buffer, index));
}

function putBuffer(
  state: Record<string, unknown>,
  path: unknown,
  buffer: Uint8Array,
  index: number,
): void {
  const where = `buffer_paths[${index}]`;
  if (!Array.isArray(path) || path.length === 0) {
    throw new ProtocolError(
      `${where}: expected a path of keys and indexes, got ${describeValue(path)}`,
    );
  }
  let container: unknown = state;
  path.forEach((key: unknown, depth) => {
    const last = depth === path.length - 1;
    if (Array.isArray(container)) {
      if (typeof key !== "number" || !Number.isInteger(key) || key < 0 || key >= container.length) {
        throw new ProtocolError(
          `${where}: expected an index below ${container.length}, got ${describeValue(key)}`,
        );
      }
      if (last) container[key] = buffer;
      else container = container[key];
    } else if (isRecord(container)) {
      if (typeof key !== "string" || (!last && !Object.hasOwn(container, key))) {
        throw new ProtocolError(`${where}: expected a key of the state, got ${describeValue(key)}`);
      }
      if (last) setOwn(container, key, buffer);
      else container = container[key];
    } else {
      throw new ProtocolError(
        `${where}: expected an object or array at depth ${depth}, got ${describeValue(container)}`,
      );
    }
  });
}
