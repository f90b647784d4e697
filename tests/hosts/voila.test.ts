/** A notebook as a web page of Voila: each visitor gets a kernel of their own. */
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { beforeAll, expect, it } from "vitest";
import { OFFLINE } from "../support/chromium";
import { disposedAfterAll } from "../support/disposables";
import { eventually } from "../support/eventually";
import { CANVAS, SQUARE_CELL, SQUARE_RED, pixelAt, writeNotebook } from "./support/notebook";
import { type HostServer } from "./support/server";
import { startServerAndBrowser } from "./support/serverAndBrowser";

const disposables = disposedAfterAll();
let browser: Browser;
let voila: HostServer;
let page: Page;
/** Whether the page said that it needs no `idle`: JupyterLab's plugin runs in Voila too. */
let needsNoIdle = false;
beforeAll(async () => {
  [voila, browser] = await startServerAndBrowser(
    disposables,
    {
      name: "voila",
      ready: "voila/templates/base/static/voila.js",
      args: ({ port, directory }) => {
        const notebook = join(directory, "square.ipynb");
        writeNotebook(notebook, [SQUARE_CELL]);
        return [
          ...["-m", "voila", notebook, "--no-browser", `--port=${port}`],
          ...["--Voila.ip=127.0.0.1", "--VoilaConfiguration.strip_sources=False"],
        ];
      },
    },
    OFFLINE,
  );
  page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => {
      needsNoIdle ||= payload.includes('"idle":false');
    });
  });
  await page.goto(voila.url);
});

it("shows the picture in Voila, which follows the pointer", async () => {
  await eventually(() => pixelAt(page, 0.5, 0.5)).toEqual([...SQUARE_RED]);
  expect(await pixelAt(page, 0.05, 0.05)).toEqual([60, 60, 60]);
  const box = await page.locator(CANVAS).boundingBox();
  if (box === null) throw new Error("Cannot find the picture");
  await page.mouse.move(box.x + 20, box.y + 150);
  await page.mouse.move(box.x + 150.5, box.y + 150, { steps: 10 });
  await eventually(() => pixelAt(page, 0.05, 0.05)).toEqual([151, 151, 151]);
  expect(needsNoIdle).toBe(true);
});
