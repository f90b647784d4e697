/** The site's JupyterLite: notebooks whose kernel runs in the page, without a server or another host. */
import type { Browser, Locator, Page } from "@playwright/test";
import { beforeAll, describe, expect, it } from "vitest";
import { join } from "node:path";
import { OFFLINE, startBrowser } from "../support/chromium";
import { disposedAfterAll, disposedAfterEach } from "../support/disposables";
import { CONNECTION_STATUS } from "../support/jupyterApp";
import { serveFolder, type StaticServer } from "../support/staticServer";
import { LITE, SITE } from "./builtSite";

/** The kernel's two modes. */
const KERNELS = ["javascript-worker", "javascript"] as const;

/** What all tests share, and what one has opened. */
const [shared, disposables] = [disposedAfterAll(), disposedAfterEach()];
let browser: Browser;
/** One has the site at its root, the other below a path. */
let servers: readonly [root: StaticServer, below: StaticServer];

beforeAll(async () => {
  const serve = (folder: string): Promise<StaticServer> =>
    shared.own(serveFolder(folder), (started) => started.stop());
  [browser, ...servers] = await Promise.all([
    shared.own(startBrowser(OFFLINE), (started) => started.close()),
    serve(join(SITE, "lite")),
    serve(SITE),
  ]);
});

/** A notebook that someone has opened. */
class OpenNotebook {
  readonly page: Page;

  /** @param problems - gets errors of the page, and requests to other hosts */
  private constructor(page: Page, url: string, problems: string[]) {
    this.page = page;
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (/^https?:$/.test(protocol) && origin !== url) problems.push(request.url());
    });
  }

  static async open(
    name: string,
    kernel: string,
    { url }: StaticServer,
    path: string,
  ): Promise<OpenNotebook> {
    const opening = browser.newContext({ viewport: { width: 1280, height: 1400 } });
    const problems: string[] = [];
    const context = await disposables.own(opening, async (opened) => {
      await opened.close();
      expect(problems).toEqual([]);
    });
    const notebook = new OpenNotebook(await context.newPage(), url, problems);
    const { page } = notebook;
    await page.goto(`${url}/${path}?path=${name}.ipynb`);
    await page.waitForFunction(`${CONNECTION_STATUS} === "connected"`);
    await page.evaluate(async (kernel) => {
      const { content, sessionContext } = jupyterapp?.shell.currentWidget ?? {};
      if (content === undefined) throw new Error("Cannot run the notebook: none is open");
      await sessionContext?.ready;
      await sessionContext?.changeKernel({ name: kernel });
      await sessionContext?.session?.kernel?.info;
      // One by one: of cells that are run together, the kernel shows outputs below the next cell.
      for (let at = 0; at < content.widgets.length; at++) {
        content.activeCellIndex = at;
        await jupyterapp?.commands.execute("notebook:run-cell");
      }
      content.activeCellIndex = 0;
    }, kernel);
    return notebook;
  }

  /** Runs code in the kernel, and returns what it prints. */
  run(code: string): Promise<string> {
    return this.page.evaluate(async (code) => {
      const { session } = jupyterapp?.shell.currentWidget?.sessionContext ?? {};
      const future = session?.kernel?.requestExecute({ code });
      if (future === undefined) throw new Error("Cannot run code: there is no kernel");
      let text = "";
      future.onIOPub = ({ content }) => (text += content.text ?? "");
      await future.done;
      return text.trim();
    }, code);
  }

  /** The pictures, once there is one. A picture out of sight isn't drawn. */
  async pictures(): Promise<Locator> {
    await this.page.locator(".jupyter-rfb-canvas").first().scrollIntoViewIfNeeded();
    await this.page.locator(".jupyter-rfb-view:not(.jupyter-rfb-is-empty)").first().waitFor();
    return this.page.locator(".jupyter-rfb-canvas");
  }

  /** The output of the snapshot. */
  get snapshot(): Locator {
    return this.page.locator('.jp-OutputArea-output img[src^="data:image/png"]');
  }

  /** Presses the left button in a canvas, and drags. */
  async drag(canvas: Locator): Promise<void> {
    const box = await canvas.boundingBox();
    if (box === null) throw new Error("Cannot find the canvas");
    const { mouse } = this.page;
    await mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
    await mouse.down();
    await mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6, { steps: 10 });
    await mouse.up();
  }
}

/** The colour of a pixel of a picture. x and y: from 0 to 1. */
function pixel(canvas: Locator, x: number, y: number): Promise<readonly number[]> {
  return canvas.evaluate(
    (element, [x, y]) => {
      const { width, height } = element as HTMLCanvasElement;
      const copy = Object.assign(document.createElement("canvas"), { width, height });
      const context = copy.getContext("2d");
      context?.drawImage(element as HTMLCanvasElement, 0, 0);
      const { data } = context?.getImageData(width * x, height * y, 1, 1) ?? {};
      return [...(data ?? [])].slice(0, 3);
    },
    [x, y] as const,
  );
}

const pixels = (canvas: Locator): Promise<string> =>
  canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());

describe.each(KERNELS)("in the kernel %s", (kernel) => {
  it("hello_world draws, reacts to the mouse, and takes a snapshot", async () => {
    const [root] = servers;
    const notebook = await OpenNotebook.open("hello_world", kernel, root, "lab/index.html");
    const canvas = (await notebook.pictures()).first();
    // The drop at 150, 130 of 600 x 400 is red, between the drops it is dark.
    const [red = 0, green = 0] = await pixel(canvas, 0.25, 0.325);
    expect(red).toBeGreaterThan(green + 60);
    await notebook.snapshot.waitFor();
    expect(
      await notebook.snapshot.evaluate((image) => (image as HTMLImageElement).naturalWidth),
    ).toBe(await canvas.evaluate((element) => (element as HTMLCanvasElement).width));

    const drops = Number(await notebook.run("console.log(drops.drops.length)"));
    const before = await pixels(canvas);
    await notebook.drag(canvas);
    await expect.poll(() => pixels(canvas)).not.toBe(before);
    await expect
      .poll(async () => Number(await notebook.run("console.log(drops.drops.length)")))
      .toBe(drops + 1);
    expect(await notebook.run("console.log(drops.get_stats().encoder)")).toMatch(/browser/);

    // Frames without a change aren't sent.
    await notebook.run(
      'drops.codec = "vp9"; setInterval(() => { drops.drops[0][0] = Date.now() % 300; drops.request_draw(); }, 50)',
    );
    await expect
      .poll(() => notebook.run("console.log(drops.get_stats().codec)"), { timeout: 20_000 })
      .toBe("vp9");
  }, 90_000);

  it("interact() makes controls that move the picture", async () => {
    const [, below] = servers;
    const notebook = await OpenNotebook.open("dashboard", kernel, below, LITE);
    const canvas = (await notebook.pictures()).first();
    const slider = notebook.page.locator(".widget-slider .noUi-handle").first();
    await slider.waitFor();
    const before = await pixels(canvas);
    await slider.press("ArrowRight");
    await expect.poll(() => pixels(canvas)).not.toBe(before);
    expect(await notebook.run("console.log(curve.big)")).toBe("6");
  }, 90_000);
});

it("pictures in a box drive each other", async () => {
  const [, below] = servers;
  const notebook = await OpenNotebook.open("linked", "javascript-worker", below, LITE);
  const canvases = await notebook.pictures();
  await expect.poll(() => canvases.count()).toBe(3);
  const last = canvases.nth(2);
  await expect
    .poll(async () => (await pixel(last, 0.5, 0.5)).some((value) => value > 0))
    .toBe(true);
  const before = await pixels(last);
  await notebook.drag(canvases.first());
  await expect.poll(() => pixels(last)).not.toBe(before);
}, 60_000);
