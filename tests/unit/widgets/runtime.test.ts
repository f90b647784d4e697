import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeWidgetRuntime } from "../../../src/kernel/node/nodeWidgetRuntime";
import { PlainError, ProtocolError } from "../../../src/protocol/errors";
import {
  errorText,
  installWidgetRuntime,
  portableRuntime,
  widgetRuntime,
} from "../../../src/widgets";
import { IntSlider } from "../../../src/widgets/coreWidgets";

afterEach(() => installWidgetRuntime(portableRuntime));

describe("the runtime of widgets", () => {
  it("is the portable one until another is installed", () => {
    expect(widgetRuntime()).toBe(portableRuntime);
  });

  it("can be replaced", () => {
    installWidgetRuntime({
      ...portableRuntime,
      createId: () => "an id of mine",
      describeError: (error) => `described: ${String(error)}`,
    });
    expect(new IntSlider().model_id).toBe("an id of mine");
    expect(errorText("lost")).toBe("described: lost");
  });
});

describe("errorText", () => {
  it("is only the message for an invalid message from a view", () => {
    expect(errorText(new ProtocolError("message.x: expected a number, got null"))).toBe(
      "message.x: expected a number, got null",
    );
  });

  it("is only the message for what no code is to blame for, such as a missing package", () => {
    const error = new PlainError("npm install it", { cause: new Error("not found") });
    expect(errorText(error)).toBe("npm install it");
  });
});

describe.each([
  { name: "portable", runtime: portableRuntime },
  { name: "Node's", runtime: nodeWidgetRuntime },
])("the $name runtime", ({ runtime }) => {
  it("creates a new id each time", () => {
    const ids = [runtime.createId(), runtime.createId()];
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  });

  it.each([0, 1, 2, 3, 255, 0x8000, 100_001])("encodes %d bytes as base64", (length) => {
    const bytes = new Uint8Array(randomBytes(length + 3)).subarray(3);
    expect(runtime.toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
  });

  it("compares bytes", () => {
    const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
    expect(runtime.equalBytes(bytes(1, 2), bytes(0, 1, 2).subarray(1))).toBe(true);
    expect(runtime.equalBytes(bytes(), bytes())).toBe(true);
    expect(runtime.equalBytes(bytes(1, 2), bytes(1, 3))).toBe(false);
    expect(runtime.equalBytes(bytes(1, 2), bytes(1))).toBe(false);
    expect(runtime.equalBytes(bytes(1), bytes(1, 2))).toBe(false);
  });
});

describe("the portable runtime", () => {
  const describeError = (error: unknown): string => portableRuntime.describeError(error);

  it("describes an error by its message and its stack, whichever form the stack has", () => {
    const error = new RangeError("no light");
    error.stack = "RangeError: no light\n    at draw (cell.ts:1:1)";
    expect(describeError(error)).toBe("RangeError: no light\n    at draw (cell.ts:1:1)");
    error.stack = "draw@cell.ts:1:1";
    expect(describeError(error)).toBe("RangeError: no light\ndraw@cell.ts:1:1");
    delete error.stack;
    expect(describeError(error)).toBe("RangeError: no light");
  });

  it("describes an error's causes, even if it is its own", () => {
    const error = new Error("cannot draw", { cause: new Error("device lost") });
    expect(describeError(error)).toMatch(/^Error: cannot draw[^]*\n\[cause\]: Error: device lost/);
    error.cause = error;
    expect(describeError(error)).toContain("cannot draw");
  });

  it("describes values that aren't errors", () => {
    expect(describeError({ code: 7 })).toBe('{"code":7}');
    expect(describeError("lost")).toBe('"lost"');
    expect(describeError(undefined)).toBe("undefined");
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    expect(describeError(circular)).toBe("[object Object]");
  });

  it("logs to the console, and knows no environment variables", () => {
    const error = vi.spyOn(console, "error").mockReturnValue();
    portableRuntime.logError("a line");
    expect(error.mock.calls).toEqual([["a line"]]);
    expect(portableRuntime.environmentVariable("PATH")).toBeUndefined();
  });
});
