/** The docs site as its readers see it: `npm run docs` has built it, a server of files has it. */
import type { Browser, BrowserContextOptions, Locator, Page } from "@playwright/test";
import { beforeAll, describe, expect, it } from "vitest";
import { readNotebooks } from "../../docs/.vitepress/notebooks/notebook";
import { accessibilityViolations } from "../support/accessibility";
import { startBrowser } from "../support/chromium";
import { disposedAfterAll, disposedAfterEach } from "../support/disposables";
import { serveFolder, type StaticServer } from "../support/staticServer";
import { deadLinks, readPages, SITE, type BuiltPage } from "./builtSite";

const pages = readPages();
const live = readNotebooks().filter(({ isLive }) => isLive);
/** The reference has some hundred pages of one kind. */
const isReference = ({ path }: BuiltPage): boolean => path.startsWith("/reference/");
/** Those of the reference that are loaded one by one: a list, a large class, a function. */
const REFERENCE = [
  "/reference/index.html",
  "/reference/jupyter-rfb-ts/classes/RemoteFrameBuffer.html",
  "/reference/jupyter-rfb-ts/functions/interact.html",
];
/** Widths of a window: a computer's and a phone's. */
const WIDTHS = [1280, 390];

/** What all tests share, and what one has opened. */
const [shared, disposables] = [disposedAfterAll(), disposedAfterEach()];
let browser: Browser;
let server: StaticServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([
    shared.own(startBrowser(), (started) => started.close()),
    shared.own(serveFolder(SITE), (started) => started.stop()),
  ]);
});

declare global {
  interface Window {
    /** The pictures of examples that the reader has left. */
    left?: WeakRef<Element>[];
  }
}

/** Someone who reads the site. What they should not see is a problem. */
class Reader {
  readonly page: Page;
  /** Errors and warnings of pages, and requests to other hosts. */
  readonly problems: string[];

  private constructor(page: Page, problems: string[]) {
    this.page = page;
    this.problems = problems;
    const note = (text: string) => problems.push(`${page.url()}: ${text}`);
    page.on("pageerror", (error) => note(String(error)));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) note(message.text());
    });
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== "data:" && protocol !== "blob:" && origin !== server.url) {
        note(`requests ${request.url()}`);
      }
    });
    page.on("response", (response) => {
      if (response.status() >= 400) note(`${response.status()} of ${response.url()}`);
    });
  }

  static async open(options: BrowserContextOptions = {}): Promise<Reader> {
    const opening = browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const problems: string[] = [];
    const context = await disposables.own(opening, async (opened) => {
      await opened.close();
      expect(problems).toEqual([]);
    });
    return new Reader(await context.newPage(), problems);
  }

  /** Loads a page as for the first time. */
  async load(path: string): Promise<void> {
    await this.page.goto(server.url + path);
  }

  /** Follows a link to a page: only its content is loaded. */
  async follow({ path, title }: Pick<BuiltPage, "path" | "title">): Promise<void> {
    await this.page.evaluate((href) => {
      const link = document.body.appendChild(document.createElement("a"));
      link.href = href;
      link.click();
      link.remove();
    }, path);
    await this.page.waitForFunction(
      ([wanted, heading]) =>
        location.pathname === wanted && document.title === heading && document.querySelector("h1"),
      // The router calls a folder's page by the folder.
      [path.replace(/index\.html$/, ""), title] as const,
    );
  }

  /** Waits until the page is that of the title, and notes if it is wider than the window. */
  async check(title: string): Promise<void> {
    await this.page.waitForFunction((wanted) => document.title === wanted, title);
    for (const width of WIDTHS) {
      await this.page.setViewportSize({ width, height: 900 });
      const wide = await this.page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) this.problems.push(`${this.page.url()}: ${wide} px wide of ${width}`);
    }
  }

  /** Waits until the picture of a live example is there, and returns its canvas. */
  async livePicture(): Promise<Locator> {
    const canvas = this.page.locator(".live-example canvas").first();
    await canvas.scrollIntoViewIfNeeded();
    await this.page
      .locator(".live-example .jupyter-rfb-view:not(.jupyter-rfb-is-empty)")
      .first()
      .waitFor();
    return canvas;
  }

  /** The pixels of a canvas. */
  pixels(canvas: Locator): Promise<string> {
    return canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
  }

  /**
   * The pixels of a canvas at rest: a picture that is sent with loss becomes exact by itself. Of an
   * animation, those after some changes.
   */
  pixelsAtRest(canvas: Locator): Promise<string> {
    return canvas.evaluate(async (element) => {
      const [enough, most] = [60, 30];
      let pixels = "";
      for (let equal = 0, changes = 0; equal < enough && changes < most; equal++) {
        await new Promise(requestAnimationFrame);
        const now = (element as HTMLCanvasElement).toDataURL();
        if (now !== pixels) [equal, changes] = [0, changes + 1];
        pixels = now;
      }
      return pixels;
    });
  }
}

function pageOf(path: string): BuiltPage {
  const page = pages.find((other) => other.path === path);
  if (page === undefined) throw new Error(`Cannot find ${path} on the site`);
  return page;
}

describe("the site", () => {
  it("has a page for each part", () => {
    const paths = pages.map(({ path }) => path);
    expect(paths).toContain("/index.html");
    expect(paths).toContain("/changelog.html");
    expect(paths).toContain("/reference/jupyter-rfb-ts/classes/RemoteFrameBuffer.html");
    for (const { name } of readNotebooks()) expect(paths).toContain(`/gallery/${name}.html`);
  });

  it("links only to what it has", () => {
    expect(deadLinks(pages)).toEqual([]);
  });

  it("loads each page without an error, a warning or another host, as wide as the window", async () => {
    const reader = await Reader.open();
    for (const page of pages.filter(
      (each) => !isReference(each) || REFERENCE.includes(each.path),
    )) {
      await reader.load(page.path);
      await reader.check(page.title);
    }
  }, 120_000);

  it("shows each page of the reference", async () => {
    const reader = await Reader.open();
    await reader.load("/index.html");
    for (const page of pages.filter(isReference)) await reader.follow(page);
  }, 60_000);

  it("finds a word", async () => {
    const reader = await Reader.open();
    await reader.load("/gallery/index.html");
    await reader.page.getByRole("button", { name: "Search" }).click();
    await reader.page.locator("#localsearch-input").fill("max_buffered_frames");
    await reader.page.locator(".VPLocalSearchBox .result").first().waitFor();
  });

  it.each(["light", "dark"] as const)(
    "can be read by everybody (%s)",
    async (colorScheme) => {
      const reader = await Reader.open({ colorScheme });
      for (const path of [
        "/index.html",
        "/guide/events.html",
        "/gallery/index.html",
        "/reference/jupyter-rfb-ts/functions/interact.html",
      ]) {
        await reader.load(path);
        expect(await accessibilityViolations(reader.page, "body"), path).toEqual([]);
      }
    },
    120_000,
  );
});

describe("a live example", () => {
  it.each(live)("$name draws, and reacts to the mouse", async ({ name, cells }) => {
    const reader = await Reader.open();
    await reader.load(`/gallery/${name}.html`);
    const canvas = await reader.livePicture();
    const before = await reader.pixelsAtRest(canvas);
    const blank = await canvas.evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      return Object.assign(document.createElement("canvas"), { width, height }).toDataURL();
    });
    expect(before).not.toBe(blank);
    if (cells.some(({ source }) => source.includes("handle_event"))) {
      const box = await canvas.boundingBox();
      if (box === null) throw new Error("Cannot find the canvas");
      const { mouse } = reader.page;
      const isChanged = async () => (await reader.pixels(canvas)) !== before;
      // Over the picture and with the button down, in rows, since some react in places only.
      for (let row = 1; row < 10 && !(await isChanged()); row++) {
        const [y, far] = [box.y + (box.height * row) / 10, box.x + box.width * 0.9];
        await mouse.move(box.x + box.width * 0.25, y, { steps: 10 });
        await mouse.down();
        await mouse.move(far, y, { steps: 10 });
        await mouse.up();
      }
      await expect.poll(isChanged, { timeout: 10_000 }).toBe(true);
    }
    expect(await reader.page.locator(".live-text:visible").allTextContents()).toEqual([]);
  });

  it("is on the home page: the ten lines", async () => {
    const reader = await Reader.open();
    await reader.load("/index.html");
    const canvas = await reader.livePicture();
    const before = await reader.pixelsAtRest(canvas);
    await canvas.hover({ position: { x: 50, y: 60 } });
    await expect.poll(() => reader.pixels(canvas)).not.toBe(before);
  });

  it("leaves nothing behind when the reader goes on", async () => {
    const reader = await Reader.open();
    const gallery = pageOf("/gallery/index.html");
    const example = pageOf(`/gallery/${live[0]?.name}.html`);
    await reader.load(gallery.path);
    const session = await reader.page.context().newCDPSession(reader.page);
    await session.send("Performance.enable");
    /** Goes there and back, and returns the number of listeners. */
    const visit = async (times: number): Promise<number> => {
      for (let time = 0; time < times; time++) {
        await reader.follow(example);
        const canvas = await reader.livePicture();
        await canvas.evaluate((element) => (window.left ??= []).push(new WeakRef(element)));
        await reader.follow(gallery);
      }
      await session.send("HeapProfiler.collectGarbage");
      const { metrics } = await session.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "JSEventListeners")?.value ?? 0;
    };
    // The first visits load the programs.
    const before = await visit(2);
    expect(await visit(4)).toBeLessThanOrEqual(before);
    const kept = () => reader.page.evaluate(() => window.left?.filter((ref) => ref.deref()).length);
    await expect
      .poll(async () => {
        await session.send("HeapProfiler.collectGarbage");
        return kept();
      })
      .toBeLessThanOrEqual(1);
  }, 60_000);

  it("shows what is wrong in its place", async () => {
    const reader = await Reader.open();
    await reader.page.route("**/chunks/example.*.js", (route) =>
      route.fulfill({
        contentType: "text/javascript",
        body: 'export function startExample(load, place, onError) { onError(new Error("broken")); return { dispose() {} }; }',
      }),
    );
    await reader.load(`/gallery/${live[0]?.name}.html`);
    await expect
      .poll(() => reader.page.locator(".live-text:visible").textContent())
      .toBe("Error: broken");
  });
});
