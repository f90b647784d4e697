import type { WidgetModel } from "@jupyter-widgets/base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Disposable } from "../../../src/protocol/transport";
import { LOOK_AFTER_MS, REMOVED_AFTER_MS, watchOutputs } from "../../../src/widget/notebookOutputs";

/** A notebook in JupyterLab: in each cell the model ids that its outputs show. */
class FakeNotebook {
  cells: string[][] = [];
  isClosed = false;
  readonly alive = new Set<string>();
  readonly slots = new Set<(sender: unknown, value: unknown) => void>();

  get manager(): object {
    return {
      has_model: (id: string) => this.alive.has(id),
      context: this.context,
    };
  }

  readonly context = Object.defineProperties(
    {},
    {
      isDisposed: { get: () => this.isClosed },
      model: {
        value: Object.defineProperties(
          {
            contentChanged: {
              connect: (slot: (sender: unknown, value: unknown) => void) => this.slots.add(slot),
              disconnect: (slot: (sender: unknown, value: unknown) => void) =>
                this.slots.delete(slot),
            },
          },
          { cells: { get: () => this.#cellModels() } },
        ),
      },
    },
  );

  show(...cells: string[][]): void {
    this.cells = cells;
    for (const slot of this.slots) slot(this, undefined);
  }

  #cellModels(): object[] {
    const outputs = this.cells.map((ids) => ({
      length: ids.length,
      get: (index: number) => ({
        data: { "application/vnd.jupyter.widget-view+json": { model_id: ids[index] } },
      }),
    }));
    // A text cell has no outputs, and a text no widget.
    return [
      {},
      { outputs: { length: 1, get: () => ({}) } },
      ...outputs.map((one) => ({ outputs: one })),
    ];
  }
}

let notebook: FakeNotebook;
let hasViews: Record<string, boolean>;
let reports: string[][];

function watch(id: string, manager: object = notebook.manager): Disposable | undefined {
  notebook.alive.add(id);
  return watchOutputs({
    model: { model_id: id, widget_manager: manager } as unknown as WidgetModel,
    hasViews: () => hasViews[id] === true,
    onRemoved: (modelIds) => reports.push([...modelIds].sort()),
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  notebook = new FakeNotebook();
  notebook.alive.add("box").add("slider");
  hasViews = {};
  reports = [];
});
afterEach(() => void vi.useRealTimers());

describe("A notebook's outputs", () => {
  it("are reported a minute after they were removed: each widget that was shown by itself", () => {
    watch("picture");
    hasViews["picture"] = true;
    notebook.show(["box", "slider"], ["other"]);
    vi.advanceTimersByTime(LOOK_AFTER_MS);
    notebook.show(["other"]);
    hasViews["picture"] = false;
    vi.advanceTimersByTime(LOOK_AFTER_MS + REMOVED_AFTER_MS - 1);
    expect(reports).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(reports).toEqual([["box", "picture", "slider"]]);
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toHaveLength(1);
  });

  it("are not reported when they are there again", () => {
    watch("picture");
    notebook.show(["box"]);
    vi.advanceTimersByTime(LOOK_AFTER_MS);
    notebook.show();
    vi.advanceTimersByTime(REMOVED_AFTER_MS);
    notebook.show([], ["box"]);
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toEqual([]);
  });

  it("are not reported while a view shows the widget, such as inside another widget", () => {
    watch("picture");
    notebook.show(["picture", "box"]);
    vi.advanceTimersByTime(LOOK_AFTER_MS);
    hasViews["picture"] = true;
    notebook.show(["box"]);
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toEqual([]);
  });

  it("are not reported if the notebook never showed them: another notebook may", () => {
    watch("picture");
    notebook.show(["box"]);
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toEqual([]);
  });

  it("are reported again after a later change, if the kernel has kept the widget", () => {
    watch("picture");
    notebook.show(["box", "slider"]);
    vi.advanceTimersByTime(LOOK_AFTER_MS);
    notebook.show();
    vi.advanceTimersByTime(2 * REMOVED_AFTER_MS);
    notebook.alive.delete("slider");
    notebook.show(["other"]);
    vi.advanceTimersByTime(2 * REMOVED_AFTER_MS);
    expect(reports).toEqual([["box", "slider"], ["box"]]);
  });

  it("are not reported once the notebook is closed", () => {
    watch("picture");
    notebook.show(["box"]);
    vi.advanceTimersByTime(LOOK_AFTER_MS);
    notebook.show();
    vi.advanceTimersByTime(LOOK_AFTER_MS);
    notebook.isClosed = true;
    vi.advanceTimersByTime(10 * REMOVED_AFTER_MS);
    expect(reports).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are watched until the last model is closed, and again with the next", () => {
    const watching = [watch("picture"), watch("another")];
    expect(notebook.slots.size).toBe(1);
    notebook.show(["box"]);
    watching[0]?.dispose();
    expect(notebook.slots.size).toBe(1);
    watching[1]?.dispose();
    expect(notebook.slots.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    watch("next");
    notebook.show(["box"]);
    vi.advanceTimersByTime(LOOK_AFTER_MS);
    notebook.show();
    vi.advanceTimersByTime(2 * REMOVED_AFTER_MS);
    expect(reports).toEqual([["box"]]);
  });

  it.each([{}, { context: {} }, { context: { model: {} } }])(
    "are not watched where the front end shows none: %j",
    (manager) => {
      expect(watch("picture", manager)).toBeUndefined();
    },
  );
});
