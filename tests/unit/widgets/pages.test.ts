import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWidget, portableRuntime } from "../../../src/widgets";
import { Accordion, IntSlider, Label, Stack, Tab } from "../../../src/widgets/coreWidgets";
import { collectLog, installKernel, removeKernel } from "../../support/kernels";
import { LoopbackKernel } from "../../support/loopbackKernel";

let kernel: LoopbackKernel;

beforeEach(() => {
  kernel = installKernel(new LoopbackKernel(), portableRuntime);
});

afterEach(removeKernel);

const labels = (count: number): Label[] => Array.from({ length: count }, () => new Label());

describe.each([
  ["Tab", Tab],
  ["Accordion", Accordion],
  ["Stack", Stack],
])("the titles of a %s", (_, Pages) => {
  it("are as many as the children", () => {
    const pages = new Pages(labels(2), { titles: ["a"] });
    expect(pages.titles).toEqual(["a", ""]);
    pages.children = labels(3);
    expect(pages.titles).toEqual(["a", "", ""]);
    pages.titles = ["x", "y", "z", "more"];
    expect(pages.titles).toEqual(["x", "y", "z"]);
    pages.children = labels(1);
    expect(pages.titles).toEqual(["x"]);
  });

  it("are set one by one", () => {
    const pages = new Pages(labels(2));
    openWidget(pages);
    pages.set_title(1, "second");
    expect([pages.get_title(0), pages.get_title(1)]).toEqual(["", "second"]);
    expect(kernel.messages(pages.model_id, "update")).toMatchObject([
      { state: { titles: ["", "second"] } },
    ]);
    expect(() => pages.set_title(2, "third")).toThrow(
      "index: expected the index of one of 2 pages, got 2",
    );
    expect(() => pages.get_title(-1)).toThrow(RangeError);
    expect(() => pages.set_title(0, 5 as never)).toThrow("titles[0]: expected a string, got 5");
  });

  it("reach the page together with new children", () => {
    const pages = new Pages(labels(1));
    openWidget(pages);
    pages.children = [new IntSlider(), ...labels(1)];
    const updates = kernel.messages(pages.model_id, "update");
    expect(updates).toHaveLength(1);
    expect(updates[0]?.["state"]).toMatchObject({ titles: ["", ""] });
  });
});

describe("the selected page", () => {
  it("of tabs is the first, and then one that exists", () => {
    expect(new Tab().selected_index).toBeNull();
    const tab = new Tab(labels(3));
    expect(tab.selected_index).toBe(0);
    tab.selected_index = 2;
    tab.children = labels(2);
    expect(tab.selected_index).toBe(1);
    tab.children = [];
    expect(tab.selected_index).toBeNull();
    tab.children = labels(1);
    expect(tab.selected_index).toBe(0);
    expect(new Tab(labels(2), { selected_index: 1 }).selected_index).toBe(1);
    expect(new Tab(labels(2), { selected_index: null }).selected_index).toBeNull();
  });

  it.each([
    ["an Accordion", Accordion],
    ["a Stack", Stack],
  ])("of %s is none, and none again when it is gone", (_, Pages) => {
    const pages = new Pages(labels(2));
    expect(pages.selected_index).toBeNull();
    pages.selected_index = 1;
    pages.children = labels(3);
    expect(pages.selected_index).toBe(1);
    pages.children = labels(1);
    expect(pages.selected_index).toBeNull();
  });

  it("is one of the children, also when the page sets it", () => {
    const log = collectLog();
    const tab = new Tab(labels(2));
    expect(() => (tab.selected_index = 2)).toThrow(
      "selected_index: expected null or the index of one of 2 children, got 2",
    );
    expect(() => new Stack(labels(1), { selected_index: -1 })).toThrow(RangeError);
    openWidget(tab);
    kernel.frontend.set(tab.model_id, { selected_index: 1 });
    expect(tab.selected_index).toBe(1);
    kernel.frontend.set(tab.model_id, { selected_index: 7 });
    expect(log.join()).toContain("got 7");
    expect(tab.selected_index).toBe(1);
    expect(kernel.frontend.models.get(tab.model_id)?.["selected_index"]).toBe(1);
  });
});
