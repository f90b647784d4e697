import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { HBox, Image, IntSlider } from "../../../src/widgets/coreWidgets";
import { ON_STATE_REQUEST, openWidget, REPORT } from "../../../src/widgets";
import { CONTROL_TARGET, registerWidgetControl } from "../../../src/widgets/widgetControl";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;
let reports: string[];

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
    reports = [];
    registerWidgetControl(kernel, (error) => {
      reports.push(error instanceof Error ? error.message : String(error));
    });
  });

  afterEach(removeKernel);

  function requestStates(): Record<string, unknown> {
    const comm = kernel.openFromFrontend(CONTROL_TARGET);
    kernel.deliver(comm, { method: "request_states" });
    const [answer] = kernel.messages(comm);
    if (answer === undefined) throw new Error("no answer");
    return answer;
  }

  describe("the control comm", () => {
    it("has ipywidgets' target name", () => {
      expect(CONTROL_TARGET).toBe("jupyter.widget.control");
    });

    it("answers without states if no widget is open", () => {
      new IntSlider();
      expect(requestStates()).toEqual({ method: "update_states", states: {}, buffer_paths: [] });
    });

    it("answers with the state of every open widget, including children and layouts", () => {
      const slider = new IntSlider({ value: 1 });
      const box = new HBox({ children: [slider] });
      openWidget(box);
      slider.value = 7;
      const states = requestStates()["states"] as Record<string, { state: object }>;
      expect(Object.keys(states).sort()).toEqual(
        [box, slider, box.layout, slider.layout, slider.style].map((w) => w.model_id).sort(),
      );
      expect(states[slider.model_id]).toMatchObject({
        model_name: "IntSliderModel",
        model_module: "@jupyter-widgets/controls",
        model_module_version: "2.0.0",
        state: { value: 7, layout: `IPY_MODEL_${slider.layout.model_id}` },
      });
      expect(states[box.model_id]?.state).toEqual(kernel.opening(box.model_id).data["state"]);
      slider.close();
      expect(Object.keys(requestStates()["states"] as object)).not.toContain(slider.model_id);
    });

    it("gives the path of each buffer, starting with the widget's id", () => {
      const first = new Image({ value: new Uint8Array([1]) });
      const second = new Image({ value: new Uint8Array([2]) });
      openWidget(first);
      openWidget(second);
      const answer = requestStates();
      expect(answer["buffer_paths"]).toEqual([
        [first.model_id, "state", "value"],
        [second.model_id, "state", "value"],
      ]);
      expect(kernel.sent.at(-1)?.buffers).toEqual([new Uint8Array([1]), new Uint8Array([2])]);
    });

    it("notifies each widget of the request after the answer", () => {
      const order: string[] = [];
      class Watching extends IntSlider {
        override [ON_STATE_REQUEST](): void {
          order.push(kernel.sent.at(-1)?.data["method"] as string);
          throw new Error("hook");
        }
        override [REPORT](error: unknown): void {
          order.push(String(error));
        }
      }
      openWidget(new Watching());
      openWidget(new Watching());
      requestStates();
      expect(order).toEqual(["update_states", "Error: hook", "update_states", "Error: hook"]);
    });

    it("reports what a widget throws in the cell that shows the widget", () => {
      class Broken extends IntSlider {
        override [ON_STATE_REQUEST](): void {
          throw new Error("hook");
        }
        override [REPORT](error: unknown): void {
          kernel.print(`${String(error)}\n`, "stderr");
        }
      }
      registerWidgetControl(kernel, (error) => kernel.print(`${String(error)}\n`, "stderr"));
      const [broken, image] = [new Broken(), new Image({ value: Uint8Array.of(1) })];
      kernel.cell = "shows";
      openWidget(broken);
      openWidget(image);
      kernel.cell = "ran last";
      structuredClone(image.value, { transfer: [image.value.buffer as ArrayBuffer] });
      requestStates();
      const states = /^shows stderr: TypeError: value: expected a Uint8Array, got .*\n/;
      expect(kernel.cellText).toMatch(states);
      expect(kernel.cellText.replace(states, "")).toBe("shows stderr: Error: hook\n");
    });

    it("serves several frontends, and forgets those that close", () => {
      const one = kernel.openFromFrontend(CONTROL_TARGET);
      const two = kernel.openFromFrontend(CONTROL_TARGET);
      kernel.deliver(one, { method: "request_states" });
      kernel.closeFromFrontend(one);
      kernel.deliver(two, { method: "request_states" });
      expect(kernel.messages(one)).toHaveLength(1);
      expect(kernel.messages(two)).toHaveLength(1);
    });

    it.each([
      [null, "method: expected request_states, got null"],
      [{}, "method: expected request_states, got undefined"],
      [{ method: "close_all" }, 'method: expected request_states, got "close_all"'],
    ])("reports %j and carries on", (message, text) => {
      const comm = kernel.openFromFrontend(CONTROL_TARGET);
      kernel.deliver(comm, message);
      expect(reports).toEqual([text]);
      expect(kernel.messages(comm)).toEqual([]);
      expect(requestStates()["method"]).toBe("update_states");
    });

    it("survives any malformed request", () => {
      const comm = kernel.openFromFrontend(CONTROL_TARGET);
      fc.assert(
        fc.property(fc.jsonValue(), (message) => {
          const before = reports.length;
          kernel.deliver(comm, message);
          expect(reports).toHaveLength(before + 1);
        }),
        { numRuns: 300 },
      );
      expect(kernel.messages(comm)).toEqual([]);
    });
  });
});
