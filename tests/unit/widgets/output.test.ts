import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import {
  MAX_OUTPUT_CHARACTERS,
  MAX_OUTPUT_DATA_CHARACTERS,
  Output,
} from "../../../src/widgets/output";
import { openWidget, REPLACE_LINE } from "../../../src/widgets";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;
let output: Output;

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
    output = new Output();
    openWidget(output);
  });

  afterEach(removeKernel);

  /** Resolves after the end of the current job, when late changes have been sent. */
  const endOfJob = (): Promise<void> => Promise.resolve();

  function textOf(index = 0): string {
    return String(output.outputs[index]?.["text"]);
  }

  describe("Output", () => {
    it("is an OutputModel of @jupyter-widgets/output", () => {
      expect(kernel.opening(output.model_id).data["state"]).toMatchObject({
        _model_module: "@jupyter-widgets/output",
        _model_module_version: "1.0.0",
        _model_name: "OutputModel",
        _view_name: "OutputView",
        outputs: [],
        msg_id: "",
      });
    });

    it("joins what is printed to the same stream, and keeps the order of streams", () => {
      output.append_stdout("a\n");
      output.append_stdout("b\n");
      output.append_stderr("c\n");
      output.append_stdout("d\n");
      output.append_stdout("");
      expect(output.outputs).toEqual([
        { output_type: "stream", name: "stdout", text: "a\nb\n" },
        { output_type: "stream", name: "stderr", text: "c\n" },
        { output_type: "stream", name: "stdout", text: "d\n" },
      ]);
    });

    it("sends everything printed in one job as one update", async () => {
      for (let line = 0; line < 2000; line++) output.append_stdout(`${line}\n`);
      expect(kernel.messages(output.model_id)).toEqual([]);
      await endOfJob();
      expect(kernel.messages(output.model_id)).toHaveLength(1);
      output.append_stdout("next\n");
      await endOfJob();
      const last = kernel.messages(output.model_id).at(-1);
      expect(kernel.messages(output.model_id)).toHaveLength(2);
      expect(last).toEqual({
        method: "update",
        state: { outputs: output.outputs },
        buffer_paths: [],
      });
    });

    it("sends endless prints of many jobs a few times a second, and the last of them in the end", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      try {
        output = new Output();
        openWidget(output);
        const line = `${"x".repeat(99)}\n`;
        for (let job = 0; job < 2000; job++) {
          output.append_stdout(line);
          await endOfJob();
          if (job % 4 === 3) vi.advanceTimersByTime(1);
        }
        const during = kernel.messages(output.model_id).length;
        expect(during).toBeGreaterThan(5);
        expect(during).toBeLessThan(40);
        vi.advanceTimersByTime(1000);
        expect(kernel.messages(output.model_id).at(-1)).toMatchObject({
          state: { outputs: output.outputs },
        });
      } finally {
        vi.useRealTimers();
      }
    });

    it("leaves no timer behind when it is closed while output is held back", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      try {
        output = new Output();
        openWidget(output);
        const page = "x".repeat(40_000);
        while (vi.getTimerCount() === 0) {
          output.append_stdout(page);
          await endOfJob();
        }
        output.close();
        expect(vi.getTimerCount()).toBe(0);
      } finally {
        vi.useRealTimers();
      }
    });

    it("replaces a line of the standard error where it stands", () => {
      output[REPLACE_LINE](undefined, "a failed");
      output.append_stdout("printed\n");
      output[REPLACE_LINE](undefined, "b failed");
      output[REPLACE_LINE]("a failed", "a failed (2 times)");
      output[REPLACE_LINE]("failed", "is the end of a line only");
      expect(output.outputs.map(({ text }) => text)).toEqual([
        "a failed (2 times)\n",
        "printed\n",
        "b failed\nis the end of a line only\n",
      ]);
    });

    it("appends a line whose former text was dropped", () => {
      output[REPLACE_LINE](undefined, "a failed");
      output.append_stdout("x\n".repeat(MAX_OUTPUT_CHARACTERS));
      output[REPLACE_LINE]("a failed", "a failed (2 times)");
      expect(textOf(output.outputs.length - 1)).toBe("a failed (2 times)\n");
    });

    it("keeps what was printed before it was shown", async () => {
      const early = new Output();
      early.append_stdout("early");
      await endOfJob();
      openWidget(early);
      expect(kernel.opening(early.model_id).data["state"]).toMatchObject({
        outputs: [{ output_type: "stream", name: "stdout", text: "early" }],
      });
      expect(kernel.messages(early.model_id)).toEqual([]);
    });

    it("does not repeat at the end of a job what its comm_open has sent", async () => {
      const early = new Output();
      early.append_stdout("early");
      openWidget(early);
      await endOfJob();
      expect(kernel.messages(early.model_id)).toEqual([]);
    });

    it("shows errors and any other thrown value", () => {
      output.append_error(new RangeError("too far"));
      output.append_error("just text");
      const [error, text] = output.outputs;
      expect(error).toMatchObject({ output_type: "error", ename: "RangeError", evalue: "too far" });
      expect(error?.["traceback"]).toEqual(
        expect.arrayContaining(["RangeError: too far", expect.stringContaining("output.test")]),
      );
      expect(text).toEqual({
        output_type: "error",
        ename: "Error",
        evalue: "just text",
        traceback: ["Error: just text"],
      });
    });

    it("shows displayed data", () => {
      output.append_display_data({ "text/html": "<b>hi</b>" });
      expect(output.outputs).toEqual([
        { output_type: "display_data", data: { "text/html": "<b>hi</b>" }, metadata: {} },
      ]);
    });

    it("shows bytes as base64, as notebooks store them", () => {
      output.append_display_data({ "image/png": new Uint8Array([1, 2, 3]) });
      expect(output.outputs[0]?.["data"]).toEqual({ "image/png": "AQID" });
    });

    it("keeps the newest picture whatever its size, and drops older ones beyond the limit", () => {
      const picture = "p".repeat(MAX_OUTPUT_CHARACTERS * 10);
      output.append_display_data({ "image/png": picture });
      for (let count = 0; count < 1000; count++) output.append_stdout(`${"x".repeat(99)}\n`);
      const kinds = (): unknown[] => output.outputs.map((item) => item["output_type"]);
      expect(kinds()).toEqual(["stream", "display_data", "stream"]);
      expect(textOf(0)).toMatch(/^\[\d+ earlier characters dropped\]\n$/);
      expect(output.outputs[1]?.["data"]).toEqual({ "image/png": picture });

      output.append_display_data({ "image/png": "q".repeat(MAX_OUTPUT_DATA_CHARACTERS) });
      expect(kinds()).toEqual(["stream", "display_data"]);
      expect(textOf(0)).toMatch(/^\[\d+ earlier characters dropped\]\nx/);
      output.append_stdout("after");
      expect(kinds()).toEqual(["stream", "display_data", "stream"]);
    });

    it("clears", async () => {
      output.append_stdout("a");
      output.clear_output();
      await endOfJob();
      expect(output.outputs).toEqual([]);
      expect(kernel.messages(output.model_id).at(-1)).toMatchObject({ state: { outputs: [] } });
    });

    it("drops the oldest lines of an endless print, and says how much was dropped", () => {
      const line = `${"x".repeat(99)}\n`;
      const lines = 5000;
      for (let count = 0; count < lines; count++) output.append_stdout(line);
      const text = textOf();
      expect(output.outputs).toHaveLength(1);
      expect(text.length).toBeLessThanOrEqual(MAX_OUTPUT_CHARACTERS);
      const [, dropped] = /^\[(\d+) earlier characters dropped\]\n/.exec(text) ?? [];
      const left = text.slice(text.indexOf("\n") + 1);
      expect(left).toBe(line.repeat(left.length / line.length));
      expect(Number(dropped) + left.length).toBe(lines * line.length);
    });

    it("stays within the limit with endless lines, many streams and huge errors", () => {
      for (let count = 0; count < 300; count++) {
        output.append_stdout("y".repeat(1000));
        if (count % 7 === 0) output.append_stderr("e".repeat(500));
        if (count % 50 === 0) output.append_error(new Error("z".repeat(1_000_000)));
      }
      output.append_stdout("w".repeat(1_000_000));
      expect(JSON.stringify(output.outputs).length).toBeLessThan(1.2 * MAX_OUTPUT_CHARACTERS);
      expect(textOf(0)).toMatch(/^\[\d+ earlier characters dropped\]\n/);
      expect(textOf(output.outputs.length - 1)).toMatch(/w$/);
      const notices = JSON.stringify(output.outputs).match(/earlier characters dropped/g);
      expect(notices).toHaveLength(1);
    });

    it("appends to outputs that a frontend has set", () => {
      kernel.update(output.model_id, {
        outputs: [{ any: "thing" }, { output_type: "stream", text: 5 }],
      });
      output.append_stdout("a");
      expect(output.outputs).toHaveLength(3);
      expect(textOf(2)).toBe("a");
    });
  });
});
