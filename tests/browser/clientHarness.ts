/**
 * A page with a RemoteFramebufferView of the built package in it, and the server that it connects
 * to.
 */
import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { expect } from "vitest";
import type {
  RemoteFramebufferOptions,
  RemoteFramebufferView,
  Stats,
} from "../../src/client/index";
import type { Box } from "../support/box";
import { canvasBox } from "./harness";
import { StreamServer, type Viewer } from "./streamServer";

/** The options that can be passed to a page. */
export type PageOptions = Omit<
  RemoteFramebufferOptions,
  "url" | "workerFactory" | "onState" | "onStats" | "onRole" | "onError"
> & { readonly url?: string | readonly string[] };

/** The state of the page's script. */
interface PageState {
  open(options: object, selector: string): void;
  view: RemoteFramebufferView;
  states: string[];
  errors: string[];
  workers: { isEnded: boolean }[];
}

declare global {
  interface Window {
    client: PageState;
  }
}

/** Records each worker that is created, and creates views, in the page's iframe if there is one. */
export const PAGE_SCRIPT = `
  import { RemoteFramebufferView } from "/lib/client/index.js";
  const client = (window.client = { states: [], errors: [], workers: [] });
  window.Worker = class extends Worker {
    isEnded = false;
    constructor(...args) { super(...args); client.workers.push(this); }
    terminate() { this.isEnded = true; super.terminate(); }
  };
  client.open = (options, selector) => {
    const frame = document.querySelector("iframe");
    const page = frame === null ? document : frame.contentDocument;
    client.view = new RemoteFramebufferView(page.querySelector(selector), {
      onState: (state) => client.states.push(state),
      onError: (error) => client.errors.push(error.message),
      ...options,
    });
  };
`;

const PAGE = `<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>
  <body style="margin: 0; background: white">
  <div id="around" tabindex="0" style="padding: 20px">
    <div id="main" style="width: 400px; height: 300px"></div>
  </div></body>`;

/** One page, one server. */
export class ClientPage {
  readonly server: StreamServer;
  readonly page: Page;
  /** The errors that the page logged, and its uncaught exceptions. */
  readonly pageErrors: string[] = [];

  private constructor(server: StreamServer, page: Page) {
    this.server = server;
    this.page = page;
    page.on("pageerror", (error) => this.pageErrors.push(String(error)));
  }

  /** Starts a server and opens a page of it, without a view. */
  static async open(
    browser: Browser,
    options: BrowserContextOptions = {},
    content: { html?: string; script?: string; headers?: Record<string, string> } = {},
  ): Promise<ClientPage> {
    const server = await new StreamServer().start();
    const { html = PAGE, script = PAGE_SCRIPT, headers = {} } = content;
    server.serve("/", { type: "text/html", content: html, headers });
    server.serve("/page.js", { type: "text/javascript", content: script });
    try {
      const context = await browser.newContext({
        viewport: { width: 800, height: 600 },
        ...options,
      });
      const client = new ClientPage(server, await context.newPage());
      await client.page.goto(server.url);
      return client;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /**
   * Creates a view, and waits for its connection and hello. Events are not throttled.
   */
  async connect(options: PageOptions = {}, selector = "#main"): Promise<Viewer> {
    const before = this.server.viewers.length;
    await this.makeView(options, selector);
    const viewer = await this.server.viewer(before);
    return viewer.until(({ events }) => events.some(({ type }) => type === "show"));
  }

  /** Creates a view. */
  async makeView(options: PageOptions = {}, selector = "#main"): Promise<void> {
    await this.page.waitForFunction(() => "client" in window);
    const all = { url: this.server.streamUrl, throttle: 0, ...options };
    await this.page.evaluate(([given, where]) => window.client.open(given, where), [
      all,
      selector,
    ] as const);
  }

  /** Waits for a state of the view. */
  async state(state: string): Promise<void> {
    await expect
      .poll(() => this.page.evaluate(() => window.client.view.state), { timeout: 15_000 })
      .toBe(state);
  }

  /** The errors that the view reported through onError. */
  errors(): Promise<string[]> {
    return this.page.evaluate(() => window.client.errors);
  }

  /** The view's statistics. */
  stats(): Promise<Stats> {
    return this.page.evaluate(() => window.client.view.stats);
  }

  /** The pixels of the frame on the screen, RGBA. */
  async pixels(): Promise<{ width: number; height: number; data: number[]; colorSpace: string }> {
    return this.page.evaluate(async () => {
      const { width, height, data, colorSpace } = await window.client.view.capture();
      return { width, height, data: [...data], colorSpace };
    });
  }

  /** The canvas's place in the window. */
  box(): Promise<Box> {
    return canvasBox(this.page);
  }

  /** Closes the page and stops the server. */
  async close(): Promise<void> {
    try {
      await this.page.context().close();
    } finally {
      await this.server.stop();
    }
  }
}

/** One pixel of a picture. */
export function pixelAt(
  picture: { width: number; data: ArrayLike<number> },
  x: number,
  y: number,
): number[] {
  const at = (y * picture.width + x) * 4;
  return [0, 1, 2, 3].map((channel) => picture.data[at + channel] ?? -1);
}

type Color = readonly [red: number, green: number, blue: number];

/** Waits until the pixel at a place of the picture has nearly a color: JPEG and video change it. */
export async function expectColorAt(
  client: ClientPage,
  [x, y]: readonly [number, number],
  color: Color,
): Promise<void> {
  const distance = async (): Promise<number> => {
    const { frameWidth } = await client.stats();
    if (frameWidth === 0) return 255;
    const pixel = pixelAt(await client.pixels(), x, y);
    return Math.max(...color.map((value, at) => Math.abs(value - (pixel[at] ?? 0))));
  };
  await expect.poll(distance, { timeout: 15_000 }).toBeLessThanOrEqual(14);
}
