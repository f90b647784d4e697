import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Button, IntSlider, Link, VBox } from "../../../src/widgets/coreWidgets";
import {
  DISPLAY,
  findWidget,
  ON_LEAVE,
  ON_OPEN,
  openWidget,
  openWidgets,
  Output,
  releaseOutputs,
  STATUS,
  type Widget,
} from "../../../src/widgets";
import { collectGarbage } from "../../support/garbage";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;

/** The ids of the comms that were closed, in order. */
function closed(): string[] {
  return kernel.sent.filter(({ type }) => type === "comm_close").map(({ commId }) => commId);
}

describe.each(KERNELS)("on $on, a widget", ({ install }) => {
  beforeEach(() => {
    kernel = install();
  });

  afterEach(removeKernel);

  it("leaves with its layout when the cell that shows it runs again", () => {
    kernel.runCell("a");
    const slider = new IntSlider();
    slider[DISPLAY]();
    const ids = openWidgets().map(({ model_id }) => model_id);
    expect(ids).toContain(slider.layout.model_id);
    kernel.runCell("b");
    expect(closed()).toEqual([]);
    kernel.runCell("a");
    expect(closed().sort()).toEqual(ids.sort());
    expect(openWidgets()).toEqual([]);
    expect(findWidget(slider.model_id)).toBeUndefined();
    expect(slider[STATUS]).toBe("left");
  });

  it("leaves when its outputs were removed, also in cells without a name", () => {
    const slider = new IntSlider();
    slider[DISPLAY]();
    kernel.runCell("a");
    slider[DISPLAY]();
    releaseOutputs([slider.model_id]);
    expect(closed()).toContain(slider.model_id);
  });

  it("stays when its outputs were removed while a widget that is shown refers to it", () => {
    kernel.runCell("a");
    const slider = new IntSlider();
    slider[DISPLAY]();
    new VBox({ children: [slider] })[DISPLAY]();
    releaseOutputs([slider.model_id]);
    expect(closed()).toEqual([]);
  });

  it("sends no messages once it has left, for instance from a timer of the old run", () => {
    kernel.runCell("a");
    const slider = new IntSlider();
    slider[DISPLAY]();
    kernel.runCell("a");
    kernel.runCell("b");
    const before = kernel.sent.length;
    slider.send({ tick: 1 });
    expect(kernel.sent).toHaveLength(before);
    expect(openWidgets()).toEqual([]);
    slider[DISPLAY]();
    slider.send({ tick: 2 });
    expect(kernel.sent.at(-1)).toMatchObject({ data: { method: "custom", content: { tick: 2 } } });
  });

  it("comes back as it is when it is shown again", () => {
    kernel.runCell("a");
    const slider = new IntSlider({ value: 3 });
    const seen: unknown[] = [];
    slider.observe((change) => seen.push(change.new), "value");
    slider[DISPLAY]();
    kernel.runCell("a");
    const before = kernel.sent.length;
    slider.value = 7;
    expect(kernel.sent).toHaveLength(before);
    slider[DISPLAY]();
    const opened = kernel.sent.slice(before).find(({ commId }) => commId === slider.model_id);
    expect(opened).toMatchObject({ type: "comm_open", data: { state: { value: 7 } } });
    kernel.update(slider.model_id, { value: 9 });
    expect(slider.value).toBe(9);
    expect(seen).toEqual([7, 9]);
  });

  it("stays while another cell shows it", () => {
    kernel.runCell("a");
    const slider = new IntSlider();
    slider[DISPLAY]();
    kernel.runCell("b");
    slider[DISPLAY]();
    kernel.runCell("a");
    expect(closed()).toEqual([]);
    kernel.runCell("b");
    expect(closed()).toContain(slider.model_id);
  });

  it("stays while a widget that is shown refers to it, and leaves with that one", () => {
    kernel.runCell("a");
    const slider = new IntSlider();
    slider[DISPLAY]();
    kernel.runCell("b");
    const box = new VBox({ children: [new VBox({ children: [slider] })] });
    box[DISPLAY]();
    kernel.runCell("a");
    expect(closed()).toEqual([]);
    kernel.runCell("b");
    expect(closed()).toContain(slider.model_id);
    expect(openWidgets()).toEqual([]);
  });

  it("stays while an Output that is shown displays it", () => {
    kernel.runCell("a");
    const output = new Output();
    output[DISPLAY]();
    kernel.runCell("b");
    const slider = new IntSlider();
    output.append_display_data(slider[DISPLAY]());
    kernel.runCell("b");
    expect(closed()).toEqual([]);
    output.clear_output();
    kernel.runCell("b");
    expect(slider[STATUS]).toBe("open");
    kernel.runCell("a");
    expect(closed()).toContain(slider.model_id);
  });

  it("stays with what it links, if it has an effect without being shown", () => {
    kernel.runCell("a");
    const [one, other] = [new IntSlider(), new IntSlider()];
    one[DISPLAY]();
    const link = new Link({ source: [one, "value"], target: [other, "value"] });
    kernel.runCell("a");
    expect(closed()).toEqual([]);
    link.close();
    kernel.runCell("a");
    expect(closed()).toEqual([link.model_id]);
  });

  it("stays until it is closed where openWidget() opened it", () => {
    kernel.runCell("a");
    const button = new Button();
    openWidget(button);
    button[DISPLAY]();
    kernel.runCell("a");
    expect(closed()).toEqual([]);
  });

  it("stays where the front end does not name its cells", () => {
    const slider = new IntSlider();
    slider[DISPLAY]();
    kernel.runCell("a");
    expect(closed()).toEqual([]);
  });

  it("that was opened by a message leaves with that cell", () => {
    kernel.runCell("a");
    const button = new Button();
    button.send({ hello: true });
    kernel.runCell("b");
    button.send({ hello: true });
    kernel.runCell("a");
    expect(closed()).toContain(button.model_id);
  });

  it("tells its class that it leaves, and that it opens again", () => {
    const calls: string[] = [];
    class Noted extends Button {
      override [ON_OPEN](): void {
        calls.push("open");
      }
      override [ON_LEAVE](): void {
        calls.push("leave");
      }
    }
    kernel.runCell("a");
    const noted = new Noted();
    noted[DISPLAY]();
    kernel.runCell("a");
    noted[DISPLAY]();
    noted.close();
    expect(calls).toEqual(["open", "leave", "open"]);
  });

  it("can be closed after it has left", () => {
    kernel.runCell("a");
    const slider = new IntSlider();
    slider[DISPLAY]();
    kernel.runCell("a");
    const before = closed();
    slider.close();
    expect(closed()).toEqual(before);
    expect(slider[STATUS]).toBe("closed");
  });

  it("goes to the garbage once it has left and nothing refers to it", async () => {
    const show = (): WeakRef<Widget> => {
      const slider = new IntSlider();
      slider[DISPLAY]();
      return new WeakRef<Widget>(slider);
    };
    kernel.runCell("a");
    const old = show();
    kernel.runCell("a");
    show();
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(old.deref()).toBeUndefined();
  });
});
