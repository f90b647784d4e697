import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endWithParent } from "../../../../src/kernel/tslab/shutdown";

describe("a kernel", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const start = (env: Record<string, string>) => {
    const child = { env, ppid: 77, exit: vi.fn() };
    endWithParent(child);
    return child;
  };

  it("ends when the server that started it is gone", () => {
    const child = start({ JPY_PARENT_PID: "77" });
    vi.advanceTimersByTime(60_000);
    expect(child.exit).not.toHaveBeenCalled();
    child.ppid = 1;
    vi.advanceTimersByTime(3000);
    expect(child.exit).toHaveBeenCalledOnce();
  });

  it.each([
    ["no server started it", {}],
    ["a script is between the server and it", { JPY_PARENT_PID: "76" }],
    ["the server says no id", { JPY_PARENT_PID: "" }],
  ])("looks for nobody where %s", (_what, env) => {
    const child = start(env);
    expect(vi.getTimerCount()).toBe(0);
    child.ppid = 1;
    vi.advanceTimersByTime(60_000);
    expect(child.exit).not.toHaveBeenCalled();
  });
});
