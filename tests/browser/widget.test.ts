import { type Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { plainPng, ViewPage } from "./harness";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

interface CommData {
  readonly method: string;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly state?: Readonly<Record<string, unknown>>;
}

async function open() {
  const view = await ViewPage.openScript(browser, "widgetPage.ts");
  const { page } = view;
  const sent = () =>
    page.evaluate(() => window.widgets.sent) as Promise<unknown> as Promise<CommData[]>;
  const until = (isReached: (sent: CommData[]) => boolean) =>
    expect.poll(async () => isReached(await sent()), { timeout: 10_000 }).toBe(true);
  const custom = async () =>
    (await sent()).filter(({ method }) => method === "custom").map(({ content }) => content?.type);
  const show = () => page.evaluate(() => window.widgets.show());
  /** Waits until so many views are visible and have sent all that they send without a user. */
  const settled = async (views: number) => {
    await page.evaluate(() => window.widgets.greeted());
    await until(
      (all) =>
        isVisible(all) === true &&
        all.filter(({ content }) => content?.type === "resize").length === views,
    );
  };
  const deliver = async (index: number, red: number) => {
    await page.evaluate(
      ([content, bytes]) => window.widgets.receive({ method: "custom", content }, bytes),
      [
        { type: "framebufferdata", mimetype: "image/png", data_b64: null, index, timestamp: 1 },
        plainPng(4, 4, red, 0).toString("base64"),
      ] as const,
    );
    await until((all) => all.some(({ content }) => content?.index === index));
  };
  return { view, page, sent, until, custom, show, settled, deliver };
}

const isVisible = (sent: readonly CommData[]): unknown =>
  sent
    .map(({ state }) => state?._has_visible_views)
    .filter((value) => value !== undefined)
    .at(-1);

describe("the widget in Chromium", () => {
  it("shows frames from the comm in all its views, and in later ones", async () => {
    const { view, page, show, deliver, until } = await open();
    await show();
    await until((all) => isVisible(all) === true);
    await deliver(1, 200);
    await show();
    const colors = () => page.evaluate(() => window.widgets.colors());
    expect(await colors()).toEqual([
      [200, 0, 0, 255],
      [200, 0, 0, 255],
    ]);
    await deliver(2, 100);
    expect(await colors()).toEqual([
      [100, 0, 0, 255],
      [100, 0, 0, 255],
    ]);
    expect(view.errors).toEqual([]);
    await view.close();
  });

  it("sends a hello first, then its size, then that it is visible", async () => {
    const { view, custom, show, until } = await open();
    await show();
    await until((all) => isVisible(all) === true);
    const [first, ...others] = await custom();
    expect(first).toBe("hello");
    // A second hello follows if the probes of the abilities ended after the first.
    expect(others.filter((type) => type !== "hello")).toEqual(["resize", "show"]);
    await view.close();
  });

  it("follows the kernel's state", async () => {
    const { view, page, show, until } = await open();
    await show();
    await until((all) => isVisible(all) === true);
    const state = { css_width: "222px", title: "Orbit", has_titlebar: true, cursor: "crosshair" };
    await page.evaluate((wanted) => {
      window.widgets.receive({ method: "update", state: wanted, buffer_paths: [] });
    }, state);
    await until((all) => all.some(({ content }) => content?.width === 222));
    await expect.poll(() => page.locator(".jupyter-rfb-titlebar").textContent()).toBe("Orbit");
    const cursor = page.locator("canvas").evaluate((canvas) => getComputedStyle(canvas).cursor);
    expect(await cursor).toBe("crosshair");
    await view.close();
  });

  it("hides immediately when the layout hides it", async () => {
    const { view, page, show, sent, until } = await open();
    await show();
    await until((all) => isVisible(all) === true);
    await page.evaluate(() => window.widgets.hide(0));
    // Does not wait for an observer of the browser.
    expect(await sent()).toContainEqual(
      expect.objectContaining({
        method: "custom",
        content: expect.objectContaining({ type: "hide" }) as unknown,
      }),
    );
    await view.close();
  });

  it("applies changed settings to open views", async () => {
    const { view, page, show } = await open();
    await show();
    await page.evaluate(() =>
      window.widgets.set({
        throttle: 0,
        smoothing: false,
        touchKeyboard: false,
        passedKeys: [],
        toolbar: "auto",
      }),
    );
    const rendering = page
      .locator("canvas")
      .evaluate((canvas) => getComputedStyle(canvas).imageRendering);
    expect(await rendering).toBe("pixelated");
    await view.close();
  });

  it("shows tools as the trait says, and else the user's setting, in the page's language", async () => {
    const { view, page, show } = await open();
    await page.evaluate(() => window.widgets.translate("Frisian"));
    await show();
    const bar = page.getByRole("toolbar", { name: "Frisian: Picture tools" });
    const save = bar.getByRole("button", { name: "Frisian: Save as PNG" });
    const choose = (toolbar: boolean | "auto"): Promise<void> =>
      page.evaluate((mode) => {
        const rest = { throttle: 0, smoothing: true, touchKeyboard: false, passedKeys: [] };
        window.widgets.set({ ...rest, toolbar: mode });
      }, toolbar);
    expect([await bar.isVisible(), await save.isVisible()]).toEqual([true, false]);
    await choose(true);
    expect(await save.isVisible()).toBe(true);
    await choose(false);
    expect(await bar.isVisible()).toBe(false);
    await page.evaluate(() => void window.widgets.model.set("toolbar", true));
    expect(await save.isVisible()).toBe(true);
    await view.close();
  });

  it("closes a view by its button, and with the last one the widget", async () => {
    const { view, page, show, custom, until } = await open();
    await show();
    await show();
    await page.evaluate(() => {
      const state = { has_titlebar: true, is_closable: true };
      window.widgets.receive({ method: "update", state, buffer_paths: [] });
    });
    await page.getByRole("button", { name: "Close" }).first().click();
    expect(await page.locator("canvas").count()).toBe(1);
    expect(await custom()).not.toContain("close");
    await page.getByRole("button", { name: "Close" }).click();
    await until((all) => all.at(-1)?.content?.type === "close");
    await expect.poll(() => page.locator("canvas").count()).toBe(0);
    expect(await page.evaluate(() => window.widgets.isClosed)).toBe(true);
    expect(view.errors).toEqual([]);
    await view.close();
  });

  it("disappears without sending anything when the kernel closes it", async () => {
    const { view, page, show, sent, settled } = await open();
    await show();
    await show();
    await settled(2);
    const before = (await sent()).length;
    await page.evaluate(() => window.widgets.kernelCloses());
    await expect.poll(() => page.locator("canvas").count()).toBe(0);
    expect((await sent()).slice(before)).toEqual([]);
    expect(view.errors).toEqual([]);
    await view.close();
  });

  it("causes no errors in the page when its kernel is gone", async () => {
    const { view, page, show, sent, settled } = await open();
    await show();
    await settled(1);
    const before = (await sent()).length;
    await page.evaluate(() => {
      window.widgets.isClosed = true;
      window.widgets.model.comm_live = false;
    });
    await page.locator("canvas").click();
    await page.keyboard.type("abc");
    await page.evaluate(() => window.scrollTo(0, 3000));
    await page.evaluate(() => window.widgets.views[0]?.remove());
    expect(await sent()).toHaveLength(before);
    expect(view.errors).toEqual([]);
    await view.close();
  });
});
