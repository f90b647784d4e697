import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { putBuffers, removeBuffers } from "../../../src/widgets/bufferPaths";
import { ProtocolError } from "../../../src/protocol/errors";

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

describe("removeBuffers", () => {
  it("takes bytes out of objects and leaves null in arrays, at any depth", () => {
    const state = {
      plain: [0, "text"],
      x: { ar: bytes(1) },
      y: { shape: [10, 10], data: bytes(2), list: [3, bytes(4)] },
      z: bytes(5),
    };
    const separated = removeBuffers(state);
    expect(separated.state).toEqual({
      plain: [0, "text"],
      x: {},
      y: { shape: [10, 10], list: [3, null] },
    });
    expect(separated.buffer_paths).toEqual([["x", "ar"], ["y", "data"], ["y", "list", 1], ["z"]]);
    expect(separated.buffers).toEqual([bytes(1), bytes(2), bytes(4), bytes(5)]);
  });

  it("leaves the given state as it is, and shares what holds no bytes", () => {
    const inner = Object.freeze([1, 2]);
    const state = Object.freeze({ inner, data: bytes(1) });
    expect(removeBuffers(state).state["inner"]).toBe(inner);
    expect(Object.keys(state)).toEqual(["inner", "data"]);
  });

  it("takes the bytes of an ArrayBuffer, a DataView and a typed array, without a copy", () => {
    const memory = new Uint8Array([9, 1, 0, 2, 0, 9]).buffer;
    const view = new DataView(memory, 1, 2);
    const words = new Uint16Array(new Uint8Array([1, 0, 2, 0]).buffer);
    const { buffers } = removeBuffers({ memory, view, words });
    expect(buffers.map((buffer) => [...buffer])).toEqual([
      [9, 1, 0, 2, 0, 9],
      [1, 0],
      [1, 0, 2, 0],
    ]);
    expect(buffers[0]?.buffer).toBe(memory);
    expect(buffers[2]?.buffer).toBe(words.buffer);
  });
});

describe("bytes whose memory is gone", () => {
  it("are refused by their place", () => {
    const data = new DataView(new ArrayBuffer(3));
    structuredClone(data.buffer, { transfer: [data.buffer] });
    expect(() => removeBuffers({ x: { list: [1, data] } })).toThrow(
      /^x\.list\.1: expected a Uint8Array, got bytes whose memory is gone, .*; pass a copy/,
    );
  });
});

describe("putBuffers", () => {
  it("is the inverse of removeBuffers for any state", () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, "a", 1.5),
        fc.uint8Array({ maxLength: 3 }),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 3 }), tie("tree"), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), tree), (state) => {
        const { state: rest, buffer_paths, buffers } = removeBuffers(state);
        const json = JSON.stringify(rest);
        const arrived = JSON.parse(json) as Record<string, unknown>;
        putBuffers(arrived, JSON.parse(JSON.stringify(buffer_paths)), buffers);
        expect(arrived).toEqual(JSON.parse(JSON.stringify(state, revealBytes), restoreBytes));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["paths that are no array", "x", 'buffer_paths: expected an array, got "x"'],
    ["more buffers than paths", [], "expected a path for each of 1 buffers, got 0 paths"],
    ["more paths than buffers", [["a"], ["b"]], "got 2 paths"],
    ["an empty path", [[]], "buffer_paths[0]: expected a path of keys and indexes"],
    ["a path that is no array", ["a"], 'expected a path of keys and indexes, got "a"'],
    ["an index past the end", [["list", 2]], "expected an index below 2, got 2"],
    ["a negative index", [["list", -1]], "expected an index below 2, got -1"],
    ["a key of an array", [["list", "length"]], 'expected an index below 2, got "length"'],
    ["an index of an object", [["dict", 0]], "expected a key of the state, got 0"],
    ["a key that is not there", [["nowhere", "x"]], 'a key of the state, got "nowhere"'],
    ["an inherited key", [["constructor", "x"]], 'a key of the state, got "constructor"'],
    ["a way through a number", [["number", "x"]], "expected an object or array at depth 1, got 1"],
  ])("refuses %s", (_what, paths, message) => {
    const state = { list: [null, null], dict: {}, number: 1 };
    expect(() => putBuffers(state, paths, [bytes(1)])).toThrow(ProtocolError);
    expect(() => putBuffers(state, paths, [bytes(1)])).toThrow(message);
  });

  it("accepts missing paths for a message without buffers", () => {
    const state = { a: 1 };
    putBuffers(state, undefined, []);
    putBuffers(state, null, []);
    expect(state).toEqual({ a: 1 });
  });

  it("does not touch a prototype", () => {
    const state: Record<string, unknown> = {};
    putBuffers(state, [["__proto__"]], [bytes(1)]);
    expect(Object.getPrototypeOf(state)).toBe(Object.prototype);
    expect(Object.keys(state)).toEqual(["__proto__"]);
  });
});

/** A replacer for JSON.stringify. restoreBytes() undoes it. */
function revealBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { "\u0000bytes": [...value] } : value;
}

function restoreBytes(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("\u0000bytes" in value)) return value;
  return new Uint8Array(value["\u0000bytes"] as number[]);
}
