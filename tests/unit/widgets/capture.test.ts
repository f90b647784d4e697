import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { display, IntSlider, Output, VBox } from "../../../src/widgets/coreWidgets";
import {
  DETAILS,
  DISPLAY,
  openWidget,
  registerKernel,
  releaseOutputs,
  STATUS,
} from "../../../src/widgets";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;
let out: Output;

/** What an Output shows, in short. */
function shown({ outputs }: Output = out): unknown[] {
  return outputs.map((item) => item["text"] ?? item["evalue"] ?? item["data"]);
}

function viewOf(item: unknown): unknown {
  return (item as Record<string, { model_id?: unknown }>)[
    "application/vnd.jupyter.widget-view+json"
  ]?.model_id;
}

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
    out = new Output();
  });

  afterEach(removeKernel);

  describe("Output.capture()", () => {
    it("shows what the function prints and displays, in order, and returns its value", () => {
      const value = out.capture(() => {
        kernel.print("one\n");
        display({ "text/html": "<b>two</b>" });
        kernel.print("three\n", "stderr");
        return 5;
      });
      expect(value).toBe(5);
      expect(shown()).toEqual(["one\n", { "text/html": "<b>two</b>" }, "three\n"]);
      expect(out.outputs[2]).toMatchObject({ output_type: "stream", name: "stderr" });
      expect(kernel.displayed).toEqual([]);
      kernel.print("outside\n");
      expect(kernel.cellText).toBe("cell 0 stdout: outside\n");
    });

    it("shows what the function throws, and returns undefined", () => {
      const value = out.capture((): number => {
        kernel.print("before\n");
        throw new RangeError("too far");
      });
      expect(value).toBeUndefined();
      expect(shown()).toEqual(["before\n", "too far"]);
    });

    it("follows an async function to its end, and keeps concurrent captures apart", async () => {
      const other = new Output();
      const count = async (name: string): Promise<string> => {
        for (let step = 0; step < 3; step += 1) {
          await Promise.resolve();
          kernel.print(`${name}${step} `);
        }
        return name;
      };
      const values = await Promise.all([
        out.capture(() => count("a")),
        other.capture(() => count("b")),
      ]);
      expect(values).toEqual(["a", "b"]);
      expect(shown()).toEqual(["a0 a1 a2 "]);
      expect(shown(other)).toEqual(["b0 b1 b2 "]);
    });

    it("shows what a Promise rejects with", async () => {
      await expect(
        out.capture(async () => {
          await Promise.resolve();
          throw new Error("late");
        }),
      ).resolves.toBeUndefined();
      expect(shown()).toEqual(["late"]);
    });

    it("belongs to the innermost Output", () => {
      const inner = new Output();
      out.capture(() => {
        kernel.print("a");
        inner.capture(() => kernel.print("b"));
        kernel.print("c");
      });
      expect([shown(), shown(inner)]).toEqual([["ac"], ["b"]]);
    });

    it("does not capture what an observer of the Output prints", () => {
      out.observe(() => kernel.print("changed\n"), "outputs");
      out.capture(() => kernel.print("one\n"));
      expect(shown()).toEqual(["one\n"]);
      expect(kernel.cellText).toContain("changed");
    });

    it("clears the Output first if it is asked to", () => {
      out.append_stdout("old");
      out.capture(() => kernel.print("new"), { clear_output: true });
      expect(shown()).toEqual(["new"]);
      out.capture(() => expect(shown()).toEqual(["new"]), { clear_output: true, wait: true });
    });

    it("rejects what is no function, and options that it does not know", () => {
      expect(() => out.capture("print" as never)).toThrow(
        'callback: expected a function, got "print"',
      );
      expect(() => out.capture(() => 1, { clear: true } as never)).toThrow(
        'options: expected one of clear_output, wait, got "clear"',
      );
    });

    it("says what to do where the kernel cannot redirect", () => {
      registerKernel({ openComm: vi.fn(), registerTarget: vi.fn(), display: vi.fn() });
      expect(() => out.capture(() => 1)).toThrow(
        "Cannot capture output: this kernel can't redirect what code prints; " +
          "use append_stdout() and append_display_data()",
      );
    });
  });

  describe("Output.wrap()", () => {
    it("makes a callback that is captured at each call", () => {
      const slider = new IntSlider();
      const seen = out.wrap((change: { new: number }) => kernel.print(`now ${change.new}\n`));
      slider.observe(seen, "value");
      slider.value = 3;
      slider.value = 4;
      expect(shown()).toEqual(["now 3\nnow 4\n"]);
    });
  });

  describe("Output.clear_output()", () => {
    it("keeps what is shown until there is something else, with wait", async () => {
      openWidget(out);
      out.append_stdout("old");
      await Promise.resolve();
      out.clear_output({ wait: true });
      await Promise.resolve();
      expect(shown()).toEqual(["old"]);
      out.append_stdout("new");
      await Promise.resolve();
      const sent = kernel.messages(out.model_id, "update").map(({ state }) => state);
      expect(sent).toEqual([
        { outputs: [expect.objectContaining({ text: "old" })] },
        { outputs: [expect.objectContaining({ text: "new" })] },
      ]);
    });

    it("rejects an unknown option", () => {
      expect(() => out.clear_output({ delay: true } as never)).toThrow("expected one of wait");
    });
  });

  describe("Output.append_display_data()", () => {
    it("takes bundles, objects that show themselves, and anything else as text", () => {
      out.append_display_data({ "image/png": new Uint8Array([1, 2, 3]) });
      out.append_display_data({ [DISPLAY]: () => ({ "text/latex": "$x$" }) });
      out.append_display_data("text");
      out.append_display_data({ width: 5 });
      expect(shown().slice(0, 3)).toEqual([
        { "image/png": "AQID" },
        { "text/latex": "$x$" },
        { "text/plain": "text" },
      ]);
      expect(shown()[3]).toEqual({ "text/plain": expect.stringMatching(/width"?: ?5/) as string });
    });

    it("replaces a placeholder when a Promise of a bundle resolves", async () => {
      let resolve: (bundle: object) => void = () => undefined;
      const later = new Promise<object>((done) => (resolve = done));
      out.append_display_data({ [DISPLAY]: () => later });
      out.append_stdout("after");
      expect(shown()).toEqual([{ "text/plain": "pending ..." }, "after"]);
      resolve({ "text/html": "<i>done</i>" });
      await later;
      expect(shown()).toEqual([{ "text/html": "<i>done</i>" }, "after"]);
    });

    it("shows what such a Promise rejects with", async () => {
      const failed = Promise.reject(new Error("no picture"));
      out.append_display_data({ [DISPLAY]: () => failed });
      await failed.catch(() => undefined);
      expect(shown()).toEqual([{ "text/plain": "" }, "no picture"]);
    });

    it("keeps metadata and the id with which a display is replaced", () => {
      const bundle = { "text/plain": "1", [DETAILS]: { metadata: { "text/plain": { a: 1 } } } };
      out.capture(() => {
        kernel.display(bundle, { displayId: "x" });
        kernel.display({ "text/plain": "2" }, { displayId: "x", update: true });
      });
      expect(out.outputs).toEqual([
        {
          output_type: "display_data",
          data: { "text/plain": "2" },
          metadata: {},
          transient: { display_id: "x" },
        },
      ]);
    });

    it("leaves the replacement of what a cell shows to the cell", () => {
      kernel.display({ "text/plain": "1" }, { displayId: "x" });
      out.capture(() => kernel.display({ "text/plain": "2" }, { displayId: "x", update: true }));
      expect(kernel.displayed.at(-1)).toMatchObject({ displayId: "x", update: true });
      expect(shown()).toEqual([]);
    });
  });

  describe("a widget in an Output", () => {
    it("is open as long as the Output shows it, and no longer", async () => {
      kernel.runCell("first");
      display(out);
      const [one, two] = [new IntSlider(), new IntSlider()];
      kernel.runCell("second");
      out.append_display_data(one);
      expect(viewOf(shown()[0])).toBe(one.model_id);
      kernel.runCell("second");
      expect(one[STATUS]).toBe("open");
      out.clear_output({ wait: true });
      out.append_display_data(two);
      await Promise.resolve();
      expect([one[STATUS], two[STATUS]]).toEqual(["left", "open"]);
    });

    it("stays open if the Output shows it again at once", async () => {
      display(out);
      const slider = new IntSlider();
      out.append_display_data(slider);
      out.clear_output();
      out.append_display_data(slider);
      await Promise.resolve();
      expect(slider[STATUS]).toBe("open");
      expect(kernel.sent.filter(({ commId }) => commId === slider.model_id)).toHaveLength(1);
    });

    it("opens before an Output that is displayed later, also inside a box", () => {
      const slider = new IntSlider();
      out.capture(() => display(slider));
      // Until then, no cell shows it.
      releaseOutputs([]);
      kernel.sent.length = 0;
      display(new VBox([out]));
      const opened = kernel.sent.filter(({ type }) => type === "comm_open");
      const order = opened.map(({ commId }) => commId);
      expect(order.indexOf(slider.model_id)).toBeGreaterThanOrEqual(0);
      expect(order.indexOf(slider.model_id)).toBeLessThan(order.indexOf(out.model_id));
    });

    it("may be an Output that shows this one", () => {
      const other = new Output();
      out.append_display_data(other);
      other.append_display_data(out);
      expect([out[STATUS], other[STATUS]]).toEqual(["open", "open"]);
    });

    it("may be closed", () => {
      const slider = new IntSlider();
      out.append_display_data(slider);
      slider.close();
      display(out);
      expect(out[STATUS]).toBe("open");
    });
  });

  describe("display()", () => {
    it("shows each value in the cell that runs", () => {
      const slider = new IntSlider();
      display(slider, { "text/html": "<b>hi</b>" }, "text", 5, undefined);
      expect(viewOf(kernel.displayed[0]?.data)).toBe(slider.model_id);
      expect(kernel.displayed.slice(1).map(({ data }) => data)).toEqual([
        { "text/html": "<b>hi</b>" },
        { "text/plain": "text" },
        { "text/plain": "5" },
        { "text/plain": "undefined" },
      ]);
    });

    it("throws what a value's method throws", () => {
      const broken = {
        [DISPLAY]: () => {
          throw new Error("no bundle");
        },
      };
      expect(() => display(broken)).toThrow("no bundle");
      expect(() => display({ [DISPLAY]: () => 5 })).toThrow(
        "expected an object of media type to content, got 5",
      );
    });

    it("says that there is no kernel", () => {
      removeKernel();
      expect(() => display(1)).toThrow("no Jupyter kernel is attached");
    });
  });
});
