/** The example that `npm start` opens, step by step, and again after a reload and in Notebook 7. */
import type { ICell } from "@jupyterlab/nbformat";
import { expect, test } from "@playwright/test";
import { PNG } from "pngjs";
import { expectPixel } from "../support/assertions";
import { copyExample } from "../support/examples/notebooks";
import { kernelOn, testNodes } from "../support/environment";
import { OpenNotebook, pixelAt, readNotebook, saveNotebook } from "../support/notebook";
import { labTest } from "../support/test";

/** The drop in the middle: as it is at first, and after one and two clicks on it. */
const MIDDLE = { atFirst: [40, 172, 120], once: [122, 122, 84], twice: [92, 116, 124] };
/** Another drop. */
const BLUE = [32, 104, 204];

/** Cells of hello_world.ipynb. */
const LIVE = 3;
const STATS = 5;
const SNAPSHOT = 7;

async function helloWorld(notebook: OpenNotebook): Promise<void> {
  await notebook.run(1);
  await notebook.run(LIVE);
  await expectPixel(notebook, LIVE, [300, 200], MIDDLE.atFirst);
  await expectPixel(notebook, LIVE, [470, 110], BLUE);
  await notebook.canvas(LIVE).click();
  await expectPixel(notebook, LIVE, [300, 200], MIDDLE.once);
  await notebook.run(SNAPSHOT);
  await expect(notebook.output(SNAPSHOT).locator("img")).toBeVisible();
  const box = await notebook.output(SNAPSHOT).locator("img").boundingBox();
  expect([box?.width, box?.height]).toEqual([600, 400]);
  await notebook.run(STATS);
  expect(await notebook.printed(STATS)).toMatch(/confirmed_frames: [1-9][^]*fps: \d/);
}

labTest("hello_world runs cell by cell in JupyterLab", async ({ page, tmpPath }) => {
  const path = copyExample("hello_world", tmpPath);
  const notebook = await OpenNotebook.inLab(page, path);
  await helloWorld(notebook);

  await labTest.step("the snapshot is in the saved notebook", async () => {
    await notebook.save();
    const outputs = readNotebook(path).cells[SNAPSHOT]?.["outputs"] as
      { data: Record<string, string | string[]> }[] | undefined;
    const png = PNG.sync.read(Buffer.from(String(outputs?.[0]?.data["image/png"]), "base64"));
    expect(pixelAt(png, 300, 200)).toEqual([...MIDDLE.once, 255]);
    expect(pixelAt(png, 470, 110)).toEqual([...BLUE, 255]);
  });

  await labTest.step("the picture and the snapshot are back after a reload", async () => {
    await notebook.reload();
    await expect(notebook.output(SNAPSHOT).locator("img")).toBeVisible();
    await notebook.cell(LIVE).scrollIntoViewIfNeeded();
    await expectPixel(notebook, LIVE, [300, 200], MIDDLE.once);
  });

  await labTest.step("and it is alive", async () => {
    await notebook.canvas(LIVE).click();
    await expectPixel(notebook, LIVE, [300, 200], MIDDLE.twice);
  });
});

for (const node of testNodes) {
  labTest(`hello_world runs on Node ${node.version}`, async ({ page, tmpPath }) => {
    const path = copyExample("hello_world", tmpPath);
    const content = readNotebook(path);
    content.metadata.kernelspec = { name: kernelOn(node), display_name: "TypeScript" };
    const [, code] = content.cells;
    content.cells.push({ ...code, id: "version", source: "console.log(process.version)" } as ICell);
    saveNotebook(path, content);
    const notebook = await OpenNotebook.inLab(page, path);
    await helloWorld(notebook);
    const last = content.cells.length - 1;
    await notebook.run(last);
    expect(await notebook.printed(last)).toBe(`v${node.version}\n`);
  });
}

test("hello_world runs in Notebook 7", async ({ page }) => {
  const path = copyExample("hello_world", "notebook7-hello");
  await helloWorld(await OpenNotebook.inNotebook7(page, path));
});
