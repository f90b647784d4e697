/**
 * The viewer page, as users see it: the built page and the command `jupyter-rfb-ts serve`, or a
 * server of several streams, in a real browser.
 */
import { readFileSync } from "node:fs";
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from "@playwright/test";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stats } from "../../src/client/index";
import { serve_server, type RfbServer, type StreamOptions } from "../../src/server";
import type { ViewerMetrics } from "../../src/hosting/metrics";
import { accessibilityViolations } from "../support/accessibility";
import { startBrowser } from "../support/chromium";
import { disposedAfterEach } from "../support/disposables";
import { eventually } from "../support/eventually";
import { missingNodeAv } from "../support/nodeAv";
import { bestFrame, differing, type Picture } from "../support/patternPicture";
import { ServeProcess } from "../support/serveProcess";
import {
  captureText,
  expectRecorded,
  HEIGHT,
  SMALL_PICTURE,
  smallPicture,
  WIDTH,
} from "../support/viewerPage";

declare global {
  interface Window {
    violations: string[];
  }
}

/** The test card, so slow that its mark does not move during a test. */
const STILL_CARD = ["--pattern", "test_card", "--fps", "1"] as const;

const disposables = disposedAfterEach();
let browser: Browser;
let missingVideo: string | undefined;
beforeAll(async () => {
  browser = await startBrowser();
  missingVideo = await findMissingVideo();
  if (missingVideo !== undefined) console.warn(`H.264 is not tested: ${missingVideo}`);
});
afterAll(() => browser.close());

/** The reason why video cannot be tested here; undefined if it can. */
async function findMissingVideo(): Promise<string | undefined> {
  const missing = missingNodeAv();
  if (missing !== undefined) return missing;
  const server = await ServeProcess.start(["--pattern", "solid"]);
  const page = await browser.newPage();
  try {
    await page.goto(server.url);
    const isSupported = await page.evaluate(async () => {
      const { supported } = await VideoDecoder.isConfigSupported({ codec: "avc1.42E01F" });
      return supported === true;
    });
    return isSupported ? undefined : "this browser has no decoder for it";
  } finally {
    await page.close();
    await server.stop();
  }
}

/** What a test's pages share: ended with the test. */
function newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return disposables.own(browser.newContext(options), (context) => context.close());
}

/** The page and its server. */
class Demo {
  readonly server: ServeProcess;
  readonly page: Page;
  /** The errors and warnings that the page logged, and its uncaught exceptions. */
  readonly errors: string[] = [];
  /** The URLs that the page requested. */
  readonly requests: string[] = [];

  constructor(server: ServeProcess, page: Page) {
    this.server = server;
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.errors.push(message.text());
    });
    page.on("request", (request) => this.requests.push(request.url()));
  }

  /** Starts a server with a small picture, and opens its page. */
  static async open(
    args: readonly string[],
    { fragment = "", ...options }: BrowserContextOptions & { fragment?: string } = {},
  ): Promise<Demo> {
    const starting = ServeProcess.start([...SMALL_PICTURE, ...args]);
    const server = await disposables.own(starting, (started) => started.stop());
    const context = await newContext({ viewport: { width: 1000, height: 700 }, ...options });
    const demo = new Demo(server, await context.newPage());
    await demo.page.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => {
        window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
      });
    });
    await demo.page.goto(server.url + fragment);
    return demo;
  }

  stats(): Promise<Stats> {
    return this.page.evaluate(() => window.rfb.stats);
  }

  /** Waits until a frame is shown. */
  async live(): Promise<this> {
    await eventually(() => this.page.textContent("#state")).toBe("Live");
    await eventually(async () => (await this.stats()).framesDisplayed).toBeGreaterThan(0);
    return this;
  }

  /** Waits until frames are sent this way. */
  async sentAs(transport: "image" | "webcodecs"): Promise<void> {
    await eventually(async () => (await this.stats()).transport).toBe(transport);
  }

  /** A tool over the picture, unfolded. */
  async tool(name: string): Promise<Locator> {
    await this.page.locator("#stage canvas").hover();
    await this.page.getByRole("button", { name: "Picture tools" }).hover();
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The value of a name in the list of statistics. */
  figure(name: string): Promise<string | null> {
    return this.page.locator(`#stats dt:has-text("${name}") + dd`).textContent();
  }

  /** The pixels that the page shows. */
  async pixels(): Promise<Picture> {
    return smallPicture(await this.page.evaluate(captureText));
  }

  /** The server's measurements of this viewer. */
  async metrics(): Promise<ViewerMetrics | undefined> {
    const answer = await fetch(new URL("metrics", this.server.url));
    return ((await answer.json()) as ViewerMetrics[])[0];
  }

  /** Waits for an event with these fields. */
  event(fields: object): Promise<void> {
    return expectRecorded(this.server.url, fields);
  }

  /** Expects no errors, warnings, or violations of the content security policy. */
  async expectClean(): Promise<void> {
    expect(await this.page.evaluate(() => window.violations)).toEqual([]);
    expect(this.errors).toEqual([]);
  }
}

describe("the picture", () => {
  it("is the test card, at last pixel by pixel, by images", async () => {
    const demo = await Demo.open([...STILL_CARD, "--force-image"]);
    await demo.live();
    await eventually(async () => differing(await demo.pixels(), "test_card", 0, 0)).toBe(0);
    expect((await demo.stats()).transport).toBe("image");
    await demo.expectClean();
  });

  it("is the bouncing box, which moves, by images", async () => {
    const demo = await Demo.open(["--pattern", "bouncing_box", "--force-image"]);
    await demo.live();
    await expectMoving(demo, 12, 0.02);
    await demo.expectClean();
  });

  it("is the test card by H.264", async ({ skip }) => {
    skip(missingVideo !== undefined, missingVideo);
    const demo = await Demo.open([
      "--pattern",
      "test_card",
      "--codec",
      "h264",
      "--still-after",
      "off",
    ]);
    await demo.live();
    // The first frame is an image, sent while the encoder starts. Video follows when the mark
    // moves.
    await demo.sentAs("webcodecs");
    // Edges between colours are soft, because four pixels share a colour sample.
    const { frame, share } = bestFrame(await demo.pixels(), "test_card", 16);
    expect(frame).toBeGreaterThanOrEqual(30);
    expect(share).toBeLessThan(0.04);
    await demo.expectClean();
  });

  it("is the bouncing box, which moves, by H.264", async ({ skip }) => {
    skip(missingVideo !== undefined, missingVideo);
    const demo = await Demo.open(["--pattern", "bouncing_box", "--codec", "h264"]);
    await demo.live();
    await demo.sentAs("webcodecs");
    await expectMoving(demo, 24, 0.03);
    await eventually(() => demo.figure("Format")).toBe("H.264 video");
    await demo.expectClean();
  });

  /** Expects that the page shows a frame of the box, and later a later one. */
  async function expectMoving(demo: Demo, tolerance: number, share: number): Promise<void> {
    const first = bestFrame(await demo.pixels(), "bouncing_box", tolerance);
    expect(first.share).toBeLessThan(share);
    const { framesDisplayed } = await demo.stats();
    await eventually(async () => (await demo.stats()).framesDisplayed).toBeGreaterThan(
      framesDisplayed + 5,
    );
    const later = bestFrame(await demo.pixels(), "bouncing_box", tolerance);
    expect(later.share).toBeLessThan(share);
    expect(later.frame).toBeGreaterThan(first.frame + 4);
  }
});

describe("the user's input on the picture", () => {
  it("reaches the server: mouse, wheel and keys", async () => {
    const demo = await Demo.open(["--pattern", "test_card", "--force-image", "--record-events"]);
    await demo.live();
    const box = await demo.page.locator("#stage canvas").boundingBox();
    if (box === null) throw new Error("Cannot find the canvas");
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await demo.page.mouse.move(x - 40, y);
    await demo.page.mouse.move(x, y);
    await demo.page.mouse.down();
    const middle = { x: WIDTH / 2, y: HEIGHT / 2, inside: true };
    await demo.event({ event_type: "pointer_down", button: 1, ...middle });
    await demo.page.mouse.up();
    await demo.event({ event_type: "pointer_up", ...middle });
    await demo.page.mouse.wheel(0, 120);
    await demo.event({ event_type: "wheel", dy: 120 });
    await demo.page.keyboard.press("q");
    await demo.event({ event_type: "key_down", key: "q" });
    await demo.event({ event_type: "key_up", key: "q" });
    await demo.expectClean();
  });

  it("reaches the server: touch, on a phone", async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const demo = await Demo.open(["--pattern", "test_card", "--force-image", "--record-events"], {
      ...phone,
      deviceScaleFactor: 2,
    });
    await demo.live();
    const box = await demo.page.locator("#stage canvas").boundingBox();
    if (box === null) throw new Error("Cannot find the canvas");
    await demo.page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    await demo.event({ event_type: "pointer_down", ntouches: 1 });
    await demo.event({ event_type: "pointer_up" });
    await demo.page.getByRole("button", { name: "Keyboard" }).tap();
    expect(await demo.page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
    await demo.page.keyboard.insertText("typed");
    await demo.event({ event_type: "char", data: "typed" });
    // Nothing is wider than the phone.
    const overflow = await demo.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await demo.expectClean();
  });
});

describe("the settings", () => {
  it("change the codec", async ({ skip }) => {
    skip(missingVideo !== undefined, missingVideo);
    const demo = await Demo.open(["--pattern", "gradient", "--codec", "h264"]);
    await demo.live();
    await demo.sentAs("webcodecs");
    await demo.page.getByLabel("Images only").check();
    await demo.sentAs("image");
    await eventually(() => demo.figure("Format")).toBe("JPEG images");
    await demo.page.getByLabel("Auto").check();
    await demo.sentAs("webcodecs");
    await demo.expectClean();
  });

  it("change the quality", async () => {
    const demo = await Demo.open(["--pattern", "gradient", "--force-image"]);
    await demo.live();
    expect(await demo.page.textContent("#quality-value")).toBe("server default");
    await eventually(async () => (await demo.metrics())?.quality).toBe(80);
    const slider = demo.page.getByRole("slider", { name: "Quality" });
    await slider.fill("10");
    await eventually(async () => (await demo.metrics())?.quality).toBe(10);
    await slider.press("ArrowRight");
    await eventually(async () => (await demo.metrics())?.quality).toBe(15);
    expect(await demo.page.textContent("#quality-value")).toBe("15");
    await demo.expectClean();
  });

  it("change how the picture fits", async () => {
    const demo = await Demo.open(["--pattern", "solid", "--force-image"]);
    await demo.live();
    // In the bar above the picture, which is as wide as the stage.
    const corner = async (): Promise<number[]> => {
      const box = await demo.page.locator("#stage").boundingBox();
      const clip = { x: (box?.x ?? 0) + 200, y: (box?.y ?? 0) + 4, width: 1, height: 1 };
      return [...PNG.sync.read(await demo.page.screenshot({ clip })).data.subarray(0, 3)];
    };
    const isBlack = async (): Promise<boolean> => Math.max(...(await corner())) < 10;
    await eventually(isBlack).toBe(true);
    for (const [name, expected] of [
      ["Cover", false],
      ["Contain", true],
      ["Fill", false],
    ] as const) {
      await demo.page.getByLabel(name).check();
      await eventually(isBlack).toBe(expected);
    }
    await demo.expectClean();
  });
});

describe("the tools over the picture", () => {
  it("save it as a PNG file, also by the keyboard", async () => {
    const demo = await Demo.open([...STILL_CARD, "--force-image"]);
    await demo.live();
    await eventually(async () => differing(await demo.pixels(), "test_card", 0, 0)).toBe(0);
    const button = await demo.tool("Save as PNG");
    const [download] = await Promise.all([demo.page.waitForEvent("download"), button.click()]);
    expect(download.suggestedFilename()).toMatch(/^Stream default [\d-]+ [\d.]+\.png$/);
    const { width, height, data } = PNG.sync.read(readFileSync(await download.path()));
    expect(differing({ width, height, data }, "test_card", 0, 0)).toBe(0);
    await button.focus();
    await Promise.all([demo.page.waitForEvent("download"), demo.page.keyboard.press("Enter")]);
    await demo.expectClean();
  });

  it("show it on the full screen", async () => {
    const demo = await Demo.open(["--pattern", "solid", "--force-image"]);
    await demo.live();
    await (await demo.tool("Full screen")).click();
    const shown = (): Promise<boolean> =>
      demo.page.evaluate(() => document.fullscreenElement?.contains(window.rfb.canvas) === true);
    await eventually(shown).toBe(true);
    await demo.page.evaluate(() => document.exitFullscreen());
    await eventually(shown).toBe(false);
    await demo.expectClean();
  });
});

describe("the page", () => {
  it.each(["light", "dark"] as const)(
    "violates no rule of accessibility, in %s colours",
    async (colorScheme) => {
      const demo = await Demo.open(STILL_CARD, { colorScheme });
      await demo.live();
      expect(await accessibilityViolations(demo.page, "html")).toEqual([]);
    },
  );

  it("has a button that reconnects", async () => {
    const demo = await Demo.open(["--pattern", "gradient", "--force-image"]);
    await demo.live();
    await demo.page.getByRole("button", { name: "Reconnect" }).click();
    await eventually(async () => (await demo.stats()).reconnects).toBe(1);
    const { framesDisplayed } = await demo.stats();
    await demo.live();
    await eventually(async () => (await demo.stats()).framesDisplayed).toBeGreaterThan(
      framesDisplayed,
    );
    await demo.expectClean();
  });
});

describe("the statistics", () => {
  it("are those of the stream", async () => {
    const demo = await Demo.open([
      "--pattern",
      "gradient",
      "--force-image",
      "--stats-interval",
      "0.2",
    ]);
    await demo.live();
    await eventually(() => demo.figure("Frame size")).toBe(`${WIDTH} × ${HEIGHT}`);
    await eventually(() => demo.figure("Frame rate")).toMatch(/^[1-9]\d* frames\/s$/);
    await eventually(() => demo.figure("Format")).toBe("JPEG images");
    await eventually(() => demo.figure("Round trip")).toMatch(/^\d+\.\d ms$/);
    await eventually(() => demo.figure("Encoding")).toMatch(/^\d+\.\d ms$/);
    await eventually(() => demo.figure("Bit rate")).toMatch(/^[1-9][\d.]* [kM]bit\/s$/);
    await eventually(() => demo.figure("Dropped")).toMatch(/^\d+$/);
    await demo.expectClean();
  });

  it("and the state show that the server is gone", async () => {
    const demo = await Demo.open(["--pattern", "solid", "--force-image"]);
    await demo.live();
    await demo.server.stop();
    await eventually(() => demo.page.textContent("#state")).toBe("Connection lost, reconnecting");
    await eventually(() => demo.figure("Frame rate")).toBe("0 frames/s");
  });
});

describe("the token", () => {
  it("is requested, and a wrong one is reported", async () => {
    const demo = await Demo.open(["--pattern", "gradient", "--force-image", "--token", "s3 cret"]);
    const field = demo.page.getByLabel("This stream requires a token");
    await field.waitFor({ state: "visible" });
    expect(await demo.page.textContent("#state")).toBe("Waiting for the token");
    expect(await demo.page.locator("#problem").isVisible()).toBe(false);
    await field.fill("secret");
    await field.press("Enter");
    const problem = demo.page.getByRole("alert");
    await problem.waitFor({ state: "visible" });
    expect(await problem.textContent()).toContain("the server refused the token (4401)");
    await demo.page.getByRole("button", { name: "Dismiss" }).click();
    expect(await problem.isVisible()).toBe(false);
    await field.fill("s3 cret");
    await demo.page.getByRole("button", { name: "Connect", exact: true }).click();
    await demo.live();
    expect(await field.isVisible()).toBe(false);
    await demo.expectClean();
  });

  it("is read from the fragment of the address, and only from there", async () => {
    const args = ["--pattern", "gradient", "--force-image", "--token", "s3 cret"];
    const demo = await Demo.open(args, { fragment: "#token=s3%20cret" });
    await demo.live();
    expect(demo.page.url()).toBe(demo.server.url);
    expect(demo.requests.length).toBeGreaterThan(3);
    // The first is where the browser was sent; what follows "#" is not part of what it asks the
    // server for.
    expect(demo.requests.slice(1).filter((url) => /s3|token/.test(url))).toEqual([]);
    expect((await demo.server.stop()).stdout).not.toContain("s3");
    await demo.expectClean();
  });
});

describe("several streams", () => {
  /** Streams of one colour each: the red of "first" is 10, that of the next 20, and so on. */
  async function serveStreams(
    names: readonly string[],
    options: StreamOptions = {},
  ): Promise<RfbServer> {
    const starting = serve_server({ port: 0, page: "quiet" });
    const server = await disposables.own(starting, (started) => started.close());
    names.forEach((name, at) => {
      const data = new Uint8Array(8 * 8 * 3).fill(10 * (at + 1));
      server.add_stream(name, 8, 8, { has_h264: false, ...options }).publish({
        data,
        shape: [8, 8, 3],
      });
    });
    return server;
  }

  async function openPage(url = ""): Promise<Page> {
    const page = await (await newContext()).newPage();
    await page.goto(url);
    return page;
  }

  /** The red of the picture; -1 before it is there. */
  const red = (page: Page): Promise<number> =>
    page.evaluate(() =>
      window.rfb.capture().then(
        ({ data }) => data[0] ?? -1,
        () => -1,
      ),
    );
  const links = (page: Page): Promise<string[]> => page.locator("#streams a").allTextContents();

  it("have a page each, which links to the others", async () => {
    const server = await serveStreams(["default", "left", "right"]);
    const page = await openPage(server.streams.get("left")?.url);
    await eventually(() => red(page)).toBe(20);
    await eventually(() => links(page)).toEqual(["default", "left", "right"]);
    expect(await page.locator("a[aria-current]").textContent()).toBe("left");
    expect(await accessibilityViolations(page, "html")).toEqual([]);
    await page.getByRole("link", { name: "right" }).click();
    await eventually(() => red(page)).toBe(30);
    expect(page.url()).toBe(server.streams.get("right")?.url);
    await page.getByRole("link", { name: "default" }).click();
    await eventually(() => red(page)).toBe(10);
    expect(page.url()).toBe(server.url);
    await page.goBack();
    await eventually(() => red(page)).toBe(30);
    expect(page.url()).toBe(server.streams.get("right")?.url);
  });

  it("are shown at the server's own address, of which none is", async () => {
    const server = await serveStreams(["left", "right"]);
    const page = await openPage(server.url);
    await eventually(() => red(page)).toBe(10);
    expect(page.url()).toBe(server.streams.get("left")?.url);
    await eventually(() => links(page)).toEqual(["left", "right"]);
    expect(await page.locator("#problem").isVisible()).toBe(false);
  });

  it("share the token that the user gave", async () => {
    const authenticate = ({ token }: { token?: string | undefined }): boolean => token === "right";
    const server = await serveStreams(["a", "b"], { authenticate });
    const page = await openPage(server.url);
    const field = page.getByLabel("This stream requires a token");
    await field.fill("right");
    await field.press("Enter");
    await eventually(() => red(page)).toBe(10);
    await page.getByRole("link", { name: "b" }).click();
    await eventually(() => red(page)).toBe(20);
    expect(await field.isVisible()).toBe(false);
  });

  it("say who drives, and let a viewer ask for it", async () => {
    const server = await serveStreams(["default"], { driver: "first" });
    const one = await openPage(server.url);
    const control = (page: Page) => page.locator("#driving-text");
    await eventually(() => control(one).textContent()).toBe("You drive.");
    expect(await one.getByRole("button", { name: "Hand over" }).isDisabled()).toBe(true);
    expect(await accessibilityViolations(one, "html")).toEqual([]);
    const other = await openPage(server.url);
    await eventually(() => control(other).textContent()).toBe("Another viewer drives.");
    await other.getByRole("button", { name: "Ask to drive" }).click();
    await eventually(() => control(one).textContent()).toBe("You drive. A viewer asks to.");
    await one.getByRole("button", { name: "Hand over" }).click();
    await eventually(() => control(other).textContent()).toBe("You drive.");
    await eventually(() => control(one).textContent()).toBe("Another viewer drives.");
    await other.close();
    await eventually(() => control(one).textContent()).toBe("You drive.");
  });

  it("are admitted by what the page's query says", async () => {
    const authenticate = ({ query }: { query: URLSearchParams }): boolean =>
      query.get("key") === "k";
    const server = await serveStreams(["a", "b"], { authenticate });
    const page = await openPage(`${server.url}?key=k`);
    await eventually(() => red(page)).toBe(10);
    await page.getByRole("link", { name: "b" }).click();
    await eventually(() => red(page)).toBe(20);
    expect(page.url()).toBe(`${server.url}b?key=k`);
  });
});
