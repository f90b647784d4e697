import { describe, expect, it } from "vitest";
import { callInterruptibly } from "../../../src/kernel/interruptible";

describe("a call that can be interrupted", () => {
  it("returns what the function returns, also from within another", () => {
    expect(callInterruptibly(() => callInterruptibly(() => 1) + 1)).toBe(2);
  });

  it("throws what the function throws, and can be made again", () => {
    const error = new Error("out of paint");
    const fail = (): never => {
      throw error;
    };
    expect(() => callInterruptibly(fail)).toThrow(error);
    expect(callInterruptibly(() => 3)).toBe(3);
  });
});
