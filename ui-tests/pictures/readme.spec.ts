import { join } from "node:path";
import type { Page } from "@playwright/test";
import { repository } from "../support/environment";
import { OpenNotebook, writeNotebook } from "../support/notebook";
import { tenLines } from "../../tests/support/readme";
import { Screencast } from "../support/screencast";
import { labTest } from "../support/test";

const VIEWPORT = { width: 1080, height: 660 };

/** Chromium's screencast has no pointer: this arrow stands for it. */
async function showPointer(page: Page): Promise<void> {
  await page.evaluate(() => {
    const arrow = document.createElement("div");
    arrow.innerHTML =
      '<svg width="22" height="22" viewBox="0 0 22 22"><path d="M2 1v17l4-4 3 7 3-1-3-7h6z" stroke="#fff"/></svg>';
    arrow.style.cssText = "position:fixed;left:0;top:0;z-index:9999;pointer-events:none";
    document.body.append(arrow);
    document.addEventListener(
      "pointermove",
      ({ clientX, clientY }) => (arrow.style.translate = `${clientX}px ${clientY}px`),
      { capture: true },
    );
  });
}

/** Moves the pointer in a figure of eight over the picture. */
async function wander(page: Page, notebook: OpenNotebook, cell: number): Promise<void> {
  const steps = 120;
  for (let step = 0; step <= steps; step += 1) {
    const turn = (step / steps) * 2 * Math.PI;
    const point: [number, number] = [200 + 150 * Math.sin(turn), 150 + 100 * Math.sin(2 * turn)];
    await page.mouse.move(...(await notebook.onPage(cell, point)));
    await page.waitForTimeout(33);
  }
}

labTest.setTimeout(180_000);

labTest("the animated picture of README.md", async ({ page, tmpPath }) => {
  await page.setViewportSize(VIEWPORT);
  const path = `${tmpPath}/ripples.ipynb`;
  writeNotebook(path, [tenLines()]);
  const notebook = await OpenNotebook.inLab(page, path);
  await page.keyboard.press("Control+b");
  await notebook.run(0);
  await notebook.canvas(0).waitFor();
  await showPointer(page);
  const screencast = await Screencast.start(page);
  await wander(page, notebook, 0);
  const panel = await page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").boundingBox();
  if (panel === null) throw new Error("The notebook is not shown");
  const clip = {
    x: Math.ceil(panel.x),
    y: Math.ceil(panel.y),
    width: Math.floor(panel.width) - 1,
    height: Math.floor(Math.min(panel.height, VIEWPORT.height - panel.y)) - 1,
  };
  await screencast.save(join(repository, "docs", "ripples.webp"), clip, 1 / 12);
});
