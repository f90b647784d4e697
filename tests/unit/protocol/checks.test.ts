import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  boolean,
  callable,
  checkOptions,
  checkValue,
  integer,
  matching,
  mismatch,
  nullable,
  number,
  object,
  oneOf,
  positive,
  string,
  type Check,
} from "../../../src/protocol/checks";

describe("a check", () => {
  it.each<[string, Check<unknown>, readonly unknown[], readonly unknown[]]>([
    ["a finite number", number(), [-1.5, 0, Number.MAX_VALUE], [NaN, Infinity, "1", null]],
    ["a number from 1 to 240", number(1, 240), [1, 59.94, 240], [0.9, 241, NaN]],
    ["a finite number >= 0", number(0), [0, 1e300], [-1e-9, Infinity]],
    ["a finite number <= 0", number(-Infinity, 0), [-5, 0], [0.1, -Infinity]],
    ["a number of seconds from 0.1 to 9", number(0.1, 9, "seconds"), [0.1], [0]],
    ["a number above 0", positive(), [Number.MIN_VALUE], [0, -1, Infinity]],
    ["a number of pixels above 0 and up to 8", positive(8, "pixels"), [8], [0, 8.1]],
    ["an integer", integer(), [-(2 ** 53) + 1, 0], [0.5, 2 ** 53, NaN, "1"]],
    ["an integer from 1 to 64", integer(1, 64), [1, 64], [0, 65, 1.5]],
    ["an integer >= 1", integer(1), [1, 2 ** 53 - 1], [0, Infinity]],
    ["a string", string(), ["", "x".repeat(9999)], [1, undefined, ["a"]]],
    ["a non-empty string", string(1), ["a"], [""]],
    ["a string of at most 2 characters", string(0, 2), ["", "ab"], ["abc"]],
    ["a non-empty string of at most 2 characters", string(1, 2), ["a"], ["", "abc"]],
    ["a word", matching(/^\w+$/, "a word"), ["word"], ["two words", 5]],
    ['one of "a", "b"', oneOf(["a", "b"]), ["a", "b"], ["c", "", null, ["a"]]],
    ['"a"', oneOf(["a"]), ["a"], ["b"]],
    ["true or false", boolean, [true, false], [0, "true", null]],
    ["a function", callable, [() => 0, class {}], [{}]],
    ["an object", object, [{}, Object.create(null)], [null, [], "a", () => 0]],
    ["true or false, or null", nullable(boolean), [true, null], [undefined, 0]],
  ])("accepts %s", (expected, check, right, wrong) => {
    expect(check.expected).toBe(expected);
    expect(right.filter((value) => !check.accepts(value))).toEqual([]);
    expect(wrong.filter((value) => check.accepts(value))).toEqual([]);
  });

  it("says what was expected and what came", () => {
    expect(mismatch("quality", integer(1, 100), "80")).toBe(
      'quality: expected an integer from 1 to 100, got "80"',
    );
  });

  it.each([["hunter2"], [12345], [["hunter2"]], [{ hunter2: 1 }], [null]])(
    "shows no secret: %j",
    (secret) => {
      const text = mismatch("token", { ...string(), isSecret: true }, secret);
      expect(text).toMatch(
        /^token: expected a string, got a (string of length 7|value of type \w+)$/,
      );
    },
  );

  it.each<[string, unknown, Check<unknown>, typeof TypeError | typeof RangeError]>([
    ["another type", "80", integer(1, 100), TypeError],
    ["null", null, object, TypeError],
    ["an array instead of an object", [], object, TypeError],
    ["nothing", undefined, nullable(boolean), TypeError],
    ["a number out of range", 101, integer(1, 100), RangeError],
    ["no number", NaN, number(), RangeError],
    ["an unknown name", "c", oneOf(["a", "b"]), RangeError],
    ["another type than a name's", 5, oneOf(["a", "b"]), TypeError],
  ])("tells a wrong type from a wrong value: %s", (_what, value, check, kind) => {
    expect(() => checkValue("option", value, check)).toThrow(kind);
    expect(() => checkValue("option", value, check)).toThrow(mismatch("option", check, value));
  });
});

describe("a value that doesn't fit", () => {
  it.each([
    [new Map(), "a Map"],
    [new Set(), "a Set"],
    [new (class Point {})(), "a Point"],
    [new (class Item {})(), "an Item"],
    [Promise.resolve(), "a Promise"],
    [new ArrayBuffer(1), "an ArrayBuffer"],
    [new Int8Array(1), "an Int8Array"],
    [new Uint8Array(1), "a Uint8Array"],
    [new Date(NaN), "an invalid Date"],
    [runInNewContext("new Map()"), "a Map"],
    [runInNewContext("({})"), "an object"],
    [{}, "an object"],
    [{ constructor: Map }, "an object"],
    [Object.create(null), "an object"],
    [Object.create({ constructor: 5 }), "an object"],
    [new (class {})(), "an object"],
    // As minifiers name classes.
    [new (class Kn {})(), "an object"],
  ])("%o is called %s", (value, text) => {
    expect(mismatch("a", boolean, value)).toBe(`a: expected true or false, got ${text}`);
  });
});

describe("options", () => {
  const checks = { fps: number(1, 240), label: string() };

  it("that are given come back, without those that are undefined", () => {
    expect(checkOptions({ fps: 30, label: undefined }, checks)).toStrictEqual({ fps: 30 });
    expect(checkOptions({}, checks)).toStrictEqual({});
  });

  it.each([
    [null, TypeError, "options: expected an object, got null"],
    [{ FPS: 30 }, TypeError, 'options: expected one of fps, label, got "FPS"'],
    [{ constructor: 1 }, TypeError, 'options: expected one of fps, label, got "constructor"'],
    [JSON.parse('{"__proto__": 1}'), TypeError, 'got "__proto__"'],
    [{ fps: "30" }, TypeError, 'fps: expected a number from 1 to 240, got "30"'],
    [{ fps: 0 }, RangeError, "fps: expected a number from 1 to 240, got 0"],
  ])("that are wrong are named: %j", (options, kind, message) => {
    expect(() => checkOptions(options, checks)).toThrow(kind);
    expect(() => checkOptions(options, checks)).toThrow(message);
  });
});
