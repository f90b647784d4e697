import { afterAll, beforeAll, expect, it } from "vitest";
import { TslabProcess } from "../support/tslabProcess";

let tslab: TslabProcess;

beforeAll(async () => {
  tslab = await TslabProcess.start();
});

afterAll(() => tslab.dispose());

it("shows a layout, a style and a link as text", async () => {
  await tslab.execute(`import { IntSlider, jslink, Layout } from "jupyter-rfb-ts";`);
  const cells = [
    [`new Layout({ width: "90%" })`, 'Layout(width="90%")'],
    [`new IntSlider({ style: { handle_color: "red" } }).style`, 'SliderStyle(handle_color="red")'],
    [
      `jslink([new IntSlider(), "value"], [new IntSlider(), "max"])`,
      'Link(source=[IntSlider(), "value"], target=[IntSlider(), "max"])',
    ],
  ] as const;
  for (const [code, text] of cells) {
    const { messages, stderr } = await tslab.execute(code);
    const [shown] = messages.filter(({ type }) => type === "display_data");
    expect([shown?.content["data"], stderr]).toEqual([{ "text/plain": text }, ""]);
  }
});

it("gets a file that a person chose, with its bytes", async () => {
  const cell = await tslab.execute(`
    import { FileUpload } from "jupyter-rfb-ts";
    const chosen = new FileUpload();
    chosen.observe(() => {
      for (const { name, content, last_modified } of chosen.value) {
        console.log(name, content.join(), last_modified.toISOString());
      }
    }, "value");
    chosen;`);
  const opening = cell.messages.find(
    ({ type, content }) =>
      type === "comm_open" &&
      JSON.stringify(content["data"]).includes('"_model_name":"FileUploadModel"'),
  );
  const file = { name: "a.bin", type: "", size: 3, last_modified: 0 };
  tslab.send(
    "comm_msg",
    {
      comm_id: opening?.content["comm_id"],
      data: { method: "update", state: { value: [file] }, buffer_paths: [["value", 0, "content"]] },
    },
    { buffers: [Uint8Array.of(1, 2, 3)] },
  );
  await tslab.waitFor("the file", ({ type, content }) => {
    const isPrinted = type === "stream" && content["name"] === "stdout";
    return isPrinted && content["text"] === "a.bin 1,2,3 1970-01-01T00:00:00.000Z\n";
  });
});

it("types what is chosen, in tslab's own TypeScript", async () => {
  const cell = await tslab.execute(`
    import { Button, Dropdown, HBox, IntSlider, SelectMultiple, VBox } from "jupyter-rfb-ts";
    const button = new Button({ description: "again" });
    let clicks = 0;
    button.on_click(({ description }) => { if (description.length > 0) clicks += 1; });
    button.click();
    const size = new Dropdown({ options: { small: 10, large: 100 } });
    size.value = 100;
    const twice: number = (size.value ?? 0) * 2;
    const colour = new Dropdown({ options: [["Red", "#f00"], ["Blue", "#00f"]], value: "#00f" });
    const many = new SelectMultiple({ options: ["a", "b"], value: ["b"] });
    const first: string | undefined = many.value[0];
    const box = new VBox([button, new HBox([size, colour])], { box_style: "info" });
    const slider = new IntSlider({ max: 100 });
    slider.value = 700;
    console.log(JSON.stringify([clicks, twice, colour.label, first, slider.value]));
    box`);
  expect(cell.stderr).toBe("");
  expect(cell.stdout).toBe(`${JSON.stringify([1, 200, "Blue", "b", 100])}\n`);
  const wrong = await tslab.execute(`size.value = "tiny";`);
  expect(wrong.stderr).toContain("Type 'string' is not assignable to type 'number'");
});
