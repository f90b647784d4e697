import { join, resolve } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeWidgetRuntime } from "../../../src/kernel/node/nodeWidgetRuntime";

const LIBRARY = resolve(import.meta.dirname, "../../../src");

/** Creates an error with these places in its stack. */
function thrown(message: string, places: readonly string[], options?: ErrorOptions): Error {
  const error = new RangeError(message, options);
  error.stack = [`RangeError: ${message}`, ...places.map((place) => `    at ${place}`)].join("\n");
  return error;
}

describe("the description of a thrown value in Node", () => {
  const describeError = (error: unknown): string => nodeWidgetRuntime.describeError(error);

  it("keeps the message and the user's places, in cells, files and packages", () => {
    const users = [
      "Scene.get_frame (/home/me/notebooks/cell.ts:3:11)",
      "tsLastExpr (evalmachine.<anonymous>:12:3)",
      "render (/home/me/notebooks/node_modules/three/build/three.cjs:100:7)",
    ];
    expect(describeError(thrown("no light", users))).toBe(
      ["RangeError: no light", ...users.map((place) => `    at ${place}`)].join("\n"),
    );
  });

  it("drops the places of Node, tslab and this library", () => {
    const text = describeError(
      thrown("no light", [
        "Scene.get_frame (/home/me/cell.ts:3:11)",
        `FramebufferSession.requestDraw (${join(LIBRARY, "framebuffer", "session.js")}:20:5)`,
        `new Fields (${join(LIBRARY, "protocol", "parse.js")}:20:5)`,
        `WidgetComm.open (${join(LIBRARY, "widgets", "widgetComm.js")}:20:5)`,
        `${join(LIBRARY, "kernel", "remoteFrameBuffer.js")}:20:5`,
        "Object.runInThisContext (/home/me/node_modules/tslab/dist/executor.js:9:1)",
        "tslab.start (C:\\me\\node_modules\\@tslab\\core\\dist\\main.js:9:1)",
        "process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
        "node:internal/timers:573:17",
      ]),
    );
    expect(text).toBe("RangeError: no light\n    at Scene.get_frame (/home/me/cell.ts:3:11)");
  });

  it("keeps places in the user's folders, even if one is named like a folder of this library", () => {
    const place = "convolve (/home/me/filters/lib/kernel/blur.js:3:1)";
    expect(describeError(thrown("too wide", [place]))).toContain(place);
  });

  it("keeps all lines of a message", () => {
    const place = "compile (/home/me/gpu.ts:7:1)";
    expect(describeError(thrown("shader:\n  line 1: at last\n  line 2", [place]))).toBe(
      `RangeError: shader:\n  line 1: at last\n  line 2\n    at ${place}`,
    );
  });

  it("includes the cause, with the user's places", () => {
    const cause = thrown("device lost", [
      "acquire (/home/me/gpu.ts:7:1)",
      "node:internal/timers:573:17",
    ]);
    const text = describeError(thrown("cannot draw", ["draw (/home/me/cell.ts:1:1)"], { cause }));
    expect(text).toMatch(/cannot draw[^]*cell\.ts:1:1[^]*\[cause\]: RangeError: device lost/);
    expect(text).toContain("gpu.ts:7:1");
    expect(text).not.toContain("node:internal");
  });

  it("keeps the braces in pairs where the places around them are left out", () => {
    const shared = Array.from({ length: 6 }, (_, at) => `node:internal/timers:${at}:1`);
    const cause = thrown("device lost", ["acquire (/home/me/gpu.ts:7:1)", ...shared]);
    const places = ["draw (/home/me/cell.ts:1:1)", ...shared];
    const text = describeError(thrown("cannot draw", places, { cause }));
    expect(text).not.toContain("matching cause");
    expect(text).not.toContain("node:internal");
    expect(text.split("{")).toHaveLength(text.split("}").length);
    expect(text).toMatch(/cell\.ts:1:1\) \{\n/);
  });

  it("shows values that aren't errors as Node does", () => {
    expect(describeError({ code: 7 })).toBe("{ code: 7 }");
    expect(describeError("lost")).toBe("'lost'");
    expect(describeError(undefined)).toBe("undefined");
  });
});

describe("Node's runtime for widgets", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("logs errors to the standard error, a line each", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    nodeWidgetRuntime.logError("IntSlider, closing: Error: 100%d");
    expect(write.mock.calls).toEqual([["IntSlider, closing: Error: 100%d\n"]]);
  });

  it("reads the process's environment variables", () => {
    vi.stubEnv("JUPYTER_WIDGETS_ECHO", "off");
    expect(nodeWidgetRuntime.environmentVariable("JUPYTER_WIDGETS_ECHO")).toBe("off");
    vi.stubEnv("JUPYTER_WIDGETS_ECHO", undefined);
    expect(nodeWidgetRuntime.environmentVariable("JUPYTER_WIDGETS_ECHO")).toBeUndefined();
  });
});
