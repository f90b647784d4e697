/** JupyterLab with this package's extension and with anywidget: each picture has the front end that it names. */
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { beforeAll, expect, it } from "vitest";
import { disposedAfterAll } from "../support/disposables";
import { eventually } from "../support/eventually";
import {
  CANVAS,
  pixelAt,
  runAll,
  SQUARE_CELL,
  SQUARE_RED,
  writeNotebook,
} from "./support/notebook";
import { jupyterArguments, type HostServer } from "./support/server";
import { startServerAndBrowser } from "./support/serverAndBrowser";

const CELLS = [
  SQUARE_CELL.replace("{ css_width", '{ front_end: "anywidget", css_width'),
  `const own = new Square({ front_end: "own", css_width: "300px", css_height: "200px" }); own;`,
  `import { VBox } from "jupyter-rfb-ts"; new VBox({ children: [w, own] });`,
];

/** The canvases of these cells, in the page's order: which picture each one shows. */
const SHOWN = ["w", "own", "w", "own"] as const;

const disposables = disposedAfterAll();
let server: HostServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await startServerAndBrowser(disposables, {
    name: "bothFrontEnds",
    args: (place) => jupyterArguments("lab", place),
  });
});

it("pictures of both front ends are live in one notebook, alone and in a box", async () => {
  writeNotebook(join(server.directory, "both.ipynb"), CELLS);
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  const models = new Set<string>();
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      const found = String(payload).matchAll(
        /"_model_name":\s*"(AnyModel|RemoteFrameBufferModel)"/g,
      );
      for (const [, name = ""] of found) models.add(name);
    });
  });
  await page.goto(`${server.url}lab/tree/both.ipynb?reset`);
  await runAll(page);
  const canvases = page.locator(CANVAS);
  await eventually(() => canvases.count()).toBe(SHOWN.length);
  for (const [moved, picture] of SHOWN.entries()) {
    const gray = 80 + 20 * moved;
    await canvases.nth(moved).hover({ position: { x: gray, y: 20 } });
    for (const [at, shown] of SHOWN.entries()) {
      if (shown !== picture) continue;
      await eventually(() => pixelAt(page, 0.05, 0.05, CANVAS, at)).toEqual([gray, gray, gray]);
      await eventually(() => pixelAt(page, 0.5, 0.5, CANVAS, at)).toEqual([...SQUARE_RED]);
    }
  }
  expect([...models].sort()).toEqual(["AnyModel", "RemoteFrameBufferModel"]);
});
