/** In Notebook 7: marks, tools and commands, widgets, and what tslab alone can't do. */
import { expect, test } from "@playwright/test";
import { accessibilityViolations } from "../../tests/support/accessibility";
import { expectPixel } from "../support/assertions";
import { OpenNotebook, writeNotebook } from "../support/notebook";

const PICTURE = `
import { Button, interact, Output, progress, RemoteFrameBuffer, VBox } from "jupyter-rfb-ts";
const data = new Uint8Array(40 * 60).fill(90);
class Picture extends RemoteFrameBuffer {
  isBroken = false;
  get_frame() {
    if (this.isBroken) throw new Error("no light");
    const shape = [40, 60] as const;
    return { data, shape };
  }
}
const picture = new Picture({ css_width: "400px", css_height: "160px" });
picture`;

const BUTTON = `
const button = new Button({ description: "Break it" });
button.on_click(() => {
  console.log("clicked");
  picture.isBroken = true;
  picture.request_draw();
});
const text = new Output();
new VBox([button, text])`;

const INTERACT = `interact(({ n, on }) => "n is " + n + (on ? "!" : "."), { n: [0, 10], on: true })`;

const PROGRESS = `let sum = 0;
for await (const item of progress([1, 2, 3])) sum += item;
sum`;

test("Notebook 7 has the marks, the tools and the widgets", async ({ page }) => {
  const path = "notebook7/everyday.ipynb";
  writeNotebook(path, [PICTURE, BUTTON, INTERACT, PROGRESS]);
  const notebook = await OpenNotebook.inNotebook7(page, path);
  await notebook.run(0);
  await expectPixel(notebook, 0, [30, 20], [90, 90, 90]);
  const picture = notebook.output(0).locator(".jupyter-rfb-view");

  await page.mouse.move(...(await notebook.onPage(0, [100, 100])));
  await picture.getByRole("button", { name: "Picture tools" }).hover();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    picture.getByRole("button", { name: "Save as PNG" }).click(),
  ]);
  expect(saved.suggestedFilename()).toMatch(/^Picture .*\.png$/);
  await page.keyboard.press("Control+Shift+C");
  await page.keyboard.type("picture: stat");
  await page.keyboard.press("Enter");
  await expect(picture.getByRole("row", { name: "Size" })).toHaveText(/60 × 40 px/);
  expect(await accessibilityViolations(page, ".jupyter-rfb-view")).toEqual([]);

  await notebook.run(1);
  await notebook.output(1).getByRole("button", { name: "Break it" }).click();
  await expect(notebook.output(1)).toContainText("clicked");
  await expect(notebook.output(0).locator(".jupyter-rfb-mark")).toHaveText("get_frame(): no light");
  expect(await accessibilityViolations(page, ".jupyter-rfb-view")).toEqual([]);

  await notebook.run(2);
  await expect(notebook.output(2)).toContainText("n is 5!");
  await notebook.output(2).getByRole("checkbox").click();
  await expect(notebook.output(2)).toContainText("n is 5.");

  await notebook.run(3);
  await expect(notebook.output(3)).toContainText("3/3");
  await expect(notebook.output(3)).toContainText("6");
});
