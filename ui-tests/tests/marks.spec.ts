/** What a picture says about itself when something is wrong. */
import { expect, type Locator } from "@playwright/test";
import { expectPixel } from "../support/assertions";
import { OpenNotebook, writeNotebook } from "../support/notebook";
import { labTest } from "../support/test";

const MISTAKEN = `
import { RemoteFrameBuffer, type RfbEvent } from "jupyter-rfb-ts";
class Mistaken extends RemoteFrameBuffer {
  getFrame() { return { data: new Uint8Array(12), shape: [2, 2, 3] }; }
}
new Mistaken({ css_width: "300px", css_height: "80px" })`;

const FAILING = `
class Failing extends RemoteFrameBuffer {
  isBroken = false;
  get_frame() {
    if (this.isBroken) throw new Error("no light");
    return { data: new Uint8Array(2 * 2).fill(60), shape: [2, 2] };
  }
  handle_event({ event_type }: RfbEvent) {
    if (event_type !== "pointer_down") return;
    this.isBroken = !this.isBroken;
    this.request_draw();
  }
}
new Failing({ css_width: "300px", css_height: "80px" })`;

const BUSY = `const end = Date.now() + 4000;
while (Date.now() < end);`;

labTest("a picture says why it is empty, old or dead", async ({ page, tmpPath }) => {
  const path = `${tmpPath}/marks.ipynb`;
  writeNotebook(path, [MISTAKEN, FAILING, BUSY]);
  const notebook = await OpenNotebook.inLab(page, path);
  const mark = (cell: number): Locator => notebook.output(cell).locator(".jupyter-rfb-mark");

  await notebook.run(0);
  await expect(mark(0)).toHaveText(
    "Nothing drawn yet: Mistaken has getFrame() but no get_frame(). Rename it to get_frame()",
  );
  await expect(mark(0)).toBeVisible();

  await notebook.run(1);
  await expectPixel(notebook, 1, [1, 1], [60, 60, 60]);
  await expect(mark(1)).toBeHidden();
  await page.mouse.click(...(await notebook.onPage(1, [150, 60])));
  await expect(mark(1)).toHaveText("get_frame(): no light");
  await expect(notebook.output(1)).toContainText("Failing, get_frame: Error: no light");
  await page.mouse.click(...(await notebook.onPage(1, [150, 60])));
  await expect(mark(1)).toBeHidden();

  await notebook.start(2);
  await expect(mark(1)).toHaveText(
    "The kernel is busy. In a loop, `await new Promise(setImmediate)` lets it draw.",
  );
  await expect(mark(1)).toBeHidden();

  await notebook.restartKernel();
  await expect(mark(1)).toHaveText("The kernel was restarted or has ended. Run the cell again.");
  await expectPixel(notebook, 1, [1, 1], [60, 60, 60]);
});
