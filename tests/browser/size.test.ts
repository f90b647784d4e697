import { type Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { plainPng, ViewPage, type Sent } from "./harness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const resizes = (sent: readonly Sent[]): Sent[] => sent.filter(({ type }) => type === "resize");
const size = (event: Sent | undefined): unknown[] => [event?.width, event?.height];

async function dragCorner(view: ViewPage, dx: number, dy: number): Promise<void> {
  const { x, y, width, height } = await view.box();
  const { mouse } = view.page;
  await mouse.move(x + width - 5, y + height - 5);
  await mouse.down();
  await mouse.move(x + width - 5 + dx / 2, y + height - 5 + dy / 2);
  await mouse.move(x + width - 5 + dx, y + height - 5 + dy);
  await mouse.up();
}

describe("size", () => {
  it("is the requested CSS size, and is sent initially", async () => {
    const view = await ViewPage.open(browser, { cssWidth: "420px", cssHeight: "10em" });
    const [event, ...more] = resizes(await view.sent());
    expect(event).toMatchObject({ width: 420, height: 160, pwidth: 420, pheight: 160, ratio: 1 });
    expect(more).toEqual([]);
    await view.close();
  });

  it("is sent in physical pixels on a high-density screen, and pictures are painted one to one", async () => {
    const view = await ViewPage.open(browser, {}, { deviceScaleFactor: 2 });
    const [event] = resizes(await view.sent());
    expect(event).toMatchObject({ width: 500, height: 300, pwidth: 1000, pheight: 600, ratio: 2 });
    await view.deliver(plainPng(1000, 600, 1, 2));
    await view.until((sent) => sent.some(({ type }) => type === "frame_feedback"));
    const backing = await view.page
      .locator("canvas")
      .evaluate(({ width, height }: HTMLCanvasElement) => [width, height]);
    expect(backing).toEqual([1000, 600]);
    expect(await view.box()).toMatchObject({ width: 500, height: 300 });
    await view.close();
  });

  it.each([1, 2])(
    "is that of the device's pixels under CSS zoom, and so are the positions, at ratio %i",
    async (deviceScaleFactor) => {
      const view = await ViewPage.open(browser, { throttle: 0 }, { deviceScaleFactor });
      await view.page.evaluate(() => document.body.style.setProperty("zoom", "1.5"));
      const sent = await view.until((all) => resizes(all).length === 2);
      const ratio = 1.5 * deviceScaleFactor;
      expect(resizes(sent).at(-1)).toMatchObject({
        ...{ width: 500, height: 300, pwidth: 500 * ratio, pheight: 300 * ratio, ratio },
      });
      const { x, y, width } = await view.box();
      expect(width).toBe(750);
      await view.page.mouse.move(x + 150, y + 75);
      const moved = await view.until((all) => all.some(({ type }) => type === "pointer_move"));
      const move = moved.find(({ type }) => type === "pointer_move");
      expect([move?.x, move?.y]).toEqual([100, 50]);
      // The size is measured in the same way when the host asks for it.
      await view.page.evaluate(() => {
        window.harness.update({ cssWidth: "400px" });
        window.harness.views[0]?.measure();
      });
      const all = await view.until((list) => resizes(list).at(-1)?.width === 400);
      expect(resizes(all).at(-1)).toMatchObject({ pwidth: 400 * ratio, ratio });
      await view.close();
    },
  );

  it("is that of the device's pixels of an element whose edges are not at whole ones", async () => {
    const view = await ViewPage.open(browser, { cssWidth: "333px" });
    await view.page.evaluate(() => document.body.style.setProperty("zoom", "1.5"));
    // From pixel 34.5 to pixel 534, of which the browser makes 499. Rounding 499.5 gives 500.
    await view.until((all) => resizes(all).at(-1)?.pwidth === 499);
    await view.close();
  });

  it("is right under CSS zoom in browsers that don't report it", async () => {
    const view = await ViewPage.open(browser, null);
    await view.page.evaluate(() => {
      Reflect.deleteProperty(Element.prototype, "currentCSSZoom");
      document.body.style.setProperty("zoom", "1.5");
      window.harness.addView({ cssWidth: "333px" });
    });
    const sent = await view.until((all) => resizes(all).length > 0);
    expect(resizes(sent)).toMatchObject([
      { width: 333, height: 300, pwidth: 499, pheight: 450, ratio: 1.5 },
    ]);
    await view.close();
  });

  it("is sent when CSS zoom changes only the number of CSS pixels", async () => {
    const view = await ViewPage.open(browser, { cssWidth: "100%", cssHeight: "100%" });
    await view.page.locator("#main").evaluate((main) => {
      Object.assign(main.style, { position: "fixed", inset: "0" });
    });
    const { pwidth, width } =
      resizes(await view.until((all) => resizes(all).length === 2))[1] ?? {};
    expect(pwidth).toBe(width);
    // The padding around the panel is zoomed too; without it the canvas has the size of the window.
    await view.page.locator(".jupyter-rfb-view").evaluate((root) => (root.style.padding = "0"));
    await view.until((all) => resizes(all).at(-1)?.width === 1000);
    await view.page.evaluate(() => document.body.style.setProperty("zoom", "1.6"));
    await view.until((all) => resizes(all).at(-1)?.width === 625);
    expect(resizes(await view.sent()).at(-1)).toMatchObject({
      ...{ width: 625, height: 500, pwidth: 1000, pheight: 800 },
      ratio: expect.closeTo(1.6) as number,
    });
    await view.close();
  });

  it("is sent when the device pixel ratio changes", async () => {
    const view = await ViewPage.open(browser);
    const client = await view.page.context().newCDPSession(view.page);
    // The window changes too, as when a user zooms. Otherwise the emulation reports no change.
    await client.send("Emulation.setDeviceMetricsOverride", {
      ...{ width: 990, height: 790, deviceScaleFactor: 1.5, mobile: false },
    });
    const sent = await view.until((all) => resizes(all).at(-1)?.ratio === 1.5);
    expect(resizes(sent).at(-1)).toMatchObject({ width: 500, pwidth: 750, pheight: 450 });
    await view.close();
  });

  it.each(["", "auto", "max-content", "fit-content(3px)", "wide", "1px; color: red", "-3px"])(
    "falls back to 500 by 300 for the length %j",
    async (length) => {
      const view = await ViewPage.open(browser, { cssWidth: length, cssHeight: length });
      expect(size(resizes(await view.sent()).at(-1))).toEqual([500, 300]);
      await view.close();
    },
  );

  it("can be a percentage of the surroundings, and is fixed if those have no height", async () => {
    const view = await ViewPage.open(browser, { cssWidth: "50%", cssHeight: "100%" });
    // The window's 1000 pixels, less 40 for the cell and 6 for the focus ring.
    expect(size(resizes(await view.sent()).at(-1))).toEqual([477, 300]);
    await view.page.setViewportSize({ width: 800, height: 800 });
    await view.until((all) => resizes(all).at(-1)?.width === 377);
    await view.page.locator("#main").evaluate((main) => (main.style.height = "606px"));
    await view.until((all) => resizes(all).at(-1)?.height === 600);
    await view.close();
  });

  it("never depends on the picture", async () => {
    const view = await ViewPage.open(browser, { cssWidth: "100%", cssHeight: "100%" });
    await view.page.locator("#main").evaluate((main) => {
      main.style.cssText = "overflow: auto; max-height: 400px; display: inline-block";
    });
    const before = await view.box();
    for (const side of [900, 1800, 3600]) {
      const index = await view.deliver(plainPng(side, side, 0, 0));
      await view.until((all) => all.some((message) => message.index === index));
    }
    expect(await view.box()).toEqual(before);
    await view.close();
  });

  it("never grows beyond what a browser can paint", async () => {
    const view = await ViewPage.open(browser, { cssWidth: "1e6px", cssHeight: "99999vh" });
    await view.page.locator("#main").evaluate((main) => (main.style.width = "20000px"));
    await view.until((all) => resizes(all).at(-1)?.width === 8192);
    expect(size(resizes(await view.sent()).at(-1))).toEqual([8192, 8192]);
    await view.close();
  });

  it("is no wider than its surroundings, so that its corner can be reached", async () => {
    const view = await ViewPage.open(browser, { cssWidth: "5000px" });
    // The window's 1000 pixels, less 40 for the cell and 6 for the focus ring.
    await view.until((all) => resizes(all).at(-1)?.width === 954);
    await dragCorner(view, -154, 0);
    await view.until((all) => resizes(all).at(-1)?.width === 800);
    await view.close();
  });
});

describe("corner", () => {
  it("resizes the view by dragging, without sending pointer events", async () => {
    const view = await ViewPage.open(browser);
    await view.forget();
    await dragCorner(view, 70, -60);
    await view.until((all) => resizes(all).at(-1)?.width === 570);
    expect(size(resizes(await view.sent()).at(-1))).toEqual([570, 240]);
    const types = await view.types("resize", "pointer_enter", "pointer_leave", "pointer_move");
    expect(types).toEqual([]);
    await view.page.evaluate(() => window.harness.update({ cssWidth: "333px" }));
    await view.until((all) => resizes(all).at(-1)?.width === 333);
    await view.close();
  });

  it("keeps a minimum size", async () => {
    const view = await ViewPage.open(browser);
    await dragCorner(view, -2000, -2000);
    await view.until((all) => resizes(all).at(-1)?.width === 32);
    expect(size(resizes(await view.sent()).at(-1))).toEqual([32, 32]);
    await view.close();
  });

  it("drags in logical pixels when the view is scaled", async () => {
    const view = await ViewPage.open(browser);
    await view.page.locator("#cell").evaluate((cell) => {
      cell.style.cssText = "transform: scale(0.5); transform-origin: 0 0";
    });
    await dragCorner(view, 50, 50);
    await view.until((all) => resizes(all).at(-1)?.width === 600);
    await view.close();
  });

  it.each([
    ["the page", { body: 1.5 }, "none"],
    ["the cell, which becomes smaller", { "#cell": 0.8 }, "none"],
    ["the view", { ".jupyter-rfb-view": 1.5 }, "none"],
    ["the cell and the view", { "#cell": 1.5, ".jupyter-rfb-view": 0.8 }, "none"],
    ["the page, and a transform", { body: 1.5 }, "scale(0.5)"],
  ])("follows the pointer under CSS zoom of %s", async (_what, zooms, transform) => {
    const view = await ViewPage.open(browser);
    await view.page.evaluate(
      ([factors, value]) => {
        for (const [selector, factor] of Object.entries(factors)) {
          const element = document.querySelector<HTMLElement>(selector);
          element?.style.setProperty("zoom", String(factor));
        }
        const cell = document.getElementById("cell") as HTMLElement;
        Object.assign(cell.style, { transform: value, transformOrigin: "0 0" });
      },
      [zooms as Record<string, number>, transform] as const,
    );
    await view.until((all) => resizes(all).length === 2);
    const corner = async (): Promise<[number, number]> => {
      const { x, y, width, height } = await view.box();
      return [x + width, y + height];
    };
    const [right, bottom] = await corner();
    const { mouse } = view.page;
    await mouse.move(right - 4, bottom - 4);
    await mouse.down();
    // The view's size is in whole CSS pixels, so the corner may be half of one away.
    const most = (Object.values(zooms).reduce((all, factor) => all * factor, 1) + 0.1) / 2;
    for (const [dx, dy] of [
      [-31, 17],
      [-120, -60],
      [41, 23],
    ] as const) {
      await mouse.move(right - 4 + dx, bottom - 4 + dy);
      const distance = async (): Promise<number> => {
        const [x, y] = await corner();
        return Math.max(Math.abs(x - right - dx), Math.abs(y - bottom - dy));
      };
      await expect.poll(distance, { timeout: 10_000 }).toBeLessThanOrEqual(most);
    }
    await mouse.up();
    await view.close();
  });

  it("drags to the largest size that can be painted under CSS zoom, and no further", async () => {
    const view = await ViewPage.open(browser);
    const setZoom = (zoom: string) =>
      view.page.evaluate((value) => document.body.style.setProperty("zoom", value), zoom);
    await setZoom("4");
    await view.until((all) => resizes(all).at(-1)?.ratio === 4);
    // The corner has to be in the window.
    await view.page.evaluate(() => window.harness.update({ cssWidth: "100px", cssHeight: "60px" }));
    await view.until((all) => resizes(all).at(-1)?.height === 60);
    await dragCorner(view, 0, 40_000);
    await view.until((all) => resizes(all).at(-1)?.height === 4096);
    // Without the zoom more can be painted, but the corner was not dragged further.
    await setZoom("1");
    const limit = () => view.page.locator(".jupyter-rfb-panel").evaluate((e) => e.style.maxHeight);
    await expect.poll(limit, { timeout: 10_000 }).toBe("8192px");
    expect(await view.box()).toMatchObject({ width: 100, height: 4096 });
    await view.close();
  });

  it("is missing when the view is not resizable", async () => {
    const view = await ViewPage.open(browser, { resizable: false });
    expect(await view.page.locator(".jupyter-rfb-corner").isVisible()).toBe(false);
    await view.page.evaluate(() => window.harness.update({ resizable: true }));
    expect(await view.page.locator(".jupyter-rfb-corner").isVisible()).toBe(true);
    await view.close();
  });

  it("gives each of two views its own size", async () => {
    const view = await ViewPage.open(browser);
    await view.page.evaluate(() => window.harness.addView());
    await view.until((all) => resizes(all).length === 2);
    await dragCorner(view, 40, 40);
    await view.until((all) => resizes(all).at(-1)?.width === 540);
    const boxes = await Promise.all(
      [0, 1].map((index) => view.page.locator("canvas").nth(index).boundingBox()),
    );
    expect(boxes.map((box) => box?.width)).toEqual([540, 500]);
    await view.close();
  });
});

describe("title bar", () => {
  const titled = { title: "Scene", hasTitlebar: true, isMinimizable: true, isClosable: true };

  it("shows the title and the enabled buttons", async () => {
    const view = await ViewPage.open(browser);
    const bar = view.page.locator(".jupyter-rfb-titlebar");
    expect(await bar.isVisible()).toBe(false);
    await view.page.evaluate((wanted) => window.harness.update(wanted), titled);
    expect(await bar.textContent()).toBe("Scene");
    expect(await view.page.getByRole("button", { name: "Minimize" }).isVisible()).toBe(true);
    await view.page.evaluate(() => window.harness.update({ isMinimizable: false }));
    expect(await view.page.getByRole("button", { name: "Minimize" }).isVisible()).toBe(false);
    await view.page.getByRole("button", { name: "Close" }).click();
    expect(await view.page.evaluate(() => window.harness.closeRequests)).toBe(1);
    // The picture keeps its size.
    expect(size(resizes(await view.sent()).at(-1))).toEqual([500, 300]);
    await view.close();
  });

  it("minimizes and restores the view, which hides and shows it", async () => {
    const view = await ViewPage.open(browser, titled);
    await view.page.locator("canvas").click();
    await view.forget();
    await view.page.getByRole("button", { name: "Minimize" }).click();
    await view.until((all) => all.some(({ type }) => type === "hide"));
    expect(await view.types()).toContain("focus_out");
    expect(await view.page.locator("canvas").isVisible()).toBe(false);
    await view.page.getByRole("button", { name: "Restore" }).click();
    await view.until((all) => all.at(-1)?.type === "show");
    expect(await view.box()).toMatchObject({ width: 500, height: 300 });
    await view.close();
  });
});

describe("visibility", () => {
  it("hides when the last view is scrolled away, and shows when it is back", async () => {
    const view = await ViewPage.open(browser);
    await view.forget();
    await view.page.evaluate(() => window.scrollTo(0, 2000));
    await view.until((all) => all.at(-1)?.type === "hide");
    await view.page.evaluate(() => window.scrollTo(0, 0));
    await view.until((all) => all.at(-1)?.type === "show");
    await view.page.evaluate(() => (document.body.style.display = "none"));
    await view.until((all) => all.at(-1)?.type === "hide");
    expect(await view.types()).toEqual(["hide", "show", "hide"]);
    await view.close();
  });

  it("hides in a background tab, and shows when the tab is in front", async () => {
    const view = await ViewPage.open(browser);
    await view.page.locator("canvas").click();
    await view.forget();
    // Playwright keeps every tab in front, so the page fakes the browser's events.
    const setTab = (state: "hidden" | "visible") =>
      view.page.evaluate((wanted) => {
        Object.defineProperty(document, "visibilityState", { configurable: true, value: wanted });
        document.dispatchEvent(new Event("visibilitychange"));
      }, state);
    await setTab("hidden");
    await setTab("hidden");
    expect(await view.types()).toEqual(["hide"]);
    // A view that is added in the background is hidden too.
    await view.page.evaluate(() => window.harness.addView());
    await view.until((all) => resizes(all).length === 1);
    expect(await view.types("resize")).toEqual(["hide"]);
    // Frames are still accepted, because the kernel waits for their receipts.
    const index = await view.deliver(plainPng(4, 4, 9, 9));
    await view.until((all) => all.some((message) => message.index === index));
    await setTab("visible");
    expect(await view.types("resize")).toEqual(["hide", "frame_feedback", "show"]);
    await view.close();
  });

  it("counts two views as one", async () => {
    const view = await ViewPage.open(browser);
    await view.page.evaluate(() => window.harness.addView());
    await view.until((all) => resizes(all).length === 2);
    await view.forget();
    await view.page.evaluate(() => window.harness.removeView(0));
    await view.page.evaluate(() => window.harness.removeView(1));
    expect(await view.types()).toEqual(["hide"]);
    await view.close();
  });
});

describe("dispose", () => {
  it("leaves no listener, observer, timer, picture or element behind", async () => {
    const view = await ViewPage.open(browser, null);
    // The probes of the browser's abilities have timers of their own.
    await view.page.evaluate(() => window.harness.abilities());
    await view.page.evaluate(() => {
      const open = new Map<string, number>();
      const count = (what: string, by: number): void =>
        void open.set(what, (open.get(what) ?? 0) + by);
      Object.assign(window, { open });
      const replace = (target: object, name: string, by: number, what: string): void => {
        const original = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        Reflect.set(target, name, function (this: object, ...args: unknown[]) {
          count(what || `${this.constructor.name} ${String(args[0])}`, by);
          return original.apply(this, args);
        });
      };
      replace(EventTarget.prototype, "addEventListener", 1, "");
      replace(EventTarget.prototype, "removeEventListener", -1, "");
      replace(window, "setTimeout", 1, "timer");
      replace(window, "clearTimeout", -1, "timer");
      for (const Observer of [ResizeObserver, IntersectionObserver]) {
        replace(Observer.prototype, "observe", 1, Observer.name);
        replace(Observer.prototype, "disconnect", -1, Observer.name);
      }
      const decode = window.createImageBitmap.bind(window) as (
        ...args: unknown[]
      ) => Promise<ImageBitmap>;
      Object.assign(window, {
        createImageBitmap: async (...args: unknown[]) => {
          const bitmap = await decode(...args);
          count("ImageBitmap", 1);
          const close = bitmap.close.bind(bitmap);
          bitmap.close = () => {
            count("ImageBitmap", -1);
            close();
          };
          return bitmap;
        },
      });
    });
    const open = () =>
      view.page.evaluate(() =>
        [...(window as unknown as { open: Map<string, number> }).open].filter(([, n]) => n !== 0),
      );
    await view.page.evaluate(() => window.harness.addView({ throttle: 60_000 }));
    await view.until((all) => all.some(({ type }) => type === "show"));
    await view.page.locator("canvas").hover();
    await view.page.mouse.down();
    await view.deliver(plainPng(4, 4, 1, 1));
    await view.deliver(plainPng(4, 4, 2, 2));
    await view.until((all) => all.some(({ index }) => index === 2));
    expect((await open()).map(([what]) => what)).toEqual(
      expect.arrayContaining(["ResizeObserver", "IntersectionObserver", "timer"]),
    );
    await view.forget();
    await view.page.evaluate(() => window.harness.removeView(0));
    // Held buttons and keys are released; nothing is sent afterwards.
    expect(await view.types()).toEqual(["pointer_up", "focus_out", "hide"]);
    await view.page.mouse.up();
    expect(await view.types()).toEqual(["pointer_up", "focus_out", "hide"]);

    // A display disposes its views without sending anything.
    await view.page.evaluate(() => window.harness.addView({ throttle: 60_000 }));
    await view.until((all) => all.some(({ type }) => type === "show"));
    await view.page.locator("canvas").hover();
    await view.page.mouse.down();
    await view.until((all) => all.at(-1)?.type === "pointer_down");
    await view.forget();
    await view.page.evaluate(() => {
      window.harness.dispose();
      window.harness.dispose();
    });
    expect(await open()).toEqual([]);
    expect(await view.page.locator("#main *").count()).toBe(0);
    await view.page.mouse.up();
    await view.page.evaluate(() => window.harness.deliver({}));
    expect(await view.types()).toEqual([]);
    expect(view.errors).toEqual([]);
    await view.close();
  });
});
