/**
 * JupyterLab below a base URL, with its kernels behind a real kernel gateway that is configured as
 * docs/SCALING.md says.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { beforeAll, expect, it } from "vitest";
import { at } from "../../scripts/lib/paths.mjs";
import { disposedAfterAll } from "../support/disposables";
import { eventually } from "../support/eventually";
import { CANVAS, EVENTS_CELL, runCell, SQUARE_CELL, writeNotebook } from "./support/notebook";
import { jupyterArguments, startServer, type HostServer } from "./support/server";
import { startServerAndBrowser } from "./support/serverAndBrowser";
import { moveTo, runsSquares, showsGray, showsSquare } from "./support/squares";

const BASE = "/base/";

/** Prints in which form the frames were sent. */
const STATS_CELL = `const { b64_frames, sent_frames } = w.get_stats();
console.log("AS TEXT " + b64_frames + " OF " + sent_frames);`;

const disposables = disposedAfterAll();
let gateway: HostServer;
let lab: HostServer;
let browser: Browser;
let page: Page;

/** The configuration of the gateway, in Python, from the docs. */
function configuration(): string {
  const docs = readFileSync(at("docs", "SCALING.md"), "utf8");
  const [, code] = /```python\n(.*?)```/s.exec(docs) ?? [];
  if (code === undefined) throw new Error("docs/SCALING.md has no configuration in Python");
  return code;
}

beforeAll(async () => {
  gateway = await disposables.own(
    startServer({
      name: "kernelGateway",
      args: ({ port, directory }) => {
        const file = join(directory, "gateway.py");
        writeFileSync(file, configuration());
        return ["-m", "jupyter", "kernelgateway", `--config=${file}`, `--port=${port}`];
      },
    }),
    (started) => started.stop(),
  );
  [lab, browser] = await startServerAndBrowser(disposables, {
    name: "kernelGatewayLab",
    baseUrl: BASE,
    args: (place) => [
      ...jupyterArguments("lab", place),
      ...[`--ServerApp.base_url=${BASE}`, `--gateway-url=http://127.0.0.1:${gateway.port}`],
    ],
  });
  writeNotebook(join(lab.directory, "squares.ipynb"), [SQUARE_CELL, EVENTS_CELL, STATS_CELL]);
  page = await browser.newPage();
  await page.goto(`${lab.url}lab/tree/squares.ipynb`);
});

it("shows a notebook's picture, and redraws it with the mouse", async () => {
  await runsSquares(page);
  expect(gateway.log()).toContain("Kernel started");
  expect(lab.log()).not.toContain("Kernel started");
});

it("handles a drag", async () => {
  const box = await page.locator(CANVAS).first().boundingBox();
  if (box === null) throw new Error("The picture isn't shown");
  await page.mouse.move(box.x + 20, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 50, box.y + 20, { steps: 3 });
  await page.mouse.move(box.x + 90, box.y + 20, { steps: 3 });
  await showsGray(page, 90);
  await page.mouse.up();
  await eventually(() => runCell(page, 1)).toMatch(/EVENTS .*pointer_down.*pointer_up/);
});

it("sends the frames as text, as the server between loses binary messages", async () => {
  const printed = await runCell(page, 2);
  const [, asText, all] = /AS TEXT (\d+) OF (\d+)/.exec(printed) ?? [];
  expect(Number(all)).toBeGreaterThan(3);
  expect(asText).toBe(all);
  expect(lab.log()).not.toContain("UnicodeDecodeError");
});

it("restores the picture when the page is loaded again", async () => {
  // The page shows the outputs of the saved notebook, and the kernel sends the picture.
  await page.evaluate("jupyterapp.commands.execute('docmanager:save')");
  await page.reload();
  await showsSquare(page);
  await showsGray(page, 90);
  await moveTo(page, 130);
  await showsGray(page, 130);
});

it("shows the picture again after a restart of the kernel", async () => {
  await page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()");
  await runsSquares(page);
});
