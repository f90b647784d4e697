import { join } from "node:path";
import { type Page, expect, test } from "@playwright/test";
import { PNG } from "pngjs";
import { expectPixel } from "../support/assertions";
import { repository } from "../support/environment";
import { OpenNotebook, copyNotebook, pixelAt, readNotebook } from "../support/notebook";
import { labTest } from "../support/test";

const BLUE = [40, 110, 200];
const RED = [200, 80, 60];
const WHITE = [255, 255, 255];

/** Cells of hello_world.ipynb. */
const LIVE = 3;
const SNAPSHOT = 5;
const STATS = 7;

/** Copies an example without its outputs, so that nothing but this run's can be seen. */
function example(name: string, path: string): string {
  const copy = `${path}/${name}.ipynb`;
  copyNotebook(join(repository, "examples", `${name}.ipynb`), copy, { outputs: false });
  return copy;
}

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
  const path = example("hello_world", tmpPath);
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
  const path = example("hello_world", "notebook7-hello");
  await helloWorld(await OpenNotebook.inNotebook7(page, path));
});

async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 12 });
}

labTest("interaction1: the square follows a real drag and the wheel", async ({ page, tmpPath }) => {
  const notebook = await OpenNotebook.inLab(page, example("interaction1", tmpPath));
  const live = 1;
  const gray = [235, 235, 235];
  const held = [230, 120, 40];
  await notebook.run(live);
  await expectPixel(notebook, live, [100, 100], BLUE);
  await expectPixel(notebook, live, [300, 150], gray);

  await drag(
    page,
    await notebook.onPage(live, [130, 110]),
    await notebook.onPage(live, [330, 160]),
  );
  await expectPixel(notebook, live, [330, 160], held);
  await page.mouse.up();
  await expectPixel(notebook, live, [330, 160], BLUE);
  await expectPixel(notebook, live, [100, 100], gray);

  await expectPixel(notebook, live, [420, 120], gray);
  await page.mouse.wheel(0, -500);
  await expectPixel(notebook, live, [420, 120], BLUE);

  await notebook.run(2);
  await expect(notebook.output(2).locator("img")).toBeVisible();
  await notebook.run(3);
  expect(await notebook.printed(3)).toMatch(/sent_frames: [1-9]/);
});

labTest("ipywidgets_embed: a slider beside the picture changes it", async ({ page, tmpPath }) => {
  const notebook = await OpenNotebook.inLab(page, example("ipywidgets_embed", tmpPath));
  await notebook.run(1);
  await expectPixel(notebook, 1, [60, 100], [60, 60, 60]);
  const handle = notebook.output(1).locator(".noUi-handle");
  await handle.focus();
  await page.keyboard.press("ArrowUp");
  // Ten stripes of 30 px instead of eight: here is the third, a light one.
  await expectPixel(notebook, 1, [65, 100], [220, 220, 220]);
  await notebook.run(2);
  await expect(notebook.output(2).locator("img")).toBeVisible();
});
