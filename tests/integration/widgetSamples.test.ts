import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REPOSITORY, TslabProcess } from "../support/tslabProcess";

let tslab: TslabProcess;

beforeAll(async () => {
  tslab = await TslabProcess.start();
});

afterAll(() => tslab.dispose());

/** The samples of docs/WIDGETS.md by the headings that they are below. */
const samples = readFileSync(join(REPOSITORY, "docs", "WIDGETS.md"), "utf8")
  .split(/^#+ /m)
  .flatMap((chapter) => {
    const [heading = ""] = chapter.split("\n");
    return [...chapter.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => ({
      heading,
      code,
    }));
  });

describe("the samples of docs/WIDGETS.md", () => {
  beforeAll(() => {
    // They are read from the kernel's folder.
    for (const name of ["cat.png", "dog.jpg"]) {
      writeFileSync(join(tslab.folder, name), Uint8Array.of(1, 2, 3));
    }
  });

  it("are there", () => expect(samples.length).toBeGreaterThan(8));

  it.each(samples)("run: $heading", async ({ code }) => {
    const { status, stderr } = await tslab.execute(code);
    expect([status, stderr]).toEqual(["ok", ""]);
  });
});

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
