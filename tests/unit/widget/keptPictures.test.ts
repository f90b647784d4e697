import { describe, expect, it } from "vitest";
import type { StillPicture } from "../../../src/view/index";
import { KeptPictures } from "../../../src/widget/keptPictures";
import { WIDGET_VIEW, type CellOutput } from "../../../src/widget/outputs";

/** An output as JupyterLab's model of it behaves. */
class Output implements CellOutput {
  changes = 0;
  metadata: Record<string, unknown> = { mine: true };
  constructor(public data: Record<string, unknown>) {}
  setData({ data, metadata }: { data: object; metadata: object }): void {
    this.changes += 1;
    Object.assign(this, { data, metadata });
  }
}

class Notebook {
  readonly #slots: ((sender: unknown, value: unknown) => void)[] = [];
  readonly saveState = {
    connect: (slot: (sender: unknown, value: unknown) => void) => this.#slots.push(slot),
    disconnect: () => undefined,
  };
  readonly isDisposed = false;
  readonly model: { cells: object[]; isDisposed: boolean };
  constructor(...outputs: CellOutput[]) {
    const list = { length: outputs.length, get: (index: number) => outputs[index] };
    this.model = { isDisposed: false, cells: [{ source: "text" }, { outputs: list }] };
  }
  emit(state: string): void {
    for (const slot of this.#slots) slot(this, state);
  }
}

function still(text: string): StillPicture {
  const canvas = { width: 8, height: 6, toDataURL: () => `data:image/png;base64,${text}` };
  return { canvas: canvas as unknown as HTMLCanvasElement, width: 4.2, height: 3 };
}

const widgetView = (id: string) => ({ [WIDGET_VIEW]: { model_id: id }, "text/plain": "W()" });

describe("the pictures of a notebook that is saved", () => {
  it("go into the outputs that show them", () => {
    const own = new Output(widgetView("a"));
    const other = new Output(widgetView("b"));
    const text = new Output({ "text/plain": "hi" });
    const notebook = new Notebook(own, other, text);
    const pictures = new KeptPictures();
    pictures.add(notebook);
    let picture = "one";
    pictures.watch({ modelId: "a", still: () => still(picture), isKept: () => true });

    notebook.emit("started");
    expect(own.data).toEqual({ ...widgetView("a"), "image/png": "one" });
    expect(own.metadata).toEqual({ mine: true, "image/png": { width: 4, height: 3 } });
    notebook.emit("completed");
    notebook.emit("started");
    expect(own.changes).toBe(1);
    picture = "two";
    notebook.emit("started");
    expect(own.data["image/png"]).toBe("two");
    expect([other.changes, text.changes]).toEqual([0, 0]);
  });

  it("leave it if they are not kept", () => {
    const output = new Output({ ...widgetView("a"), "image/png": "old" });
    output.metadata = { "image/png": { width: 1 } };
    const notebook = new Notebook(output);
    const pictures = new KeptPictures();
    pictures.add(notebook);
    pictures.watch({ modelId: "a", still: () => still("new"), isKept: () => false });
    notebook.emit("started");
    notebook.emit("started");
    expect([output.data, output.metadata, output.changes]).toEqual([widgetView("a"), {}, 1]);
  });

  it("are those of boxes too, and the last one of a widget that is closed", () => {
    const box = new Output(widgetView("box"));
    const own = new Output(widgetView("a"));
    const notebook = new Notebook(box, own);
    const pictures = new KeptPictures();
    pictures.add(notebook);
    for (const [modelId, text] of [
      ["box", "first"],
      ["box", "second"],
      ["a", "own"],
    ] as const) {
      pictures.watch({ modelId, still: () => still(text), isKept: () => true });
    }
    pictures.keepNow("a");
    expect([box.data["image/png"], own.data["image/png"]]).toEqual([undefined, "own"]);
    notebook.emit("started");
    expect(box.data["image/png"]).toBe("first");
    Object.assign(notebook, { isDisposed: true });
    own.data = widgetView("a");
    pictures.keepNow("a");
    expect(own.changes).toBe(1);
  });

  it("stay as they are before the first frame, and once the widget is closed", () => {
    const output = new Output({ ...widgetView("a"), "image/png": "old" });
    const notebook = new Notebook(output);
    const pictures = new KeptPictures();
    pictures.add(notebook);
    pictures.watch({ modelId: "a", still: () => undefined, isKept: () => true });
    notebook.emit("started");
    const watch = { modelId: "a", still: () => still("new"), isKept: () => true };
    pictures.watch(watch).dispose();
    notebook.emit("started");
    expect(output.data["image/png"]).toBe("old");
  });
});
