import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from "vitest";

import * as widgets from "../../../src/widgets/coreWidgets";
import {
  DISPLAY,
  DOMWidget,
  openWidget,
  STATUS,
  type Widget,
  type Change,
} from "../../../src/widgets";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

const {
  Button,
  DatePicker,
  Dropdown,
  FloatRangeSlider,
  HBox,
  Image,
  IntSlider,
  Layout,
  Link,
  Tab,
} = widgets;

interface Entry {
  readonly model: { readonly module: string; readonly name: string; readonly version: string };
  readonly view: {
    readonly module: string;
    readonly name: string | null;
    readonly version: string;
  };
  readonly attributes: readonly {
    readonly name: string;
    readonly type: unknown;
    readonly default: unknown;
  }[];
}

const specPath = createRequire(import.meta.url).resolve(
  "@jupyter-widgets/schema/jupyterwidgetmodels.latest.json",
);
const spec = (JSON.parse(readFileSync(specPath, "utf8")) as Entry[]).filter(
  // The abstract base of the media widgets is published under this name.
  (entry) => entry.model.name !== "DOMWidgetModel",
);

/** Values that ipywidgets for Python gives a new widget, where the spec has those of the class. */
const OTHER_DEFAULTS: Readonly<Record<string, unknown>> = {
  "FileUploadModel.description": "Upload",
  "FloatRangeSliderModel.value": [25, 75],
  "IntRangeSliderModel.value": [25, 75],
};

let kernel: TestKernel;

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
  });

  afterEach(removeKernel);

  describe("the published model spec", () => {
    it("covers the promised packages", () => {
      expect(new Set(spec.map((entry) => entry.model.module))).toEqual(
        new Set(["@jupyter-widgets/base", "@jupyter-widgets/controls", "@jupyter-widgets/output"]),
      );
      expect(spec.length).toBeGreaterThan(60);
    });

    it.each(spec.map((entry) => [entry.model.name, entry] as const))(
      "%s opens with its attributes and defaults",
      (modelName, entry) => {
        const widgetClass: unknown = Reflect.get(widgets, modelName.replace(/Model$/, ""));
        const widget = new (widgetClass as new () => Widget)();
        openWidget(widget);
        const { data, buffers } = kernel.opening(widget.model_id);
        const state = data["state"] as Record<string, unknown>;
        const paths = data["buffer_paths"] as string[][];
        for (const attribute of entry.attributes) {
          const value = state[attribute.name];
          if (attribute.type === "bytes") {
            expect(paths).toEqual([[attribute.name]]);
            expect(buffers[0]).toHaveLength(0);
          } else if (attribute.default === "reference to new instance") {
            expect(value).toMatch(/^IPY_MODEL_/);
          } else {
            // The view module of a model without a view is null, as for a plain Widget in
            // ipywidgets. The spec names a module.
            const viewless = entry.view.name === null && attribute.name.startsWith("_view_");
            const expected = OTHER_DEFAULTS[`${modelName}.${attribute.name}`] ?? attribute.default;
            if (!viewless) expect([attribute.name, value]).toEqual([attribute.name, expected]);
          }
        }
        expect(Object.keys(state)).toEqual(expect.arrayContaining(["_model_name", "_view_count"]));
        const known = new Set([
          ...entry.attributes.map((attribute) => attribute.name),
          "_view_count",
        ]);
        expect(Object.keys(state).filter((name) => !known.has(name))).toEqual([]);
      },
    );
  });

  describe("core widgets", () => {
    it("have typed attributes", () => {
      const slider = new IntSlider({ min: 0, max: 10, value: 3 });
      expectTypeOf(slider.value).toEqualTypeOf<number>();
      expectTypeOf(slider.orientation).toEqualTypeOf<"horizontal" | "vertical">();
      expectTypeOf(slider.layout.width).toEqualTypeOf<string | null>();
      slider.observe((change) => expectTypeOf(change).toEqualTypeOf<Change<number>>(), "value");
      expect(slider.value).toBe(3);
      expect(slider).toBeInstanceOf(DOMWidget);
      // @ts-expect-error No such option.
      expect(() => new IntSlider({ maximum: 3 })).toThrow(
        /^IntSlider: expected options among .*max,/,
      );
      // @ts-expect-error Not a number.
      expect(() => (slider.value = "3")).toThrow('value: expected an integer, got "3"');
      // @ts-expect-error Not one of the values.
      expect(() => (slider.orientation = "diagonal")).toThrow(RangeError);
    });

    it("list the names of the traits that pages have", () => {
      const slider = new IntSlider();
      openWidget(slider);
      const { data } = kernel.opening(slider.model_id);
      expect(slider.keys).toEqual(Object.keys(data["state"] as object));
      // A choice's value exists in the kernel only, and the user's own classes have their own keys.
      expect(new Dropdown({ options: ["x"] }).keys).not.toContain("value");
      const own = new (class extends DOMWidget {
        readonly keys = new Set(["ArrowUp"]);
      })();
      expect(own.keys.size).toBe(1);
    });

    it("show children, each opened before the box", () => {
      const slider = new IntSlider();
      const button = new Button({ description: "Go" });
      const box = new HBox({ children: [slider, button] });
      const bundle = box[DISPLAY]();
      expect(bundle["text/plain"]).toBe("HBox(children=[IntSlider(), Button()])");
      expect(kernel.opening(box.model_id).data["state"]).toMatchObject({
        children: [`IPY_MODEL_${slider.model_id}`, `IPY_MODEL_${button.model_id}`],
      });
      expect(kernel.sent.at(-1)?.commId).toBe(box.model_id);
      // @ts-expect-error Not a widget.
      expect(() => (box.children = [3])).toThrow(
        "children[0]: expected a widget of class Widget, got 3",
      );
      slider.close();
      expect(() => (box.children = [slider])).toThrow("got a closed one");
    });

    it("create a style from its attributes", () => {
      const slider = new IntSlider({ style: { handle_color: "red" } });
      slider.style.description_width = "5px";
      openWidget(slider);
      expect(kernel.opening(slider.style.model_id).data["state"]).toMatchObject({
        _model_name: "SliderStyleModel",
        handle_color: "red",
        description_width: "5px",
      });
      expect(() => (slider.style = new widgets.ButtonStyle())).toThrow(
        "style: expected a widget of class SliderStyle, got a ButtonStyle",
      );
    });

    it("each have their own layout", () => {
      const one = new IntSlider();
      const two = new IntSlider();
      expect(one.layout).not.toBe(two.layout);
      expect(one.layout).toBe(one.layout);
      const shared = new Layout({ width: "1px" });
      expect(new IntSlider({ layout: shared }).layout).toBe(shared);
    });

    it("accept a slider's move from a frontend", () => {
      const slider = new IntSlider();
      openWidget(slider);
      const seen: number[] = [];
      slider.observe((change) => seen.push(change.new), "value");
      kernel.update(slider.model_id, { value: 42 });
      expect(seen).toEqual([42]);
    });

    it("support dates, times, ranges, bytes and null", () => {
      const picker = new DatePicker({ value: { year: 2024, month: 0, date: 31 } });
      expect(picker.value).toEqual(new Date(2024, 0, 31));
      picker.value = null;
      expect(picker.value).toBeNull();
      expect(() => (picker.value = { year: 2024, month: 0 } as never)).toThrow(
        "value.date: expected an integer from 1 to 31, got undefined",
      );
      picker.step = "any";
      // @ts-expect-error Neither a number nor "any".
      expect(() => (picker.step = "some")).toThrow(TypeError);
      const range = new FloatRangeSlider();
      expectTypeOf(range.value).toEqualTypeOf<readonly number[]>();
      expect(range.value).toEqual([25, 75]);
      const image = new Image({ value: new Uint8Array([1]) });
      openWidget(image);
      expect(kernel.opening(image.model_id).buffers).toEqual([new Uint8Array([1])]);
      const tab = new Tab({ children: [image], titles: ["a"], selected_index: 0 });
      tab.selected_index = null;
      expect(tab.selected_index).toBeNull();
    });

    it("without a view open on construction, such as a link", () => {
      const source = new IntSlider();
      const target = new IntSlider();
      const link = new Link({ source: [source, "value"], target: [target, "value"] });
      expect(link[STATUS]).toBe("open");
      expect(kernel.opening(link.model_id).data["state"]).toMatchObject({
        source: [`IPY_MODEL_${source.model_id}`, "value"],
      });
    });
  });
});
