/** The AMD module in VS Code's own widget manager, and in a static page with the state that it saved. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "../../scripts/lib/paths.mjs";
import { OFFLINE } from "../support/chromium";
import { disposedAfterAll, disposedAfterEach } from "../support/disposables";
import { eventually } from "../support/eventually";
import { CANVAS, EVENTS_CELL, SQUARE_CELL, SQUARE_RED, pixelAt } from "./support/notebook";
import { packageFile, pageScript, servePages, type PageServer } from "./support/pageServer";
import { jupyterArguments, type HostServer } from "./support/server";
import { startServerAndBrowser } from "./support/serverAndBrowser";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly version: string;
};
const module = { js: readFileSync(join(root, "dist", "index.js"), "utf8") };
const requirejs = { js: packageFile("requirejs", "require.js") };

/** Without an icon, which the browser would ask for. */
const HEAD = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';

const disposables = disposedAfterAll();
let browser: Browser;
let jupyter: HostServer;
beforeAll(async () => {
  [jupyter, browser] = await startServerAndBrowser(
    disposables,
    {
      name: "vscode",
      args: (place) => [...jupyterArguments("server", place), "--ServerApp.allow_origin=*"],
    },
    OFFLINE,
  );
});

/** Opens a page, and notes its errors. */
async function open(url: string, errors: string[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(url);
  return page;
}

/** Waits for the colour of the square's middle, or of the gray around it. */
async function expectColor(
  page: Page,
  [x, y]: readonly [number, number],
  color: readonly number[],
  tolerance = 5,
): Promise<void> {
  await eventually(async () => {
    const pixel = (await pixelAt(page, x, y)) ?? [999];
    return Math.max(...pixel.map((value, at) => Math.abs(value - (color[at] ?? 0))));
  }).toBeLessThanOrEqual(tolerance);
}

const MIDDLE = [0.5, 0.5] as const;
const CORNER = [0.05, 0.05] as const;
const gray = (level: number): number[] => [level, level, level];

describe("in VS Code's widget manager, over a tslab kernel", () => {
  const errors: string[] = [];
  const here = disposedAfterAll();
  let pages: PageServer;
  let page: Page;
  let state: object;

  beforeAll(async () => {
    const serving = servePages({
      "/": {
        html: `${HEAD}<body><script src="/require.js"></script>
          <script type="module">import { activate } from "/ipywidgets.js"; activate();</script>
          <script src="/page.js"></script><div id="host"></div>`,
      },
      "/require.js": requirejs,
      "/ipywidgets.js": { js: packageFile("@vscode/jupyter-ipywidgets8", "dist/ipywidgets.js") },
      "/page.js": { js: await pageScript("vsCode.ts") },
      [`/npm/jupyter-rfb-ts@${version}/dist/index.js`]: module,
    });
    pages = await here.own(serving, (started) => started.stop());
    page = await here.own(open(`${pages.url}/`, errors), (opened) => opened.close());
    await page.waitForFunction("window.vscIPyWidgets8 && window.VsCodePage");
    await page.evaluate(
      async ([base, cdn]) => {
        const host = document.getElementById("host") ?? document.body;
        window.vsCode = new window.VsCodePage(base, host);
        await window.vsCode.start("tslab", cdn);
      },
      [jupyter.url, `${pages.url}/npm/`] as const,
    );
    here.add(() => page.evaluate(() => window.vsCode.end()));
  });

  const execute = (code: string): Promise<string> =>
    page.evaluate((cell) => window.vsCode.execute(cell), code);
  const log = (): Promise<string[]> => page.evaluate(() => window.vsCode.log);

  it("is loaded once, in the lowest version that the kernel asks for, and shows the picture", async () => {
    expect(await execute(SQUARE_CELL)).toBe("");
    await expectColor(page, MIDDLE, SQUARE_RED);
    await expectColor(page, CORNER, gray(60));
    expect(await log()).toEqual([`${pages.url}/npm/jupyter-rfb-ts@${version}/dist/index`]);
    expect(await page.locator("#jupyter-rfb-ts-style").count()).toBe(1);
  });

  it("brings the user's events to the kernel, which draws again", async () => {
    const box = await page.locator(CANVAS).boundingBox();
    if (box === null) throw new Error("Cannot find the picture");
    await page.mouse.move(box.x + 20, box.y + 150);
    await page.mouse.down();
    await page.mouse.move(box.x + 150.5, box.y + 150, { steps: 30 });
    await page.mouse.up();
    await expectColor(page, CORNER, gray(151));
    const seen = await execute(EVENTS_CELL);
    for (const type of ["resize", "pointer_enter", "pointer_down", "pointer_move", "pointer_up"]) {
      expect(seen).toContain(type);
    }
  });

  it("gets all frames as text, the lossless ones too", async () => {
    // At rest there is no loss.
    await expectColor(page, MIDDLE, SQUARE_RED, 0);
    const stats = `const { b64_frames, sent_frames } = w.get_stats();
       console.log(b64_frames === sent_frames, sent_frames > 1);`;
    expect(await execute(stats)).toMatch(/^true true$/m);
    expect(await page.evaluate(() => window.vsCode.numbers)).toBe(0);
  });

  it("leaves no message in the extension host that waits for its idle", async () => {
    const box = await page.locator(CANVAS).boundingBox();
    if (box === null) throw new Error("Cannot find the picture");
    for (let step = 0; step < 100; step++) {
      await page.mouse.move(box.x + 100 + (step % 50), box.y + 100);
    }
    await eventually(() => page.evaluate(() => window.vsCode.waiting)).toBe(0);
  });

  it("shows what the widget prints below the picture", async () => {
    await execute(`w.print("printed below")`);
    const text = (): Promise<string> => page.locator("#host").innerText();
    await eventually(text).toContain("printed below");
  });

  it("saves its picture with the notebook's widgets", async () => {
    state = await page.evaluate(() => window.vsCode.state());
    expect(JSON.stringify(state)).toMatch(/"_snapshot":"data:image\/png;base64,/);
    expect(errors).toEqual([]);
    expect(pages.missing).toEqual([]);
  });

  describe("a static page with these widgets", () => {
    const ofTest = disposedAfterEach();
    it("shows the picture as it was, without a kernel", async () => {
      const text = JSON.stringify(state).replaceAll("</", "<\\/");
      const models = (state as { readonly state: Record<string, { model_name: string }> }).state;
      const id = Object.keys(models).find(
        (model) => models[model]?.model_name === "RemoteFrameBufferModel",
      );
      const view = JSON.stringify({ version_major: 2, version_minor: 0, model_id: id });
      const serving = servePages({
        "/": {
          html: `${HEAD}<body><script src="/require.js"></script>
            <script src="/embed-amd.js" data-jupyter-widgets-cdn="/npm/" data-jupyter-widgets-cdn-only></script>
            <script type="application/vnd.jupyter.widget-state+json">${text}</script>
            <script type="application/vnd.jupyter.widget-view+json">${view}</script>`,
        },
        "/require.js": requirejs,
        "/embed-amd.js": {
          js: packageFile("@jupyter-widgets/html-manager", "dist/embed-amd.js"),
        },
        [`/npm/jupyter-rfb-ts@^${version}/dist/index.js`]: module,
      });
      const served = await ofTest.own(serving, (started) => started.stop());
      const problems: string[] = [];
      const opening = open(`${served.url}/`, problems);
      const still = await ofTest.own(opening, (opened) => opened.close());
      await expectColor(still, MIDDLE, SQUARE_RED);
      const [seen, before] = await Promise.all([still, page].map((one) => pixelAt(one, ...CORNER)));
      expect(seen).toEqual(before);
      expect(await still.locator(".jupyter-rfb-mark:visible").count()).toBe(0);
      expect(problems).toEqual([]);
    });
  });
});
