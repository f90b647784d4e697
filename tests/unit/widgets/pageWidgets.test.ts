import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acceptPageWidgets, openWidget, openWidgets } from "../../../src/widgets";
import { Controller, ControllerButton, IntSlider } from "../../../src/widgets/coreWidgets";
import { FakeKernel } from "../../support/fakeKernel";
import { collectLog, KERNELS, removeKernel, type TestKernel } from "../../support/kernels";
import type { AcceptComm } from "../../support/testKernel";

let kernel: TestKernel;

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
    acceptPageWidgets(kernel);
  });

  afterEach(removeKernel);

  /** The page creates a model as the page's Controller does. Returns its id. */
  function create(name: string): string {
    const module = { _model_module: "@jupyter-widgets/controls", _model_module_version: "2.0.0" };
    return kernel.openFromFrontend("jupyter.widget", { state: { ...module, _model_name: name } });
  }

  /** The page sends all attributes of a new model. */
  function sendAll(id: string, state: object): void {
    kernel.update(id, {
      ...{ _model_name: "ControllerButtonModel", _view_name: "ControllerButtonView" },
      ...{ _dom_classes: [], _view_count: null, layout: null, tabbable: null, tooltip: null },
      ...state,
    });
  }

  describe("a gamepad's button, which the page creates", () => {
    it("is a widget of its Controller", () => {
      const log = collectLog();
      const controller = new Controller();
      openWidget(controller);
      const id = create("ControllerButtonModel");
      sendAll(id, { value: 0, pressed: false, description: 3 });
      kernel.update(controller.model_id, { connected: true, buttons: [`IPY_MODEL_${id}`] });
      const [button] = controller.buttons;
      expect(button).toBeInstanceOf(ControllerButton);
      expect(button?.model_id).toBe(id);

      const seen: unknown[] = [];
      button?.observe(({ new: value }) => seen.push(value), "value");
      kernel.update(id, { value: 1, pressed: true });
      expect([button?.value, button?.pressed, seen]).toEqual([1, true, [1]]);
      expect(log).toEqual([]);
    });

    it("gets the layout that it has in the kernel", () => {
      const id = create("ControllerButtonModel");
      sendAll(id, { value: 0.5 });
      expect(kernel.sent.filter((sent) => sent.commId === id && sent.type === "comm_open")).toEqual(
        [],
      );
      const reference = expect.stringMatching(/^IPY_MODEL_/) as unknown;
      const [state] = kernel.messages(id, "update").map((message) => message["state"]);
      expect(state).toMatchObject({ value: 0.5, layout: reference });
    });

    it("closes when the page closes it", () => {
      const id = create("ControllerAxisModel");
      kernel.update(id, { value: -1 });
      expect(openWidgets().map((widget) => widget.model_id)).toContain(id);
      kernel.closeFromFrontend(id);
      expect(openWidgets()).toEqual([]);
    });

    it("leaves other widgets their own ids", () => {
      const id = create("ControllerButtonModel");
      expect(new IntSlider().model_id).not.toBe(id);
    });
  });
});

describe("any other widget that a page creates", () => {
  it.each([
    [{ state: { _model_name: "IntSliderModel" } }, '"IntSliderModel"'],
    [{ state: {} }, "undefined"],
    [undefined, "undefined"],
  ])("is refused: %j", (data, got) => {
    const accepting = new (class extends FakeKernel {
      accept: AcceptComm | undefined;
      override registerTarget(_: string, accept: AcceptComm): void {
        this.accept = accept;
      }
    })();
    acceptPageWidgets(accepting);
    const comm = { id: "mine", send: () => undefined, close: () => undefined };
    const models = "ControllerAxisModel or ControllerButtonModel";
    expect(() => accepting.accept?.(comm, data, [])).toThrow(
      `comm_open.data.state._model_name: expected ${models}, got ${got}`,
    );
  });
});
