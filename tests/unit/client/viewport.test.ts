import { describe, expect, it } from "vitest";
import { viewportOf } from "../../../src/client/viewport";

describe("the requested size", () => {
  const size = { width: 400, height: 300, pwidth: 801, pheight: 600, ratio: 2 };
  it.each([
    ["the screen's", undefined, Infinity, [801, 600, 2]],
    ["at the user's ratio", 1.5, Infinity, [600, 450, 1.5]],
    ["limited", undefined, 400.5, [401, 300, 1]],
    ["at the user's ratio, and limited", 4, 800, [800, 600, 2]],
    ["never empty", 0.001, Infinity, [1, 1, 0.001]],
  ] as const)("is %s", (_how, ratio, most, [pwidth, pheight, got]) => {
    expect(viewportOf(size, ratio, most)).toEqual({
      ...{ type: "set_viewport", width: 400, height: 300 },
      ...{ pwidth, pheight, ratio: got },
    });
  });
});
