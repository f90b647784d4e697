/** The tools over a picture: by mouse, by keyboard, by commands. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Download, type Locator, type Page, expect } from "@playwright/test";
import { accessibilityViolations } from "../../tests/support/accessibility";
import { decodeVideoFile } from "../../tests/support/decodeVideoFile";
import { expectPixel } from "../support/assertions";
import { OpenNotebook, writeNotebook } from "../support/notebook";
import { labTest } from "../support/test";

const MOVING = `
import { RemoteFrameBuffer } from "jupyter-rfb-ts";
class Moving extends RemoteFrameBuffer {
  at = 0;
  get_frame() {
    const { pwidth, pheight } = this.view_size;
    const data = new Uint8Array(pwidth * pheight * 3);
    this.at = (this.at + 2) % pwidth;
    for (let y = 0; y < pheight; y++) data.fill(255, (y * pwidth + this.at) * 3, (y * pwidth + this.at + 1) * 3);
    this.request_draw();
    return { data, shape: [pheight, pwidth, 3] };
  }
}
const moving = new Moving({ title: "Moving: a line", css_width: "400px", css_height: "240px" });
moving`;

const IMPORTS = `import { RemoteFrameBuffer, type RfbEvent } from "jupyter-rfb-ts";
`;

/** A picture of its own size, and what it gets of the user. */
const FIXED = `
class Fixed extends RemoteFrameBuffer {
  taken: string[] = [];
  get_frame() { return { data: new Uint8Array(60 * 100).fill(90), shape: [60, 100] }; }
  handle_event({ event_type }: RfbEvent) { this.taken.push(event_type); }
}
const fixed = new Fixed({ css_width: "300px", css_height: "160px", toolbar: true });
fixed`;

async function tool(picture: Locator, name: string): Promise<void> {
  await picture.getByRole("button", { name, exact: true }).click();
}

/** Moves the pointer to the picture, and unfolds its tools. */
async function unfold(page: Page, notebook: OpenNotebook, picture: Locator): Promise<void> {
  await page.mouse.move(...(await notebook.onPage(0, [100, 100])));
  await picture.getByRole("button", { name: "Picture tools" }).hover();
}

async function fileOf(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

labTest("a picture's tools, by mouse and keyboard", async ({ page, tmpPath }) => {
  const path = `${tmpPath}/tools.ipynb`;
  writeNotebook(path, [MOVING]);
  const notebook = await OpenNotebook.inLab(page, path);
  await notebook.run(0);
  const picture = notebook.output(0).locator(".jupyter-rfb-view");
  const bar = picture.getByRole("toolbar", { name: "Picture tools" });
  await expectPixel(notebook, 0, [399, 10], [0, 0, 0]);

  await page.mouse.move(5, 5);
  await expect(bar).toHaveCSS("opacity", "0");
  await unfold(page, notebook, picture);
  await expect(bar).toHaveCSS("opacity", "1");

  const [saved] = await Promise.all([page.waitForEvent("download"), tool(picture, "Save as PNG")]);
  expect(saved.suggestedFilename()).toMatch(
    /^Moving a line \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/,
  );
  expect((await fileOf(saved)).subarray(1, 4).toString()).toBe("PNG");

  await tool(picture, "Statistics");
  await expect(picture.getByRole("row", { name: /^Codec/ })).toHaveText(/jpeg|png/);
  for (const stage of ["Draw", "Encode", "Frame to page", "Decode", "Paint", "Ping"]) {
    await expect(picture.getByRole("row", { name: stage })).toHaveText(/\d\.\d ms$/);
  }
  await tool(picture, "Statistics");
  await tool(picture, "Help");
  await expect(picture.getByRole("status").last()).toContainText("Press Escape twice");
  await tool(picture, "Help");

  await tool(picture, "Record video");
  await expect(picture.getByRole("button", { name: "Stop recording" })).toContainText("0:01");
  const [recorded] = await Promise.all([
    page.waitForEvent("download"),
    tool(picture, "Stop recording"),
  ]);
  expect(recorded.suggestedFilename()).toMatch(/\.(mp4|webm)$/);
  const video = await decodeVideoFile(await recorded.path());
  expect(video).toMatchObject({ width: 400, height: 240 });
  const pictures = new Set(
    video.pictures.map(({ data }) => createHash("md5").update(data).digest("hex")),
  );
  expect(pictures.size).toBeGreaterThan(3);

  await labTest.step("full screen draws for the whole screen", async () => {
    await tool(picture, "Full screen");
    const width = page.viewportSize()?.width;
    await expect.poll(async () => (await notebook.pixels(0)).width).toBe(width);
    await unfold(page, notebook, picture);
    await tool(picture, "Leave full screen");
    await expect.poll(async () => (await notebook.pixels(0)).width).toBe(400);
  });

  await labTest.step("Tab comes to the tools before the picture", async () => {
    await notebook.select(0);
    await page.mouse.move(5, 5);
    const handle = picture.getByRole("button", { name: "Picture tools" });
    await handle.focus();
    await expect(bar).toHaveCSS("opacity", "1");
    await page.keyboard.press("ArrowLeft");
    await expect(picture.getByRole("button", { name: "Help" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(picture.getByRole("button", { name: "Help" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
    await page.keyboard.press("Escape");
    await expect(picture.getByRole("button", { name: "Help" })).toHaveAttribute(
      "aria-pressed",
      "false",
    );
    await page.keyboard.press("Tab");
    await expect(picture.locator("textarea")).toBeFocused();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await expect(picture.locator("textarea")).not.toBeFocused();
    // The cell's own toolbar comes first.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await expect(handle).toBeFocused();
  });

  await labTest.step("the command palette has them", async () => {
    await page.keyboard.press("Control+Shift+C");
    await page.keyboard.type("picture: save");
    const command = page.locator(".lm-CommandPalette-item", { hasText: "Picture: Save as PNG" });
    await expect(command).toBeVisible();
    const [again] = await Promise.all([
      page.waitForEvent("download"),
      page.keyboard.press("Enter"),
    ]);
    expect(again.suggestedFilename()).toMatch(/^Moving a line/);
  });

  await labTest.step("so has the menu over the picture", async () => {
    await page.keyboard.down("Alt");
    await page.mouse.click(...(await notebook.onPage(0, [100, 100])), { button: "right" });
    await page.keyboard.up("Alt");
    const item = page.getByRole("menuitem", { name: "Picture: Statistics" });
    await expect(item).toBeVisible();
    await item.click();
    await expect(picture.getByRole("row", { name: "Size" })).toHaveText(/400 × 240 px/);
    expect(await accessibilityViolations(page, ".jupyter-rfb-view")).toEqual([]);
  });
});

labTest(
  "a picture of its own size, a copied one, and one in a panel",
  async ({ page, tmpPath }) => {
    const path = `${tmpPath}/own.ipynb`;
    writeNotebook(path, [IMPORTS + FIXED, "fixed.taken", "new Fixed({ css_height: '160px' })"]);
    const notebook = await OpenNotebook.inLab(page, path);
    await notebook.run(0);
    const picture = notebook.output(0).locator(".jupyter-rfb-view");
    await expectPixel(notebook, 0, [50, 30], [90, 90, 90]);

    await tool(picture, "Original size");
    await expect.poll(async () => (await notebook.canvas(0).boundingBox())?.width).toBe(100);
    await picture.getByRole("button", { name: "Original size" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await notebook.canvas(0).boundingBox())?.width).toBe(300);

    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await tool(picture, "Copy to clipboard");
    await expect(picture.getByRole("status").last()).toHaveText("Copied");
    const copied = (): Promise<string[]> =>
      page.evaluate(async () => (await navigator.clipboard.read()).flatMap(({ types }) => types));
    await expect.poll(copied).toContain("image/png");

    // None of that was the picture's business.
    await notebook.run(1);
    expect((await notebook.outputs(1)).map((output) => JSON.stringify(output)).join()).not.toMatch(
      /pointer_down|key_down/,
    );

    // The commands mean the active cell's picture, wherever the pointer was last.
    await notebook.run(2);
    await expectPixel(notebook, 2, [1, 1], [90, 90, 90]);
    await page.mouse.move(...(await notebook.onPage(2, [100, 100])));
    await notebook.select(0);
    await page.keyboard.press("Control+Shift+C");
    await page.keyboard.type("picture: help");
    await page.keyboard.press("Enter");
    await expect(picture.getByRole("status").last()).toContainText("Press Escape twice");
    await picture.getByRole("status").last().click();
    await expect(picture.getByRole("status").last()).toBeHidden();

    await notebook.output(0).click({ button: "right", position: { x: 500, y: 20 } });
    await page.getByRole("menuitem", { name: "Create New View for Cell Output" }).click();
    const panel = page.locator(".jp-LinkedOutputView");
    await expect(panel.locator("canvas")).toBeVisible();
  },
);
