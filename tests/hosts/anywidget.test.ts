/**
 * JupyterLab with anywidget and without this package's extension: pictures are shown by the module for anywidget, and
 * published anywidgets work from TypeScript. The browser finds no address but the server's.
 */
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { chromium, type Browser, type Locator, type Page } from "@playwright/test";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chromiumFlags, chromiumPath } from "../../scripts/lib/chromium.mjs";
import { hostsBin, root } from "../../scripts/lib/paths.mjs";
import { CANVAS, pixelAt, runAll, SQUARE_CELL, SQUARE_RED, writeNotebook } from "./support/notebook";
import { jupyterArguments, startServer, type HostServer } from "./support/server";

const ANYWIDGETS = join(root, "tests", "hosts", ".anywidgets");
const EXTENSIONS = join(root, "tests", "hosts", ".work", "anywidget-extensions");

let server: HostServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const installed = join(dirname(hostsBin), "share", "jupyter", "labextensions");
  rmSync(EXTENSIONS, { recursive: true, force: true });
  mkdirSync(EXTENSIONS, { recursive: true });
  for (const name of ["anywidget", "@jupyter-widgets"]) {
    symlinkSync(join(installed, name), join(EXTENSIONS, name));
  }
  server = await startServer({
    name: "anywidget",
    args: (place) => [
      ...jupyterArguments("lab", place),
      `--LabApp.labextensions_path=${EXTENSIONS}`,
    ],
    env: { ANYWIDGET_HMR: "1" },
  });
  browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [
      ...chromiumFlags,
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
      // One of the widgets draws with WebGL.
      ...["--enable-unsafe-swiftshader", "--use-gl=angle", "--use-angle=swiftshader"],
    ],
  });
});

afterEach(async () => {
  if (process.env["DEBUG_PAGE"]) await page.screenshot({ path: "/tmp/anyw/shot.png", fullPage: true });
  await page.close();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens a notebook of these cells, and runs them. */
async function open(name: string, cells: readonly string[]): Promise<void> {
  writeNotebook(join(server.directory, `${name}.ipynb`), cells);
  page = await browser.newPage({ viewport: { width: 1280, height: 1400 } });
  if (process.env["DEBUG_PAGE"]) {
    page.on("console", (m) => ["error","warning"].includes(m.type()) && console.log("C", m.type(), m.text().slice(0, 400)));
    page.on("pageerror", (e) => console.log("E", String(e.stack).slice(0, 600)));
  }
  await page.goto(`${server.url}lab/tree/${name}.ipynb?reset`);
  await runAll(page);
}

/** The output of a cell. */
function output(cell: number): Locator {
  return page.locator(".jp-Cell").nth(cell).locator(".jp-OutputArea");
}

/** Waits for the colour of a pixel of a canvas. The place: from 0 to 1. */
async function shows(
  place: readonly [number, number],
  colour: readonly number[],
  selector = CANVAS,
): Promise<void> {
  await expect
    .poll(() => pixelAt(page, ...place, selector), { timeout: 30_000, interval: 100 })
    .toEqual(colour);
}

/** Drags the mouse between two places of an element, given in its pixels. */
async function drag(element: Locator, from: [number, number], to: [number, number]): Promise<void> {
  await element.scrollIntoViewIfNeeded();
  const box = await element.boundingBox();
  if (box === null) throw new Error("Expected a visible element");
  await page.mouse.move(box.x + from[0], box.y + from[1]);
  await page.mouse.down();
  await page.mouse.move(box.x + to[0], box.y + to[1], { steps: 5 });
  await page.mouse.up();
}

describe("a picture without this package's extension", () => {
  const SQUARE = SQUARE_CELL.replace("{ css_width", '{ front_end: "anywidget", css_width');

  it("is live, with its tools, in several views, and again after a reload", async () => {
    await open("picture", [
      SQUARE,
      "w;",
      `w.print("printed below");`,
      `w.observe(() => console.log("the cursor is", w.cursor), "cursor");
w.cursor = "crosshair";
w.title = "A square";
w.has_titlebar = true;`,
    ]);
    const first = output(0).locator(CANVAS);
    await first.waitFor();
    await shows([0.5, 0.5], SQUARE_RED);
    await output(1).locator(CANVAS).waitFor();
    await output(0).getByText("printed below").waitFor();
    await output(0).getByText("A square").waitFor();
    expect(await first.evaluate((canvas) => canvas.style.cursor)).toBe("crosshair");

    await drag(first, [20, 20], [200, 20]);
    await shows([0.05, 0.05], [200, 200, 200]);
    await output(0).locator(".jupyter-rfb-view").hover();
    await output(0).getByRole("button", { name: "Statistics" }).waitFor();

    await page.reload();
    await output(0).locator(CANVAS).waitFor();
    await shows([0.5, 0.5], SQUARE_RED);
    await drag(output(0).locator(CANVAS), [200, 20], [100, 20]);
    await shows([0.05, 0.05], [100, 100, 100]);
  });
});
