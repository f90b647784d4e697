import type { Browser, Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import {
  checkerboard,
  deviceBox,
  ratioFlag,
  shownBoard,
  surroundWithRed,
  WAIT,
} from "./checkerboard";
import { ClientPage } from "./clientHarness";
import { plainPng, ViewPage } from "./harness";

/** Width and height in CSS pixels, how far the element is moved from whole ones, and CSS zoom. */
const LAYOUTS = [
  [333, 111, 0, 1],
  [101, 77, 0.4, 1],
  [75, 63, 0.7, 0.9],
] as const;

describe.each([0.9, 1, 1.5, 2])("a checkerboard at the device pixel ratio %d", (ratio) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser(ratioFlag(ratio));
  });
  afterAll(() => browser.close());

  /**
   * Shows checkerboards of the requested sizes.
   *
   * @param asked - Returns the last message of the view with a size.
   * @param show - Sends a frame to the view, and waits until it is painted.
   */
  async function expectExact(
    page: Page,
    asked: () => Promise<object | undefined>,
    show: (width: number, height: number, png: Buffer) => Promise<void>,
  ): Promise<void> {
    await surroundWithRed(page);
    for (const [width, height, margin, zoom] of LAYOUTS) {
      await page.locator("#main").evaluate(
        ({ style }, [across, down, left, factor]) => {
          Object.assign(style, { width: `${across}px`, height: `${down}px`, margin: `${left}px` });
          style.setProperty("zoom", String(factor));
        },
        [width, height, margin, zoom] as const,
      );
      const box = await deviceBox(page);
      expect(Math.abs(box.width - width * ratio * zoom)).toBeLessThan(1);
      expect(Math.abs(box.height - height * ratio * zoom)).toBeLessThan(1);
      await expect.poll(asked, WAIT).toMatchObject({ pwidth: box.width, pheight: box.height });
      await show(box.width, box.height, checkerboard(box.width, box.height));
      await expect.poll(() => shownBoard(page), WAIT).toEqual({ ...box, wrong: 0 });
    }
  }

  it("is shown pixel for pixel in the web client, and a frame of another size as set", async () => {
    const client = await ClientPage.open(browser, { viewport: null });
    const viewer = await client.connect({ background: "red" });
    let seq = 0;
    const show = async (width: number, height: number, png: Buffer): Promise<void> => {
      viewer.sendConfig(width, height);
      viewer.sendImage(seq, width, height, png);
      await viewer.receipt(seq++);
    };
    const asked = () => Promise.resolve(viewer.ofType("set_viewport").at(-1));
    await expectExact(client.page, asked, show);
    await show(20, 20, plainPng(20, 20, 1, 2));
    const fit = () => client.page.evaluate(() => window.client.view.canvas.style.objectFit);
    await expect.poll(fit, WAIT).toBe("contain");
    await client.close();
  });

  it("is shown pixel for pixel in a notebook's view", async () => {
    const whole = { cssWidth: "100%", cssHeight: "100%", resizable: false, throttle: 0 };
    const view = await ViewPage.open(browser, whole, { viewport: null });
    // Without the padding and the least height the picture has the size of the element around it.
    await view.page.addStyleTag({
      content: ".jupyter-rfb-view { padding: 0 } .jupyter-rfb-panel { min-height: 0 !important }",
    });
    const asked = async () => (await view.sent()).filter(({ type }) => type === "resize").at(-1);
    await expectExact(view.page, asked, async (_width, _height, png) => {
      const index = await view.deliver(png);
      await view.until((sent) => sent.some((message) => message.index === index));
    });
    expect(view.errors).toEqual([]);
    await view.close();
  });
});
