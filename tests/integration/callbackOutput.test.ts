import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TslabProcess, type Execution, type KernelMessage } from "../support/tslabProcess";

const SLIDER = `
import { IntSlider, RemoteFrameBuffer } from "jupyter-rfb-ts";
const slider = new IntSlider();
slider.observe(async ({ new: value }) => {
  console.log("now", value);
  await new Promise((resolve) => setTimeout(resolve, 20));
  console.error("later", value);
}, "value");
slider`;

const PICTURE = `
class Talking extends RemoteFrameBuffer {
  get_frame() { console.log("drawing"); return { data: new Uint8Array(1), shape: [1, 1] }; }
  handle_event({ event_type }: { event_type: string }) { console.log("heard", event_type); }
}
const w = new Talking(); w`;

describe("what a callback prints, in a real tslab kernel", () => {
  let tslab: TslabProcess;
  let shown: Execution;
  let other: Execution;

  beforeAll(async () => {
    tslab = await TslabProcess.start();
    shown = await tslab.execute(SLIDER, { cellId: "slider" });
    expect(shown.stderr).toBe("");
  });

  afterAll(() => tslab.dispose());

  beforeEach(async () => {
    other = await tslab.execute("console.log('another cell')", { cellId: "other" });
  });

  function modelIn({ messages }: Execution): string {
    const display = messages.find(({ type }) => type === "display_data");
    const bundle = display?.content.data as Record<string, { model_id: string } | undefined>;
    return String(bundle["application/vnd.jupyter.widget-view+json"]?.model_id);
  }

  function move(value: number, page?: string): void {
    const data = { method: "update", state: { value }, buffer_paths: [] };
    tslab.send("comm_msg", { comm_id: modelIn(shown), data }, page === undefined ? {} : { page });
  }

  /** Waits for a text, and returns the cell that shows it, and its stream. */
  async function placeOf(text: string): Promise<[cell: string | undefined, stream: unknown]> {
    const isText = ({ type, content }: KernelMessage): boolean =>
      type === "stream" && String(content.text).includes(text);
    const { parentId, content } = await tslab.waitFor(text, isText);
    return [parentId, content.name];
  }

  it("appears at the cell that shows the widget, also after an await", async () => {
    move(5);
    expect(await placeOf("now 5")).toEqual([shown.id, "stdout"]);
    expect(await placeOf("later 5")).toEqual([shown.id, "stderr"]);
    expect(tslab.outputOf(other.id).filter(({ type }) => type === "stream")).toHaveLength(1);
  });

  it("appears at the running cell if that sets the value", async () => {
    const { id } = await tslab.execute("slider.value = 7", { cellId: "set" });
    expect(await placeOf("now 7")).toEqual([id, "stdout"]);
  });

  it("appears at the picture's cell if a picture prints it", async () => {
    const picture = await tslab.execute(PICTURE, { cellId: "picture" });
    await tslab.execute("1", { cellId: "other" });
    const content = { type: "focus_in", timestamp: 1 };
    tslab.send("comm_msg", { comm_id: modelIn(picture), data: { method: "custom", content } });
    expect(await placeOf("heard focus_in")).toEqual([picture.id, "stdout"]);
    const draws = (): number =>
      tslab
        .outputOf(picture.id)
        .filter(({ type, content }) => type === "stream" && content.text === "drawing\n").length;
    const drawn = draws();
    tslab.send("comm_msg", {
      comm_id: modelIn(picture),
      data: { method: "update", state: { _has_visible_views: true }, buffer_paths: [] },
    });
    await tslab.execute("w.request_draw()", { cellId: "other" });
    await expect.poll(draws).toBeGreaterThan(drawn);
  });

  it("appears at the widget's cell if it is about what a page sent", async () => {
    const data = { method: "update", state: { value: "nine" }, buffer_paths: [] };
    tslab.send("comm_msg", { comm_id: modelIn(shown), data });
    expect(await placeOf('value: expected an integer, got "nine"')).toEqual([shown.id, "stderr"]);
  });

  it("appears at the newest widget's cell, in one line, if it is about a module that changed", async () => {
    const path = join(tslab.folder, "module.js");
    writeFileSync(path, "export default {};");
    const cell = `
process.env.ANYWIDGET_HMR = "1";
import { AnyWidget } from "jupyter-rfb-ts";
class Watched extends AnyWidget { static _esm = "module.js"; }
const first = new Watched();
first`;
    await tslab.execute(cell, { cellId: "first" });
    const second = await tslab.execute("const second = new Watched(); second", {
      cellId: "second",
    });
    await tslab.execute("1", { cellId: "other" });
    rmSync(path);
    expect(await placeOf("Cannot read")).toEqual([second.id, "stderr"]);
    await tslab.execute("await new Promise(setImmediate)", { cellId: "other" });
    const texts = tslab.messages.flatMap(({ type, content }) =>
      type === "stream" && String(content.text).includes("Cannot read") ? [content.text] : [],
    );
    expect(texts).toEqual([
      expect.stringMatching(
        /^Watched, reading _esm again: Cannot read "module.js": there is no such file; the folder is [^\n]*\n$/,
      ),
    ]);
  });

  it("appears at the cell that ran last once the page was loaded again", async () => {
    tslab.openPage("reloaded");
    move(9, "reloaded");
    expect(await placeOf("now 9")).not.toEqual([shown.id, "stdout"]);
  });
});
