import { describe, expect, it } from "vitest";
import { nodeWidgetRuntime } from "../../../src/kernel/node/nodeWidgetRuntime";
import { FakeKernel } from "../../support/fakeKernel";
import { installKernel, removeKernel } from "../../support/kernels";
import { nodePictureRuntime } from "../../../src/kernel/node/nodePictureRuntime";
import { callInterruptibly } from "../../../src/kernel/node/callInterruptibly";
import { installPictureRuntime } from "../../../src/kernel/pictureRuntime";
import { UserMethod } from "../../../src/kernel/userMethod";

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

  it("is made like any other once the method was called a hundred times", () => {
    installKernel(new FakeKernel(), nodeWidgetRuntime);
    installPictureRuntime(nodePictureRuntime);
    const method = new UserMethod({ run: (callback) => callback() });
    const wasGuarded = (): boolean => /Script\.runInThisContext/.test(new Error().stack ?? "");
    const guarded = Array.from({ length: 150 }, () => method.call(wasGuarded));
    expect(guarded.indexOf(false)).toBe(100);
    expect(guarded.lastIndexOf(true)).toBe(99);
    removeKernel();
    expect(new UserMethod({ run: (callback) => callback() }).call(wasGuarded)).toBe(false);
  });
});
