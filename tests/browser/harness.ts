/** Starts Chromium with the view in a page, and lets a test act as the user and as the kernel. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { PNG } from "pngjs";
import { expect } from "vitest";
import type { ViewMessage } from "../../src/protocol/messages";
import type { ViewProperties } from "../../src/view/index";
import type { Box } from "../support/box";
import { bundlePage } from "../support/bundlePage";

const ROOT = join(import.meta.dirname, "../..");

/** The URL of the test's page. No server listens there: the test answers the requests. */
const PAGE_URL = "http://localhost/";
const PAGE_CONTENT = `<!doctype html><meta charset="utf-8">
  <body style="margin: 0; height: 4000px; background: white">
  <input id="before"><div id="cell" tabindex="0" style="padding: 20px"><div id="main"></div></div>
  <input id="after"></body>`;

/** A message of the view, with the fields of its type. */
export type Sent = ViewMessage & Readonly<Record<string, unknown>>;

/** The rectangle of the page's first canvas. */
export async function canvasBox(page: Page): Promise<Box> {
  const box = await page.locator("canvas").first().boundingBox();
  if (box === null) throw new Error("Cannot find the canvas");
  return box;
}

const scripts = new Map<string, Promise<string>>();

/** Bundles a script of this folder for the page. */
export function pageScript(name: string): Promise<string> {
  const define = { "process.env.NODE_ENV": JSON.stringify("production") };
  const script = scripts.get(name) ?? bundlePage(join(import.meta.dirname, name), define);
  scripts.set(name, script);
  return script;
}

/** A page with the view in it. */
export class ViewPage {
  readonly page: Page;
  /** The errors that the page logged, and its uncaught exceptions. */
  readonly errors: string[] = [];
  /** Whether frames are sent as base64 text. */
  asBase64 = false;
  #next = 1;

  private constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
  }

  /**
   * Opens a page with the view in it.
   *
   * @param properties - The view's properties; null for a page without a view.
   */
  static async open(
    browser: Browser,
    properties: Partial<ViewProperties> | null = {},
    options: BrowserContextOptions = {},
  ): Promise<ViewPage> {
    const view = await ViewPage.openScript(browser, "page.ts", options);
    if (properties !== null) {
      await view.page.evaluate((wanted) => void window.harness.addView(wanted), properties);
      await view.until((sent) => sent.some(({ type }) => type === "show"));
    }
    return view;
  }

  /**
   * Opens a page that is taller than the window, so that it can scroll, and runs a script of this
   * folder in it.
   */
  static async openScript(
    browser: Browser,
    script: string,
    options: BrowserContextOptions = {},
  ): Promise<ViewPage> {
    const context = await browser.newContext({
      viewport: { width: 1000, height: 800 },
      ...options,
    });
    const page = await context.newPage();
    const view = new ViewPage(page);
    // A secure context, as JupyterLab's page is on localhost or by https: no other has a
    // VideoDecoder.
    await page.route(PAGE_URL, (route) =>
      route.fulfill({ contentType: "text/html", body: PAGE_CONTENT }),
    );
    await page.goto(PAGE_URL);
    await page.addStyleTag({ content: readFileSync(join(ROOT, "style/index.css"), "utf8") });
    await page.addScriptTag({ content: await pageScript(script) });
    return view;
  }

  /** The messages that the view has sent. */
  async sent(): Promise<Sent[]> {
    return (await this.page.evaluate(() => window.harness.sent)) as Sent[];
  }

  /** Waits until the sent messages meet a condition, and returns them. */
  async until(isReached: (sent: Sent[]) => boolean): Promise<Sent[]> {
    await expect.poll(async () => isReached(await this.sent()), { timeout: 10_000 }).toBe(true);
    return this.sent();
  }

  /** Forgets the messages that the view has sent so far. */
  async forget(): Promise<void> {
    await this.page.evaluate(() => void window.harness.sent.splice(0));
  }

  /** The types of what was sent, without some. */
  async types(...without: string[]): Promise<string[]> {
    return (await this.sent()).map(({ type }) => type).filter((type) => !without.includes(type));
  }

  /** Sends a frame to the view, and returns its index. */
  deliver(png: Uint8Array, mimetype = "image/png"): Promise<number> {
    return this.send({ mimetype }, [png]);
  }

  /** Sends a frame with these fields to the view, and returns its index. */
  async send(fields: object, buffers: readonly Uint8Array[]): Promise<number> {
    const index = this.#next++;
    const texts = buffers.map((bytes) => Buffer.from(bytes).toString("base64"));
    const message = {
      ...{ type: "framebufferdata", index, timestamp: 1000 + index },
      data_b64: this.asBase64 ? inText(fields, texts) : null,
      ...fields,
    };
    await this.page.evaluate(([message, files]) => window.harness.deliver(message, ...files), [
      message,
      this.asBase64 ? [] : texts,
    ] as const);
    return index;
  }

  /** The pixels of a view's canvas. */
  async pixels(index = 0): Promise<{ width: number; height: number; rgba: Buffer }> {
    const { width, height, base64 } = await this.page.evaluate(
      (of) => window.harness.pixelFile(of),
      index,
    );
    return { width, height, rgba: Buffer.from(base64, "base64") };
  }

  /** The canvas's place in the window. */
  box(): Promise<Box> {
    return canvasBox(this.page);
  }

  /** Closes the page. */
  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** A whole image is a data URL; of other frames there is one text for each buffer. */
function inText(fields: object, texts: readonly string[]): string | readonly string[] {
  const isWhole = ["patches", "atlas", "chunk"].every((name) => !(name in fields));
  const { mimetype } = fields as { readonly mimetype?: string };
  return isWhole ? `data:${mimetype};base64,${texts[0]}` : texts;
}

/** A PNG file whose pixels come from a function of their position. */
export function makePng(
  width: number,
  height: number,
  pixel: (x: number, y: number) => readonly [number, number, number, number],
): Buffer {
  const png = new PNG({ width, height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) png.data.set(pixel(x, y), (y * width + x) * 4);
  }
  return PNG.sync.write(png);
}

/** A PNG file of one colour. */
export function plainPng(width: number, height: number, red: number, green: number): Buffer {
  return makePng(width, height, () => [red, green, 0, 255]);
}
