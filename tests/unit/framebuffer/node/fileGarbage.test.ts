import { constants, PerformanceObserver } from "node:perf_hooks";
import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import { FileGarbage } from "../../../../src/framebuffer/node/fileGarbage";
import { nodeClock } from "../../../../src/framebuffer/node/clock";
import { FakeClock } from "../../../support/fakeClock";

const LARGE = 3_000_000;

function setUp() {
  const clock = new FakeClock();
  let opened = 0;
  let collections = 0;
  const garbage = new FileGarbage(clock, () => {
    opened += 1;
    return () => void (collections += 1);
  });
  return { clock, garbage, opened: () => opened, collections: () => collections };
}

describe("FileGarbage", () => {
  it("frees after 8 MB, in a turn of its own, as the last file is sent first", () => {
    const { clock, garbage, opened, collections } = setUp();
    garbage.made(LARGE);
    garbage.made(LARGE);
    clock.turn();
    expect(opened()).toBe(0);
    garbage.made(LARGE);
    expect(collections()).toBe(0);
    clock.turn();
    expect(collections()).toBe(1);
  });

  it("starts counting again after that, and frees once for all files of a turn", () => {
    const { clock, garbage, opened, collections } = setUp();
    for (let file = 0; file < 6; file += 1) garbage.made(LARGE);
    clock.turn();
    expect(collections()).toBe(1);
    garbage.made(LARGE);
    garbage.made(LARGE);
    clock.turn();
    expect(collections()).toBe(1);
    garbage.made(LARGE);
    clock.turn();
    expect([collections(), opened()]).toEqual([2, 1]);
  });

  it("frees nothing more once it is disposed of", () => {
    const { clock, garbage, collections } = setUp();
    garbage.made(LARGE * 3);
    garbage.dispose();
    garbage.dispose();
    garbage.made(LARGE * 3);
    clock.turn();
    expect(collections()).toBe(0);
  });

  it("leaves it to a runtime without V8's flags when it frees", async () => {
    const setFlagsFromString = vi.fn(() => {
      throw new Error("Not implemented: v8.setFlagsFromString");
    });
    vi.doMock("node:v8", () => ({ setFlagsFromString }));
    vi.resetModules();
    const fresh = await import("../../../../src/framebuffer/node/fileGarbage");
    vi.doUnmock("node:v8");
    const clock = new FakeClock();
    const garbage = new fresh.FileGarbage(clock);
    for (let file = 0; file < 9; file += 1) {
      garbage.made(LARGE);
      clock.turn();
    }
    expect(setFlagsFromString).toHaveBeenCalledOnce();
    garbage.dispose();
  });

  it("collects young objects only, and leaves V8's flags as they were", async () => {
    const kinds: unknown[] = [];
    let wake = (): void => undefined;
    const collected = new Promise<void>((resolve) => (wake = resolve));
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { detail } = entry as unknown as { detail: { kind: number; flags: number } };
        const { kind, flags } = detail;
        if (flags !== constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) continue;
        kinds.push(kind);
        wake();
      }
    });
    observer.observe({ entryTypes: ["gc"] });
    const before: unknown = runInNewContext("typeof gc");
    const garbage = new FileGarbage(nodeClock);
    garbage.made(LARGE * 3);
    await collected;
    observer.disconnect();
    garbage.dispose();
    expect(kinds).toEqual([constants.NODE_PERFORMANCE_GC_MINOR]);
    expect(runInNewContext("typeof gc")).toBe(before);
  });
});
