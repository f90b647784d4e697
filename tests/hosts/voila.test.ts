/** A notebook as a web page of Voila: each visitor gets a kernel of their own. */
import { join } from "node:path";
import { chromium, type Browser, type Page } from "@playwright/test";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromiumFlags, chromiumPath } from "../../scripts/lib/chromium.mjs";
import { CANVAS, SQUARE_CELL, SQUARE_RED, pixelAt, writeNotebook } from "./support/notebook";
import { startServer, type HostServer } from "./support/server";

/** Nothing beyond this machine is reached. */
const OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";

let browser: Browser;
let voila: HostServer;
let page: Page;
/** Whether the page said that it needs no `idle`: JupyterLab's plugin runs in Voila too. */
let needsNoIdle = false;
beforeAll(async () => {
  [voila, browser] = await Promise.all([
    startServer({
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
    }),
    chromium.launch({ executablePath: chromiumPath(), args: [...chromiumFlags, OFFLINE] }),
  ]);
  page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => {
      needsNoIdle ||= payload.includes('"idle":false');
    });
  });
  await page.goto(voila.url);
});
afterAll(async () => {
  await browser?.close();
  await voila?.stop();
});

it("shows the picture in Voila, which follows the pointer", async () => {
  await expect.poll(() => pixelAt(page, 0.5, 0.5), { timeout: 50_000 }).toEqual([...SQUARE_RED]);
  expect(await pixelAt(page, 0.05, 0.05)).toEqual([60, 60, 60]);
  const box = await page.locator(CANVAS).boundingBox();
  if (box === null) throw new Error("Cannot find the picture");
  await page.mouse.move(box.x + 20, box.y + 150);
  await page.mouse.move(box.x + 150.5, box.y + 150, { steps: 10 });
  await expect.poll(() => pixelAt(page, 0.05, 0.05), { timeout: 30_000 }).toEqual([151, 151, 151]);
  expect(needsNoIdle).toBe(true);
});
