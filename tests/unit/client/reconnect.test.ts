import { describe, expect, it } from "vitest";
import { pauseBefore, Reconnector, verdictOn } from "../../../src/client/worker/reconnect";
import { fakeTimers } from "../picture/frames";

describe("a pause", () => {
  it("doubles up to a limit, and is shorter by chance", () => {
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
    [4429, "retry"],
    [4503, "retry"],
    [4404, "retry-and-tell"],
    [1003, "give-up"],
    [4400, "give-up"],
    [4401, "give-up"],
  ])("%i means: %s", (code, kind) => {
    expect(verdictOn(code, "").kind).toBe(kind);
  });

  it("is told with what the server said", () => {
    expect(verdictOn(4401, "expired")).toEqual({
      kind: "give-up",
      reason: "the server refused the token (4401): expired",
    });
  });
});

describe("a reconnector", () => {
  function start() {
    const { clock, timers } = fakeTimers();
    const made: number[] = [];
    const reconnector = new Reconnector({
      timers,
      random: () => 0,
      connect: () => made.push(clock.monotonic()),
    });
    return { clock, made, reconnector };
  }

  it("waits longer after each failure, and short again after a success", () => {
    const { clock, made, reconnector } = start();
    reconnector.schedule();
    clock.advance(0.5);
    reconnector.schedule();
    clock.advance(0.999);
    expect(made).toEqual([0.5]);
    clock.advance(0.001);
    reconnector.succeed();
    reconnector.schedule();
    clock.advance(0.5);
    expect(made).toEqual([0.5, 1.5, 2]);
  });

  it("hurries only where an attempt waits", () => {
    const { clock, made, reconnector } = start();
    reconnector.hurry();
    expect(made).toEqual([]);
    reconnector.schedule();
    reconnector.hurry();
    clock.advance(60);
    expect(made).toEqual([0]);
  });

  it("makes no attempt when it is disposed", () => {
    const { clock, made, reconnector } = start();
    reconnector.schedule();
    reconnector.dispose();
    clock.advance(60);
    expect(made).toEqual([]);
  });
});
