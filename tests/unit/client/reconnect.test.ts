import { describe, expect, it } from "vitest";
import { pauseBefore, verdictOn } from "../../../src/client/worker/reconnect";

describe("a pause", () => {
  it("doubles up to a limit, and is shortened at random", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 1000].map((attempt) => pauseBefore(attempt, 0))).toEqual([
      500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000,
    ]);
    expect(pauseBefore(0, 0.999)).toBeCloseTo(250, 0);
    expect(pauseBefore(9, 0.5)).toBe(11_250);
  });
});

describe("a close code", () => {
  it.each([
    [1000, "retry"],
    [1001, "retry"],
    [1006, "retry"],
    [1011, "retry"],
    [4408, "retry"],
    [4429, "retry-and-report"],
    [4503, "retry-and-report"],
    [4404, "retry-and-report"],
    [4403, "refused"],
    [1003, "give-up"],
    [4400, "give-up"],
    [4401, "give-up"],
  ])("%i means: %s", (code, kind) => {
    expect(verdictOn(code, "").kind).toBe(kind);
  });

  it("includes the reason that the server gave", () => {
    expect(verdictOn(4401, "expired")).toEqual({
      kind: "give-up",
      reason: "the server refused the token (4401): expired",
    });
  });
});
