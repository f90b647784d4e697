import { describe, expect, it } from "vitest";
import { formatLine, liteWidgetRuntime } from "../../../src/lite/liteRuntimes";

describe("an error", () => {
  it("is described with the places in the user's cells only", () => {
    const error = new TypeError("no ink");
    const kernel =
      "http://localhost/extensions/@jupyterlite/javascript-kernel-extension/static/5.js";
    error.stack = [
      "TypeError: no ink",
      `    at Square.get_frame (eval at _createScopedFunction (${kernel}:1:2), <anonymous>:7:9)`,
      "    at helper (http://localhost/files/helper.js:3:1)",
      `    at wrapped (${new URL("../../../src/lite/liteRuntimes.ts", import.meta.url).href}:1:22)`,
      `    at async l.execute (${kernel}:1:99)`,
    ].join("\n");
    expect(liteWidgetRuntime.describeError(error).split("\n")).toEqual([
      "TypeError: no ink",
      "    at Square.get_frame (<anonymous>:7:9)",
      "    at helper (http://localhost/files/helper.js:3:1)",
    ]);
  });
});

describe("values", () => {
  it("are printed in a line", () => {
    expect(formatLine(["a", 1, { b: [2] }, undefined])).toBe('a 1 {"b":[2]} undefined');
    expect(formatLine([new RangeError("far")])).toMatch(/^RangeError: far/);
  });
});

describe("bytes", () => {
  it("are compared", () => {
    const one = Uint8Array.of(0, 1, 2, 3, 4);
    expect(liteWidgetRuntime.equalBytes(one.subarray(1), Uint8Array.of(1, 2, 3, 4))).toBe(true);
    expect(liteWidgetRuntime.equalBytes(one, Uint8Array.of(0, 1, 2, 3, 5))).toBe(false);
    expect(liteWidgetRuntime.equalBytes(one, one.subarray(1))).toBe(false);
  });
});
