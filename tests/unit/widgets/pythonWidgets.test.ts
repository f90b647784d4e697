import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { DISPLAY, STATUS } from "../../../src/widgets";
import {
  Accordion,
  BoundedFloatText,
  Button,
  ButtonStyle,
  DescriptionStyle,
  Dropdown,
  FloatLogSlider,
  FloatRangeSlider,
  FloatsInput,
  FloatSlider,
  HBox,
  Image,
  IntRangeSlider,
  IntsInput,
  IntSlider,
  jslink,
  Layout,
  Password,
  Select,
  SelectionRangeSlider,
  SelectionSlider,
  SelectMultiple,
  TagsInput,
  TimePicker,
  ToggleButtons,
  VBox,
} from "../../../src/widgets/coreWidgets";
import { collectLog, KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
  });

  afterEach(removeKernel);

  describe("a button", () => {
    it("calls back at each click, and no more once the callback is removed", () => {
      const button = new Button({ description: "Go" });
      const clicks: Button[] = [];
      const callback = (clicked: Button): unknown => clicks.push(clicked);
      button.on_click(callback);
      button.on_click(callback);
      button[DISPLAY]();
      kernel.custom(button.model_id, { event: "click" });
      kernel.custom(button.model_id, { event: "other" });
      kernel.custom(button.model_id, "click");
      button.click();
      expect(clicks).toEqual([button, button]);
      button.on_click(callback, true);
      kernel.custom(button.model_id, { event: "click" });
      button.click();
      expect(clicks).toHaveLength(2);
    });
  });

  it.each([
    [new Layout({ width: "90%" }), 'Layout(width="90%")'],
    [new ButtonStyle({ button_color: "tomato" }), 'ButtonStyle(button_color="tomato")'],
    [new DescriptionStyle(), "DescriptionStyle()"],
    [new TimePicker({ value: "9:30" }), "TimePicker(value=09:30)"],
  ])("%o has a text form", (widget, text) => {
    expect(inspect([widget])).toBe(`[ ${text} ]`);
    expect(widget[DISPLAY]()).toMatchObject({ "text/plain": text });
  });

  it.each([Layout, ButtonStyle, DescriptionStyle])("%o has no view of its own", (Part) => {
    const part = new Part();
    expect(Object.keys(part[DISPLAY]())).toEqual(["text/plain"]);
    expect(part[STATUS]).toBe("new");
  });

  it("a link shows what it connects", () => {
    const link = jslink([new IntSlider(), "value"], [new IntSlider(), "max"]);
    expect(link[DISPLAY]()).toEqual({
      "text/plain": 'Link(source=[IntSlider(), "value"], target=[IntSlider(), "max"])',
    });
  });

  it("a layout and a style may be plain objects", () => {
    const slider = new IntSlider({ layout: { width: "90%" }, style: { handle_color: "tomato" } });
    expect([slider.layout.width, slider.style.handle_color]).toEqual(["90%", "tomato"]);
    slider[DISPLAY]();
    slider.layout = { width: "50%" };
    slider.style = { description_width: "9em" };
    expect(slider.layout).toBeInstanceOf(Layout);
    expect([slider.layout.width, slider.style.handle_color]).toEqual(["50%", null]);
    expect(kernel.messages(slider.model_id, "update")).toMatchObject([
      { state: { layout: `IPY_MODEL_${slider.layout.model_id}` } },
      { state: { style: `IPY_MODEL_${slider.style.model_id}` } },
    ]);
    expect(() => (slider.layout = { widht: "1px" } as never)).toThrow(
      /^Layout: expected options among .*width.*, got "widht"; did you mean width\?$/,
    );
    expect(new Dropdown({ options: [1], layout: { width: "9px" } }).layout.width).toBe("9px");
    expect(new VBox([], { layout: { border: "1px solid" } }).layout.border).toBe("1px solid");
  });

  it("a button's icon needs no prefix", () => {
    expect(new Button({ icon: "fa-gear fa-spin" }).icon).toBe("gear spin");
  });

  it("a password is not in the widget's text form", () => {
    const password = new Password({ value: "hunter2", description: "Key" });
    expect(password[DISPLAY]()["text/plain"]).toBe('Password(description="Key")');
    expect(inspect(password)).not.toContain("hunter2");
  });

  it("the format of numbers is one that the page can read", () => {
    for (const readout_format of ["d", ".2f", ",.3s", "+.1%", "$,.2r", "*^10x", ""]) {
      expect(new FloatSlider({ readout_format }).readout_format).toBe(readout_format);
    }
    expect(() => new FloatSlider({ readout_format: "two digits" })).toThrow(
      'readout_format: expected a format of numbers such as "d", ".2f" or ",.3s", got "two digits"',
    );
    expect(() => new IntsInput({ format: ".y" })).toThrow(RangeError);
  });

  it("the size of a picture may be a number", () => {
    expect(new Image({ width: 300, height: "200" })).toMatchObject({ width: "300", height: "200" });
  });

  describe("a range", () => {
    it("has a lower and an upper end", () => {
      const range = new FloatRangeSlider({ min: 0, max: 10, value: [2, 8] });
      expectTypeOf(range.lower).toEqualTypeOf<number>();
      expect([range.lower, range.upper]).toEqual([2, 8]);
      range.lower = 3;
      range.upper = 20;
      expect(range.value).toEqual([3, 10]);
      range.max = 2.5;
      expect(range.value).toEqual([2.5, 2.5]);
    });

    it("is the middle half of the bounds at first", () => {
      expect(new IntRangeSlider({ min: 0, max: 10 }).value).toEqual([2, 7]);
      expect(new FloatRangeSlider({ min: 0, max: 10 }).value).toEqual([2.5, 7.5]);
    });

    it("has two ends in order", () => {
      const range = new IntRangeSlider({ value: [20, 30] });
      expect(() => (range.lower = 40)).toThrow(
        "value: expected [lower, upper], lower first, got [40, 30]",
      );
      expect(() => (range.value = [1])).toThrow("got [1]");
      expect(() => (range.value = [1, 2, 3])).toThrow(RangeError);
      expect(range.value).toEqual([20, 30]);
    });
  });

  describe("tags", () => {
    it("are among those that are allowed, and not blank", () => {
      const input = new TagsInput({ value: ["a"], allowed_tags: ["a", "b"] });
      expectTypeOf(input.value).toEqualTypeOf<readonly string[]>();
      expect(() => (input.value = ["a", "c"])).toThrow(
        'value[1]: expected one of allowed_tags (a, b), got "c"',
      );
      expect(() => new TagsInput({ value: [""] })).toThrow(
        'value[0]: expected a non-empty string, got ""',
      );
      input[DISPLAY]();
      const log = collectLog();
      kernel.update(input.model_id, { value: ["b"] });
      kernel.update(input.model_id, { value: ["z"] });
      expect(input.value).toEqual(["b"]);
      expect(log.join()).toContain('got "z"');
      expect(kernel.messages(input.model_id, "update").at(-1)).toMatchObject({
        state: { value: ["b"] },
      });
    });

    it("that are numbers lie within their bounds", () => {
      const input = new IntsInput({ value: [1, 2], min: 1 });
      expectTypeOf(input.value).toEqualTypeOf<readonly number[]>();
      expect(() => (input.value = [0])).toThrow("value[0]: expected a finite number >= 1, got 0");
      expect(() => (input.value = [1.5])).toThrow("value[0]: expected an integer, got 1.5");
      expect(new FloatsInput({ value: [0.5], max: 1 }).value).toEqual([0.5]);
      expect(() => new FloatsInput({ value: [1.5], max: 1 })).toThrow(RangeError);
    });
  });

  describe("a box", () => {
    it("takes its children as the first argument, or as an option", () => {
      const [one, two] = [new IntSlider(), new Button()];
      expect(new HBox([one, two]).children).toEqual([one, two]);
      const box = new VBox([one], { box_style: "info" });
      expect([box.children, box.box_style]).toEqual([[one], "info"]);
      expect(new Accordion({ children: [two], titles: ["Two"] }).titles).toEqual(["Two"]);
      expect(new HBox().children).toEqual([]);
      expect(() => new HBox([5 as never])).toThrow(/^children.*expected a widget/);
      expect(() => new HBox({ child: [] } as never)).toThrow(/^HBox: expected options among/);
    });
  });

  describe("a value within bounds", () => {
    it("is the nearest that is allowed", () => {
      const slider = new IntSlider({ max: 100, value: 700 });
      expect(slider.value).toBe(100);
      slider.value = -5;
      expect(slider.value).toBe(0);
      slider.value = 50;
      slider.max = 40;
      expect(slider.value).toBe(40);
      slider.min = 40;
      slider.max = 60;
      expect(slider.value).toBe(40);
      const text = new BoundedFloatText({ min: 0, max: 1, value: 0.5 });
      text.value = 1.5;
      expect(text.value).toBe(1);
      const range = new IntRangeSlider({ min: 0, max: 10, value: [2, 20] });
      expect(range.value).toEqual([2, 10]);
      const log = new FloatLogSlider({ base: 10, min: 0, max: 2, value: 1e6 });
      expect(log.value).toBe(100);
    });

    it("is sent as it became, once", () => {
      const slider = new IntSlider({ max: 100 });
      slider[DISPLAY]();
      slider.value = 700;
      expect(kernel.messages(slider.model_id, "update")).toMatchObject([{ state: { value: 100 } }]);
      kernel.update(slider.model_id, { value: 30 });
      expect(slider.value).toBe(30);
    });

    it("has bounds in order, and is a number", () => {
      const slider = new IntSlider({ min: 10, max: 20, value: 15 });
      expect(() => (slider.min = 30)).toThrow("min: expected at most max (20), got 30");
      expect(() => (slider.max = 5)).toThrow("max: expected at least min (10), got 5");
      expect(() => new IntSlider({ min: 3, max: 2 })).toThrow(
        "min: expected at most max (2), got 3",
      );
      expect(() => (slider.value = "x" as never)).toThrow(TypeError);
      expect([slider.min, slider.max, slider.value]).toEqual([10, 20, 15]);
    });
  });

  describe("a selection", () => {
    it.each([
      ["values", ["a", "b", 3], ["a", "b", "3"], "b"],
      [
        "pairs",
        [
          ["x", 1],
          ["y", { deep: 2 }],
        ],
        ["x", "y"],
        { deep: 2 },
      ],
      ["a record", { x: 1, y: null }, ["x", "y"], null],
      [
        "a map",
        new Map([
          ["x", 1],
          ["y", 2],
        ]),
        ["x", "y"],
        2,
      ],
    ] as const)("chooses among %s", (_, options, labels, second) => {
      const choice = new Dropdown({ options });
      choice[DISPLAY]();
      expect(kernel.opening(choice.model_id).data).toMatchObject({
        state: { _options_labels: labels, index: 0 },
      });
      expect(choice.options).toEqual(options);
      kernel.update(choice.model_id, { index: 1 });
      expect([choice.value, choice.label, choice.index]).toEqual([second, labels[1], 1]);
    });

    it("is set by its value, label or index, and tells observers", () => {
      const choice = new ToggleButtons({ options: { one: 1, two: 2, three: 3 }, value: 2 });
      expect([choice.index, choice.label]).toEqual([1, "two"]);
      const seen: unknown[] = [];
      choice.observe(({ old, new: value }) => void seen.push([old, value]), "value");
      choice.value = 3;
      expect(choice.index).toBe(2);
      choice.label = "one";
      choice.index = 1;
      expect(seen).toEqual([
        [2, 3],
        [3, 1],
        [1, 2],
      ]);
      choice.index = null;
      expect([choice.value, choice.label]).toEqual([null, null]);
      choice.value = 1;
      choice.value = null;
      expect(choice.index).toBeNull();
    });

    it("rejects what is none of the options", () => {
      const choice = new Select({ options: ["a", "b"] });
      expect(() => (choice.value = "c" as never)).toThrow(
        'value: expected one of the options "a", "b", got "c"',
      );
      expect(() => new Select({ options: ["a"], value: "z" })).toThrow(RangeError);
      expect(() => new Select({ options: 5 as never })).toThrow(/^options: expected an array/);
      expect(() => new Select({ option: [] } as never)).toThrow(/^Select: expected options among/);
      expect([choice.value, choice.index]).toEqual(["a", 0]);
    });

    it("has the first of new options", () => {
      const choice = new Dropdown({ options: ["a", "b"] as string[], value: "b" });
      choice[DISPLAY]();
      choice.options = ["c", "d"];
      expect([choice.value, choice.index]).toEqual(["c", 0]);
      expect(kernel.messages(choice.model_id, "update")).toMatchObject([
        { state: { _options_labels: ["c", "d"], index: 0 } },
      ]);
      choice.options = [];
      expect([choice.value, choice.index]).toEqual([null, null]);
      const slider = new SelectionSlider({ options: [10, 20, 30], value: 30 });
      expect([slider.index, slider.value]).toEqual([2, 30]);
    });

    it("may have several values", () => {
      const choice = new SelectMultiple({ options: ["a", "b", "c"], value: ["a", "c"] });
      expect([choice.index, choice.value, choice.label]).toEqual([
        [0, 2],
        ["a", "c"],
        ["a", "c"],
      ]);
      choice.value = ["b"];
      expect(choice.index).toEqual([1]);
      expect(() => (choice.value = ["x"])).toThrow(RangeError);
      const range = new SelectionRangeSlider({ options: { jan: 1, feb: 2, mar: 3 } });
      expect([range.index, range.value]).toEqual([
        [0, 0],
        [1, 1],
      ]);
      range.value = [1, 3];
      expect(range.index).toEqual([0, 2]);
    });

    it("is of options that there are, also when the page selects", () => {
      const choice = new Dropdown({ options: ["a", "b"] });
      expect(() => (choice.index = 2)).toThrow("index: expected an index of 2 options, got 2");
      choice[DISPLAY]();
      const log = collectLog();
      kernel.update(choice.model_id, { index: -1 });
      expect([choice.index, choice.value]).toEqual([0, "a"]);
      expect(log.join()).toContain("index: expected an index of 2 options, got -1");
      const several = new SelectMultiple({ options: ["a", "b"] });
      expect(() => (several.index = [0, 5])).toThrow("got [0,5]");
      expect(new Dropdown({ options: ["a", "b"], index: 1 }).value).toBe("b");
    });

    it("by a slider has at least one option", () => {
      const slider = new SelectionSlider({ options: [10, 20] });
      const none = "options: expected at least one option, got none";
      expect(() => (slider.options = [] as never)).toThrow(none);
      expect(() => new SelectionRangeSlider({ options: [] })).toThrow(none);
      expect(slider.value).toBe(10);
      const range = new SelectionRangeSlider({ options: [10, 20, 30], value: [10, 30] });
      expect(() => (range.index = [1])).toThrow(
        "index: expected two indices of 3 options, got [1]",
      );
      range.options = [1, 2] as never;
      expect(range.value).toEqual([1, 1]);
    });

    it("still takes the model's own labels and index", () => {
      const choice = new Dropdown({ _options_labels: ["x", "y"], index: 1 });
      expect([choice.value, choice.label]).toEqual(["y", "y"]);
      choice._options_labels = ["p", "q"];
      choice.index = 0;
      expect(choice.value).toBe("p");
    });
  });
});
