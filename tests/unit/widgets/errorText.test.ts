import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { errorText } from "../../../src/widgets/errorText";
import { ProtocolError } from "../../../src/protocol/errors";

const LIBRARY = resolve(import.meta.dirname, "../../../src");

/** An error with these places in its stack. */
function thrown(message: string, places: readonly string[], options?: ErrorOptions): Error {
  const error = new RangeError(message, options);
  error.stack = [`RangeError: ${message}`, ...places.map((place) => `    at ${place}`)].join("\n");
  return error;
}

describe("errorText", () => {
  it("keeps the message and the user's places, in cells, files and packages", () => {
    const users = [
      "Scene.get_frame (/home/me/notebooks/cell.ts:3:11)",
      "tsLastExpr (evalmachine.<anonymous>:12:3)",
      "render (/home/me/notebooks/node_modules/three/build/three.cjs:100:7)",
    ];
    expect(errorText(thrown("no light", users))).toBe(
      ["RangeError: no light", ...users.map((place) => `    at ${place}`)].join("\n"),
    );
  });

  it("drops the places of Node, tslab and this library", () => {
    const text = errorText(
      thrown("no light", [
        "Scene.get_frame (/home/me/cell.ts:3:11)",
        `FramebufferSession.requestDraw (${join(LIBRARY, "framebuffer", "session.js")}:20:5)`,
        `new Fields (${join(LIBRARY, "protocol", "parse.js")}:20:5)`,
        `${join(LIBRARY, "kernel", "remoteFrameBuffer.js")}:20:5`,
        "Object.runInThisContext (/home/me/node_modules/tslab/dist/executor.js:9:1)",
        "tslab.start (C:\\me\\node_modules\\@tslab\\core\\dist\\main.js:9:1)",
        "process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
        "node:internal/timers:573:17",
      ]),
    );
    expect(text).toBe("RangeError: no light\n    at Scene.get_frame (/home/me/cell.ts:3:11)");
  });

  it("keeps places in a folder of the user's own that is named like one of this library", () => {
    const place = "convolve (/home/me/filters/lib/kernel/blur.js:3:1)";
    expect(errorText(thrown("too wide", [place]))).toContain(place);
  });

  it("keeps the lines of a message that has several", () => {
    const place = "compile (/home/me/gpu.ts:7:1)";
    expect(errorText(thrown("shader:\n  line 1: at last\n  line 2", [place]))).toBe(
      `RangeError: shader:\n  line 1: at last\n  line 2\n    at ${place}`,
    );
  });

  it("tells the cause, with the user's places", () => {
    const cause = thrown("device lost", [
      "acquire (/home/me/gpu.ts:7:1)",
      "node:internal/timers:573:17",
    ]);
    const text = errorText(thrown("cannot draw", ["draw (/home/me/cell.ts:1:1)"], { cause }));
    expect(text).toMatch(/cannot draw[^]*cell\.ts:1:1[^]*\[cause\]: RangeError: device lost/);
    expect(text).toContain("gpu.ts:7:1");
    expect(text).not.toContain("node:internal");
  });

  it("shows whatever else was thrown, and of a bad message what was wrong with it", () => {
    expect(errorText({ code: 7 })).toBe("{ code: 7 }");
    expect(errorText("lost")).toBe("'lost'");
    expect(errorText(undefined)).toBe("undefined");
    expect(errorText(new ProtocolError("message.x: expected a number, got null"))).toBe(
      "message.x: expected a number, got null",
    );
  });
});
