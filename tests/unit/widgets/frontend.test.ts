import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  DISPLAY,
  openWidget,
  openWidgets,
  portableRuntime,
  WIRE_STATE,
} from "../../../src/widgets";
import { removeBuffers } from "../../../src/widgets/bufferPaths";
import { HBox, Image, IntSlider, Text } from "../../../src/widgets/coreWidgets";
import { collectLog, installKernel, removeKernel } from "../../support/kernels";
import { LoopbackKernel } from "../../support/loopbackKernel";

let kernel: LoopbackKernel;
let log: string[];

beforeEach(() => {
  kernel = installKernel(new LoopbackKernel(), portableRuntime);
  log = collectLog();
});

afterEach(removeKernel);

function expectSameStateAtBothEnds(): void {
  const models = [...kernel.frontend.models].map(([id, model]) => [id, removeBuffers(model)]);
  const widgets = openWidgets().map((widget) => [widget.model_id, widget[WIRE_STATE]()]);
  expect(Object.fromEntries(models)).toEqual(Object.fromEntries(widgets));
}

describe("a frontend", () => {
  it("gets a model for each widget that is displayed, and for its children", () => {
    const slider = new IntSlider({ value: 3 });
    const image = new Image({ value: new Uint8Array([1, 2]) });
    const box = new HBox({ children: [slider, image] });
    box[DISPLAY]();
    expect(kernel.frontend.models.get(box.model_id)).toMatchObject({
      _model_name: "HBoxModel",
      children: [`IPY_MODEL_${slider.model_id}`, `IPY_MODEL_${image.model_id}`],
    });
    expect(kernel.frontend.models.get(image.model_id)?.["value"]).toEqual(new Uint8Array([1, 2]));
    expectSameStateAtBothEnds();
  });

  it("loses the models of a widget that is closed", () => {
    const slider = new IntSlider();
    openWidget(slider);
    expect(kernel.frontend.models.size).toBe(3);
    slider.close();
    expect(kernel.frontend.models.size).toBe(0);
  });

  it("gets the kernel's value back for an invalid one", () => {
    const slider = new IntSlider({ value: 3 });
    openWidget(slider);
    kernel.frontend.set(slider.model_id, { value: "many" });
    expect(kernel.frontend.models.get(slider.model_id)?.["value"]).toBe(3);
    expect(log).toEqual([
      'IntSlider, a state update from a frontend: value: expected an integer, got "many"',
    ]);
  });

  it("has the same state as the kernel, whichever of them changes it", () => {
    const slider = new IntSlider();
    const text = new Text();
    const image = new Image();
    const box = new HBox();
    for (const widget of [slider, text, image, box]) openWidget(widget);
    // An observer that answers a change with another one.
    slider.observe(({ new: value }) => {
      if (value > 50) slider.value = 50;
    }, "value");
    const children = fc.subarray([slider, text, image]);
    const bytes = fc.uint8Array({ maxLength: 4 });
    const { frontend } = kernel;
    const action = fc.oneof(
      fc.integer({ min: 0, max: 100 }).map((value) => () => (slider.value = value)),
      fc.string().map((value) => () => (text.value = value)),
      bytes.map((value) => () => (image.value = value)),
      children.map((value) => () => (box.children = value)),
      fc.tuple(fc.integer({ max: 100 }), fc.string()).map(([min, value]) => () => {
        slider.hold_sync(() => {
          slider.min = min;
          text.value = value;
          slider.description = value;
        });
      }),
      fc
        .oneof(fc.integer({ min: 0, max: 100 }), fc.jsonValue())
        .map((value) => () => frontend.set(slider.model_id, { value })),
      fc.jsonValue().map((value) => () => frontend.set(text.model_id, { value })),
      children.map((widgets) => () => {
        const references = widgets.map(({ model_id }) => `IPY_MODEL_${model_id}`);
        frontend.set(box.model_id, { children: references });
      }),
      fc.constant(() => frontend.send(box.model_id, { method: "request_state" })),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 20 }), (actions) => {
        for (const act of actions) act();
        expectSameStateAtBothEnds();
      }),
      { numRuns: 100 },
    );
  });
});
