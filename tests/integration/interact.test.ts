import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TslabProcess, type Execution, type KernelMessage } from "../support/tslabProcess";

type Bundle = Readonly<Record<string, unknown>>;

describe("Output, display(), interact() and progress(), in a real tslab kernel", () => {
  let tslab: TslabProcess;

  beforeAll(async () => {
    tslab = await TslabProcess.start();
    const { stderr } = await tslab.execute(
      `import * as tslab from "tslab";
       import { display, IntSlider, interact, Output, progress, RemoteFrameBuffer } from "jupyter-rfb-ts";`,
    );
    expect(stderr).toBe("");
  });

  afterAll(() => tslab.dispose());

  /** The bundles that a cell shows, in order. */
  function bundles({ messages }: Pick<Execution, "messages">): Bundle[] {
    return messages
      .filter(({ type }) => type === "display_data")
      .map(({ content }) => content.data as Bundle);
  }

  function modelOf(bundle: Bundle | undefined): string {
    const view = bundle?.["application/vnd.jupyter.widget-view+json"];
    return String((view as { model_id?: string } | undefined)?.model_id);
  }

  /** The newest value of a model's attribute that the kernel sent. */
  function stateOf(model: string, name: string): unknown {
    return tslab.messages
      .filter(({ type, content }) => /^comm_(open|msg)$/.test(type) && content.comm_id === model)
      .map(({ content }) => (content.data as { state?: Bundle }).state?.[name])
      .filter((value) => value !== undefined)
      .at(-1);
  }

  /** What an Output shows, in short. */
  function shownIn(output: string): unknown[] {
    const items = (stateOf(output, "outputs") ?? []) as Bundle[];
    return items.map((item) => item["text"] ?? item["evalue"] ?? item["data"]);
  }

  const isText =
    (text: string) =>
    ({ type, content }: KernelMessage): boolean =>
      type === "stream" && String(content.text).includes(text);

  it("captures what code prints, shows and throws, and nothing of what runs beside it", async () => {
    const cell = await tslab.execute(`
      const out = new Output();
      display(out);
      const noise = (async () => {
        for (let i = 0; i < 5; i++) { await new Promise(setImmediate); console.log("beside", i); }
      })();
      const value = await out.capture(async () => {
        console.log("printed", { a: 1 });
        await new Promise((done) => setTimeout(done, 10));
        console.error("error line");
        tslab.display.html("<b>tslab</b>");
        display({ "text/html": "<b>ours</b>" }, new IntSlider());
        process.stdout.write("raw\\n");
        throw new RangeError("thrown");
      });
      await noise;
      console.log("value", value);`);
    expect(cell.stderr).toBe("");
    expect(cell.stdout).toBe("beside 0\nbeside 1\nbeside 2\nbeside 3\nbeside 4\nvalue undefined\n");
    expect(bundles(cell)).toHaveLength(1);
    const output = modelOf(bundles(cell)[0]);
    await expect
      .poll(() => shownIn(output))
      .toEqual([
        "printed { a: 1 }\n",
        "error line\n",
        { "text/html": "<b>tslab</b>" },
        { "text/html": "<b>ours</b>" },
        expect.objectContaining({ "text/plain": "IntSlider()" }),
        "raw\n",
        "thrown",
      ]);
  });

  it("replaces a captured display of tslab's own", async () => {
    const cell = await tslab.execute(`
      const updates = new Output();
      updates.capture(() => {
        const shown = tslab.newDisplay();
        shown.text("first");
        shown.text("second");
      });
      updates`);
    expect(shownIn(modelOf(bundles(cell)[0]))).toEqual([{ "text/plain": "second" }]);
    expect(bundles(cell)).toHaveLength(1);
  });

  it("captures in a cell as well what is captured before the Output is shown", async () => {
    const { stdout } = await tslab.execute(
      `const early = new Output(); early.capture(() => { console.log("early"); return 7; })`,
    );
    expect(stdout).toBe("7\n");
    const cell = await tslab.execute("early");
    expect(shownIn(modelOf(bundles(cell)[0]))).toEqual(["early\n"]);
  });

  it("displays values in the cell that runs", async () => {
    const cell = await tslab.execute(
      `class Dot extends RemoteFrameBuffer {
         get_frame() { return { data: new Uint8Array(1), shape: [1, 1] }; }
       }
       display(new IntSlider({ value: 3 }), new Dot().snapshot(), "text", [1, 2]);
       tslab.display.html("<i>tslab</i>")`,
    );
    expect(cell.stderr).toBe("");
    expect(bundles(cell).map((bundle) => bundle["text/plain"] ?? bundle["text/html"])).toEqual([
      "IntSlider(value=3)",
      "Snapshot(1 x 1)",
      "text",
      "[ 1, 2 ]",
      "<i>tslab</i>",
    ]);
  });

  it("displays what a widget's callback shows in the cell that shows the widget", async () => {
    const shown = await tslab.execute(
      `const asker = new IntSlider();
       asker.observe(({ new: value }) => {
         display({ "text/html": "ours " + value });
         tslab.display.html("tslab " + value);
         console.log("asked");
       }, "value");
       asker`,
      { cellId: "asker" },
    );
    await tslab.execute("1", { cellId: "other" });
    const data = { method: "update", state: { value: 5 }, buffer_paths: [] };
    tslab.send("comm_msg", { comm_id: modelOf(bundles(shown)[0]), data });
    await tslab.waitFor("the callback", isText("asked"));
    const messages = tslab.outputOf(shown.id);
    expect(bundles({ messages }).slice(1)).toEqual([
      { "text/html": "ours 5" },
      { "text/html": "tslab 5" },
    ]);
  });

  /** The models that a model refers to. */
  function childrenOf(model: string): string[] {
    const children = stateOf(model, "children") as string[];
    return children.map((reference) => reference.replace("IPY_MODEL_", ""));
  }

  function move(model: string | undefined, value: unknown): void {
    const data = { method: "update", state: { value }, buffer_paths: [] };
    tslab.send("comm_msg", { comm_id: model, data });
  }

  it("interacts: shows controls once, and below them what comes of their values", async () => {
    const cell = await tslab.execute(
      `interact(({ n, colour }) => {
         console.log("n is", n);
         if (n === 13) throw new Error("unlucky");
         return { "text/html": "<b>" + colour + "</b>" };
       }, { n: 5, colour: ["red", "blue"] })`,
      { cellId: "interact" },
    );
    expect([cell.stdout, cell.stderr]).toEqual(["", ""]);
    expect(bundles(cell)).toHaveLength(1);
    const [slider, , output = ""] = childrenOf(modelOf(bundles(cell)[0]));
    expect(shownIn(output)).toEqual(["n is 5\n", { "text/html": "<b>red</b>" }]);
    const other = await tslab.execute("1", { cellId: "other" });
    move(slider, 6);
    await expect.poll(() => shownIn(output)).toEqual(["n is 6\n", { "text/html": "<b>red</b>" }]);
    move(slider, 13);
    await expect.poll(() => shownIn(output)).toEqual(["n is 13\n", "unlucky"]);
    expect(tslab.outputOf(other.id).filter(isText("n is"))).toEqual([]);
  });

  it("interacts with an async function that shows a picture", async () => {
    const cell = await tslab.execute(
      `const pictured = interact(async ({ n }) => {
         await new Promise((done) => setTimeout(done, 10));
         console.log("drawn", n);
         return new Dot().snapshot();
       }, { n: 5 });
       pictured`,
    );
    expect(bundles(cell)).toHaveLength(1);
    const [slider, output = ""] = childrenOf(modelOf(bundles(cell)[0]));
    const picture = expect.objectContaining({ "text/plain": "Snapshot(1 x 1)" }) as unknown;
    await expect.poll(() => shownIn(output)).toEqual(["drawn 5\n", picture]);
    for (const value of [6, 7, 8]) move(slider, value);
    await expect.poll(() => shownIn(output)).toEqual(["drawn 8\n", picture]);
  });

  it("shows the progress of a loop, in which widgets stay alive", async () => {
    const knob = await tslab.execute(
      `let heard = false;
       const knob = new IntSlider();
       knob.observe(() => { heard = true; }, "value");
       knob`,
    );
    const before = [...tslab.messages];
    const running = tslab.execute(
      `for await (const item of progress(Array.from({ length: 30_000 }, (_, i) => i))) {
         if (heard) break;
         for (const start = performance.now(); performance.now() - start < 1; ) {}
       }
       console.log("heard", heard);
       for (const item of progress([1, 2], { description: "Two" })) {}`,
    );
    await tslab.waitFor(
      "the bar",
      (message) => message.type === "display_data" && !before.includes(message),
    );
    move(modelOf(bundles(knob)[0]), 5);
    const cell = await running;
    expect([cell.stdout, cell.stderr]).toEqual(["heard true\n", ""]);
    const bars = bundles(cell).map((bundle) => childrenOf(modelOf(bundle))[1] ?? "");
    expect(bars.map((bar) => stateOf(bar, "bar_style"))).toEqual(["danger", "success"]);
    expect(stateOf(bars[0] ?? "", "value")).toBeGreaterThan(0);
  });
});
