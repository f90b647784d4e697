import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  Checkbox,
  choices,
  DatePicker,
  display,
  Dropdown,
  fixed,
  FloatSlider,
  HBox,
  interact,
  interact_manual,
  interactive,
  interactive_output,
  IntSlider,
  Output,
  Text,
  VBox,
  type Button,
} from "../../../src/widgets/coreWidgets";
import { DISPLAY, openWidgets, STATUS } from "../../../src/widgets";
import { LAST_EXPRESSION } from "../../../src/widgets/widgetHooks";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;

/** What an Output shows, in short. */
function shown({ outputs }: Output): unknown[] {
  return outputs.map((item) => item["text"] ?? item["evalue"] ?? item["data"]);
}

/** A function that waits until it is let go. */
function slow(): {
  calls: unknown[];
  fn: (values: object) => Promise<unknown>;
  finish: () => void;
} {
  const waiting: (() => void)[] = [];
  const calls: unknown[] = [];
  return {
    calls,
    fn: async (values) => {
      calls.push(values);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { "text/plain": JSON.stringify(values) };
    },
    finish: () => waiting.shift()?.(),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
  });

  afterEach(removeKernel);

  /** The first control that is made. */
  function control(abbreviation: unknown): object {
    const { children } = interactive(() => 0, { x: abbreviation as number });
    return children[0] as object;
  }

  describe("a control", () => {
    it.each([
      ["a boolean", true, Checkbox, { value: true }],
      ["a string", "text", Text, { value: "text" }],
      ["a whole number", 5, IntSlider, { value: 5, min: -5, max: 15, step: 1 }],
      ["a negative number", -5, IntSlider, { value: -5, min: -15, max: 5 }],
      ["zero", 0, IntSlider, { value: 0, min: 0, max: 1 }],
      ["another number", 2.5, FloatSlider, { value: 2.5, min: -2.5, max: 7.5, step: 0.1 }],
      ["whole [min, max]", [1, 10], IntSlider, { value: 5, min: 1, max: 10, step: 1 }],
      ["whole [min, max, step]", [0, 10, 2], IntSlider, { value: 4, min: 0, max: 10, step: 2 }],
      ["[min, max, step]", [1, 10, 0.5], FloatSlider, { value: 5.5, min: 1, max: 10, step: 0.5 }],
      ["[min, max]", [0.5, 1.5], FloatSlider, { value: 1, min: 0.5, max: 1.5, step: 0.1 }],
      ["a short range", [0, 0.01], FloatSlider, { step: 0.001, readout_format: ".3f" }],
      ["a fine step", [0, 1, 0.0005], FloatSlider, { step: 0.0005, readout_format: ".4f" }],
      ["options", ["red", "blue"], Dropdown, { value: "red", label: "red" }],
      ["options of two kinds", [1, "auto"], Dropdown, { value: 1, label: "1" }],
      ["pairs", [["one", 1]], Dropdown, { value: 1, label: "one" }],
      ["an object", { one: 1, two: 2 }, Dropdown, { value: 1, label: "one" }],
      ["a Map", new Map([["one", 1]]), Dropdown, { value: 1, label: "one" }],
      ["choices()", choices([1, 2, 4]), Dropdown, { value: 1, label: "1" }],
      ["a Date", new Date(2026, 2, 9), DatePicker, { value: new Date(2026, 2, 9) }],
    ])("is made from %s", (_what, abbreviation, widgetClass, traits) => {
      const widget = control(abbreviation);
      expect(widget).toBeInstanceOf(widgetClass);
      expect(widget).toMatchObject({ ...traits, description: "x" });
    });

    it.each([
      ["[10, 1]", [10, 1]],
      ["[1, 10, 0]", [1, 10, 0]],
      ["[1, 10, -1]", [1, 10, -1]],
      ["[1, NaN]", [1, NaN]],
      ["[5]", [5]],
      ["[1, 2, 4, 8]", [1, 2, 4, 8]],
    ])("is not made from %s, and the error says how to give a list", (got, range) => {
      expect(() => control(range)).toThrow(
        new RangeError(
          "x: expected [min, max] or [min, max, step] with min <= max and step > 0, " +
            `got ${got}; a list of numbers to choose from is choices([...])`,
        ),
      );
    });

    it.each([
      [null, "null"],
      [undefined, "undefined"],
      [[], "no options"],
      [{}, "no options"],
      [new Map(), "no options"],
      [() => 1, "a function"],
      [new (class Mine {})(), "a Mine"],
    ])("is not made from %s", (abbreviation, got) => {
      expect(() => control(abbreviation)).toThrow(
        "x: expected a boolean, a string, a number, a Date, an array, an object or a Map of " +
          `options, a widget with a value, or fixed(...), got ${got}`,
      );
    });

    it("is not made from other numbers, dates and widgets", () => {
      expect(() => control(Infinity)).toThrow("x: expected a finite number, got Infinity");
      expect(() => control(new Date(NaN))).toThrow("x: expected a valid Date, got an invalid one");
      expect(() => control(new HBox())).toThrow("x: expected a widget with a value, got a HBox");
      expect(() => interactive(() => 0, [1, 2] as never)).toThrow(
        "controls: expected an object such as { speed: 5 }, got [1, 2]",
      );
    });

    it("may be a widget, which keeps its own description", () => {
      const own = new IntSlider({ description: "mine" });
      expect(control(own)).toBe(own);
      expect(own.description).toBe("mine");
    });

    it("changes only afterwards without continuous_update, unless it was given as a widget", () => {
      const own = new IntSlider();
      const { children } = interactive(
        () => 0,
        { n: 5, f: 0.5, t: "a", own },
        { continuous_update: false },
      );
      const updates = children
        .slice(0, 4)
        .map((child) => Reflect.get(child, "continuous_update") as unknown);
      expect(updates).toEqual([false, false, false, true]);
    });
  });

  describe("interactive()", () => {
    it("calls the function with the values, at first and when one of them changes", () => {
      const calls: object[] = [];
      const made = interactive(
        (values) => {
          calls.push(values);
          return values.n * 2;
        },
        { n: 5, on: true, x: fixed("const"), colour: ["red", "blue"], day: new Date(2026, 2, 9) },
      );
      const first = {
        ...{ n: 5, on: true, x: "const", colour: "red" },
        day: new Date(2026, 2, 9),
      };
      expect(calls).toEqual([first]);
      expect([made.result, made.kwargs]).toEqual([10, first]);
      const [n, on, colour, day, out] = made.children;
      expect(made.children).toHaveLength(5);
      expect(out).toBe(made.out);
      (n as IntSlider).value = 6;
      (on as Checkbox).value = false;
      (colour as Dropdown).value = "blue";
      (day as DatePicker).value = null;
      expect(calls).toHaveLength(5);
      expect(calls.at(-1)).toEqual({ n: 6, on: false, x: "const", colour: "blue", day: null });
      expect(made.result).toBe(12);
    });

    it("takes a fixed value anew at each run", async () => {
      const factor = fixed(1);
      const made = interactive(({ f }) => f, { f: factor });
      factor.value = 3;
      await made.update();
      expect(made.result).toBe(3);
    });

    it("shows what the function prints, and what it returns only if asked to", () => {
      const fn = ({ n }: { n: number }): string => {
        kernel.print(`n ${n}\n`);
        return "returned";
      };
      expect(shown(interactive(fn, { n: 1 }).out)).toEqual(["n 1\n"]);
      expect(shown(interactive(fn, { n: 1 }, { auto_display: true }).out)).toEqual([
        "n 1\n",
        { "text/plain": "returned" },
      ]);
    });

    it("replaces what it shows, in one update", async () => {
      const made = interactive(({ n }) => n, { n: 1 }, { auto_display: true });
      display(made);
      await settled();
      kernel.sent.length = 0;
      (made.children[0] as IntSlider).value = 2;
      await settled();
      expect(shown(made.out)).toEqual([{ "text/plain": "2" }]);
      expect(kernel.messages(made.out.model_id)).toHaveLength(1);
    });

    it("shows nothing once the function returns undefined", () => {
      const made = interactive(
        ({ n }) => (n > 1 ? undefined : n),
        { n: 1 },
        { auto_display: true },
      );
      expect(shown(made.out)).toHaveLength(1);
      (made.children[0] as IntSlider).value = 2;
      expect(shown(made.out)).toEqual([]);
      expect(made.result).toBeUndefined();
    });

    it("shows what the function throws, keeps the last result, and goes on", () => {
      const made = interactive(
        ({ n }) => {
          if (n === 2) throw new Error("not two");
          return n;
        },
        { n: 1 },
      );
      const slider = made.children[0] as IntSlider;
      slider.value = 2;
      expect(shown(made.out)).toEqual(["not two"]);
      expect(made.result).toBe(1);
      slider.value = 3;
      expect([made.result, shown(made.out)]).toEqual([3, []]);
    });

    it("keeps up with an async function: one run at a time, with the newest values", async () => {
      const { calls, fn, finish } = slow();
      const made = interactive(fn, { n: [0, 10] }, { auto_display: true });
      const slider = made.children[0] as IntSlider;
      for (const value of [1, 2, 3]) slider.value = value;
      expect(calls).toEqual([{ n: 5 }]);
      finish();
      await settled();
      expect(calls).toEqual([{ n: 5 }, { n: 3 }]);
      expect(shown(made.out)).toEqual([{ "text/plain": '{"n":5}' }]);
      finish();
      await settled();
      expect(shown(made.out)).toEqual([{ "text/plain": '{"n":3}' }]);
      expect(made.result).toEqual({ "text/plain": '{"n":3}' });
      expect(calls).toHaveLength(2);
    });

    it("shows what an async function rejects with, and goes on", async () => {
      const made = interactive(
        async ({ n }) => {
          await Promise.resolve();
          if (n === 1) throw new Error("rejected");
          return n;
        },
        { n: 1 },
      );
      await made.update();
      expect(shown(made.out)).toEqual(["rejected"]);
      (made.children[0] as IntSlider).value = 2;
      await made.update();
      expect([made.result, shown(made.out)]).toEqual([2, []]);
    });

    it("runs once more for what the function itself changes", () => {
      const other = new IntSlider();
      const calls: unknown[] = [];
      interactive(
        ({ n }) => {
          calls.push([n, other.value]);
          other.value = n * 2;
        },
        { n: 4, other },
      );
      expect(calls).toEqual([
        [4, 0],
        [4, 8],
      ]);
    });

    it("ends with an error if the function never leaves its controls alone", () => {
      const other = new IntSlider({ max: 1e6 });
      const { out } = interactive(() => (other.value += 1), { other });
      expect(shown(out)).toEqual(["the function keeps changing its own controls"]);
    });

    it("lets go of a widget that the function returned before", async () => {
      const made = interactive(() => new Checkbox(), { n: 1 }, { auto_display: true });
      display(made);
      const first = made.result as Checkbox;
      (made.children[0] as IntSlider).value = 2;
      await settled();
      expect(first[STATUS]).toBe("left");
      expect((made.result as Checkbox)[STATUS]).toBe("open");
      const boxes = openWidgets().filter((widget) => widget instanceof Checkbox);
      expect(boxes).toEqual([made.result]);
    });

    it("stops when it is closed", () => {
      const own = new IntSlider();
      let calls = 0;
      interactive(() => (calls += 1), { own }).close();
      own.value = 5;
      expect(calls).toBe(1);
    });

    it("works without a kernel that redirects", () => {
      removeKernel();
      const made = interactive(({ n }) => n, { n: 3 });
      expect(made.result).toBe(3);
    });

    it("rejects what is no function, and unknown options", () => {
      expect(() => interactive(5 as never, {})).toThrow("fn: expected a function, got 5");
      expect(() => interactive(() => 1, {}, { auto: true } as never)).toThrow(
        'options: expected one of manual, manual_name, auto_display, continuous_update, got "auto"',
      );
    });
  });

  describe("interact()", () => {
    it("shows the controls, and the result below them", () => {
      const made = interact(({ n }) => ({ "text/html": `<b>${n}</b>` }), { n: 5 });
      expect(kernel.displayed).toHaveLength(1);
      expect(made[STATUS]).toBe("open");
      expect(made._dom_classes).toEqual(["widget-interact"]);
      expect(shown(made.out)).toEqual([{ "text/html": "<b>5</b>" }]);
    });

    it("is not shown twice as the last expression of its cell, but by a later cell", () => {
      kernel.runCell("first");
      const made = interact(() => undefined, { n: 5 });
      expect(made[LAST_EXPRESSION]()).toBeUndefined();
      expect(made[DISPLAY]()).toHaveProperty(["text/plain"]);
      kernel.runCell("second");
      expect(made[LAST_EXPRESSION]()).toHaveProperty(["text/plain"]);
    });

    it("is shown as a last expression if it was only made", () => {
      expect(interactive(() => 1, {})[LAST_EXPRESSION]()).toHaveProperty(["text/plain"]);
    });
  });

  describe("interact_manual()", () => {
    it("runs at a click, and its button is disabled meanwhile", async () => {
      const { calls, fn, finish } = slow();
      const made = interact_manual(fn, { n: 5 }, { manual_name: "Go" });
      const [slider, button] = made.children as [IntSlider, Button];
      expect(button.description).toBe("Go");
      slider.value = 6;
      expect(calls).toEqual([]);
      kernel.custom(button.model_id, { event: "click" });
      expect([calls, button.disabled]).toEqual([[{ n: 6 }], true]);
      finish();
      await settled();
      expect(button.disabled).toBe(false);
      expect(shown(made.out)).toEqual([{ "text/plain": '{"n":6}' }]);
    });

    it("is named as in ipywidgets, and runs at Return in a text field", () => {
      const calls: unknown[] = [];
      const made = interact_manual(({ t }) => calls.push(t), { t: "a" });
      const [text, button] = made.children as [Text, Button];
      expect([button.description, text.continuous_update]).toEqual(["Run Interact", false]);
      text.value = "b";
      expect(calls).toEqual(["b"]);
    });
  });

  describe("interactive_output()", () => {
    it("follows widgets, and leaves them as they are", () => {
      const n = new IntSlider({ value: 2 });
      const out = interactive_output(
        ({ n: value }) => {
          kernel.print(`n ${value}\n`);
          return value;
        },
        { n },
      );
      expect(out).toBeInstanceOf(Output);
      expect([shown(out), n.description]).toEqual([["n 2\n"], ""]);
      n.value = 3;
      expect(shown(out)).toEqual(["n 3\n"]);
    });

    it("shows what the function returns if asked to", () => {
      const n = new IntSlider({ value: 2 });
      const out = interactive_output((values) => values.n, { n }, { auto_display: true });
      expect(shown(out)).toEqual([{ "text/plain": "2" }]);
      expect(new VBox([n, out]).children).toHaveLength(2);
    });
  });
});
