/** The example that `npm start` opens, step by step, and again after a reload and in Notebook 7. */
import { expect, test } from "@playwright/test";
import { PNG } from "pngjs";
import { expectPixel } from "../support/assertions";
import { copyExample } from "../support/examples/notebooks";
import { OpenNotebook, pixelAt, readNotebook } from "../support/notebook";
import { labTest } from "../support/test";

const BLUE = [40, 110, 200];
const RED = [200, 80, 60];
const WHITE = [255, 255, 255];

/** Cells of hello_world.ipynb. */
const LIVE = 3;
const SNAPSHOT = 5;
const STATS = 7;

async function helloWorld(notebook: OpenNotebook): Promise<void> {
  await notebook.run(1);
  await notebook.run(LIVE);
  await expectPixel(notebook, LIVE, [300, 200], WHITE);
  await expectPixel(notebook, LIVE, [10, 10], BLUE);
  await notebook.canvas(LIVE).click();
  await expectPixel(notebook, LIVE, [10, 10], RED);
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
    expect(pixelAt(png, 10, 10)).toEqual([...RED, 255]);
    expect(pixelAt(png, 300, 200)).toEqual([...WHITE, 255]);
  });

  await labTest.step("the picture and the snapshot are back after a reload", async () => {
    await notebook.reload();
    await expect(notebook.output(SNAPSHOT).locator("img")).toBeVisible();
    await notebook.cell(LIVE).scrollIntoViewIfNeeded();
    await expectPixel(notebook, LIVE, [10, 10], RED);
  });

  await labTest.step("and it is alive", async () => {
    await notebook.canvas(LIVE).click();
    await expectPixel(notebook, LIVE, [10, 10], [60, 150, 90]);
  });
});

test("hello_world runs in Notebook 7", async ({ page }) => {
  const path = copyExample("hello_world", "notebook7-hello");
  await helloWorld(await OpenNotebook.inNotebook7(page, path));
});
