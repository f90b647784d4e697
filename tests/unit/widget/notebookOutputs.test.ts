import type { WidgetModel } from "@jupyter-widgets/base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Disposable } from "../../../src/protocol/transport";
import {
  LOOK_AFTER_MS,
  NotebookOutputs,
  REMOVED_AFTER_MS,
  type NotebookContext,
} from "../../../src/widget/notebookOutputs";

type Slot = (sender: unknown, value: unknown) => void;

/** A notebook in JupyterLab: for each cell the model ids that its outputs show. */
class FakeNotebook implements NotebookContext {
  isDisposed = false;
  readonly slots = new Set<Slot>();
  readonly model: NotebookContext["model"];
  #cells: readonly string[][] = [];

  constructor() {
    const { slots } = this;
    const cells = (): object[] => this.#cellModels();
    this.model = {
      isDisposed: false,
      get cells() {
        return cells();
      },
      contentChanged: {
        connect: (slot: Slot) => slots.add(slot),
        disconnect: (slot: Slot) => slots.delete(slot),
      },
    };
  }

  show(...cells: readonly string[][]): void {
    this.#cells = cells;
    for (const slot of this.slots) slot(this, undefined);
  }

  #cellModels(): object[] {
    const text = { outputs: { length: 1, get: () => ({}) } };
    const shown = this.#cells.map((ids) => ({
      outputs: {
        length: ids.length,
        get: (index: number) => ({
          data: { "application/vnd.jupyter.widget-view+json": { model_id: ids[index] } },
        }),
      },
    }));
    return [{}, text, ...shown];
  }
}

let notebook: FakeNotebook;
/** The widget manager of the notebook's kernel, and the models that are open there. */
let open: Set<string>;
let manager: object;
let outputs: NotebookOutputs;
let hasViews: Record<string, boolean>;
let reports: string[][];

function report(id: string, of = manager, to = reports): Disposable {
  return outputs.report({
    model: { model_id: id, widget_manager: of } as unknown as WidgetModel,
    hasViews: () => hasViews[id] === true,
    onRemoved: (modelIds) => to.push([...modelIds].sort()),
  });
}

function look(): void {
  vi.advanceTimersByTime(LOOK_AFTER_MS);
}

beforeEach(() => {
  vi.useFakeTimers();
  open = new Set(["picture", "another", "box", "slider"]);
  manager = { has_model: (id: string) => open.has(id) };
  hasViews = {};
  reports = [];
  notebook = new FakeNotebook();
  outputs = new NotebookOutputs();
  outputs.add(notebook);
});
afterEach(() => void vi.useRealTimers());

describe("The outputs of notebooks", () => {
  it("are reported a minute after they were removed: each widget that was shown by itself", () => {
    report("picture");
    hasViews["picture"] = true;
    notebook.show(["box", "slider"], ["another"]);
    look();
    notebook.show(["another"]);
    hasViews["picture"] = false;
    vi.advanceTimersByTime(LOOK_AFTER_MS + REMOVED_AFTER_MS - 1);
    expect(reports).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(reports).toEqual([["box", "picture", "slider"]]);
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are not reported when they are there again", () => {
    report("picture");
    notebook.show(["box"]);
    look();
    notebook.show();
    vi.advanceTimersByTime(REMOVED_AFTER_MS);
    notebook.show([], ["box"]);
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toEqual([]);
  });

  it("are not reported while a view shows the widget, such as inside another widget", () => {
    report("picture");
    notebook.show(["picture", "box"]);
    look();
    hasViews["picture"] = true;
    notebook.show(["box"]);
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toEqual([]);
  });

  it("are not reported while a notebook shows them whose view is scrolled out of sight", () => {
    report("picture");
    hasViews["picture"] = true;
    notebook.show(["picture"]);
    look();
    hasViews["picture"] = false;
    notebook.show(["picture"], ["another"]);
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toEqual([]);
  });

  it("are not reported if no notebook ever showed them: one that isn't open may", () => {
    report("picture");
    notebook.show(["box"]);
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toEqual([]);
  });

  it("are not reported while another notebook on the kernel shows them", () => {
    const second = new FakeNotebook();
    outputs.add(second);
    report("picture");
    notebook.show(["box"]);
    second.show(["picture"], ["box"]);
    look();
    notebook.show();
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toEqual([]);
    second.show(["box"]);
    vi.advanceTimersByTime(2 * REMOVED_AFTER_MS);
    expect(reports).toEqual([["picture"]]);
  });

  it("are not reported when their notebook is closed, which shows them when it is opened", () => {
    const second = new FakeNotebook();
    outputs.add(second);
    report("picture");
    hasViews["picture"] = true;
    second.show(["box"], ["slider"]);
    look();
    second.show(["box"]);
    look();
    second.isDisposed = true;
    hasViews["picture"] = false;
    notebook.show(["another"]);
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are reported again after a later change, if the kernel has kept the widget", () => {
    report("picture");
    notebook.show(["box", "slider"]);
    look();
    notebook.show();
    vi.advanceTimersByTime(2 * REMOVED_AFTER_MS);
    open.delete("slider");
    notebook.show(["another"]);
    vi.advanceTimersByTime(2 * REMOVED_AFTER_MS);
    expect(reports).toEqual([["box", "slider"], ["box"]]);
  });

  it("are reported to the kernel that has the widget", () => {
    const others: string[][] = [];
    report("picture");
    report("b-picture", { has_model: (id: string) => id.startsWith("b-") }, others);
    // One that can't tell what it has.
    report("c-picture", {}, others);
    notebook.show(["box"], ["b-slider"], ["nobody's"]);
    look();
    notebook.show();
    vi.advanceTimersByTime(2 * REMOVED_AFTER_MS);
    expect(reports).toEqual([["box"]]);
    expect(others).toEqual([["b-slider"]]);
  });

  it("are looked at only while there is a picture that can report", () => {
    notebook.show(["box"]);
    expect(vi.getTimerCount()).toBe(0);
    const reporting = [report("picture"), report("another")];
    expect(vi.getTimerCount()).toBe(1);
    reporting[0]?.dispose();
    expect(vi.getTimerCount()).toBe(1);
    reporting[1]?.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });
});
