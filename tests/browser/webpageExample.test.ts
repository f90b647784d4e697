/** The example page without a bundler, as users see it. */
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { disposedAfterEach } from "../support/disposables";
import { errorsOf, pictureAt, pointAt, startExample } from "./example";

const disposables = disposedAfterEach();
let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

describe("the example page without a bundler", () => {
  it("shows its stream, reacts to the mouse, and ends cleanly", async () => {
    const starting = startExample("webpage", ["server.mjs", "0"]);
    const { url, lines } = await disposables.own(starting, async ({ stop }) =>
      expect(await stop()).toBe(0),
    );
    const opening = browser.newPage({ viewport: { width: 900, height: 800 } });
    const page = await disposables.own(opening, (opened) => opened.close());
    const errors = errorsOf(page);
    await page.goto(url);
    await expect.poll(() => page.textContent("#state"), { timeout: 20_000 }).toBe("negotiated");
    const size = async (): Promise<string> => (await pictureAt(page, [])).size;
    await expect.poll(size, { timeout: 10_000 }).toMatch(/^640x\d+$/);
    // The rings are brightest where the pointer is.
    const brightness = async (): Promise<number> => {
      const { colors } = await pictureAt(page, [[0.25, 0.25]]);
      return Math.min(...(colors[0] ?? [0]));
    };
    expect(await brightness()).toBeLessThan(150);
    await pointAt(page, 0.25, 0.25);
    await expect.poll(brightness, { timeout: 10_000 }).toBeGreaterThan(200);
    await page.locator("remote-framebuffer").click();
    await expect.poll(() => lines.some((line) => line.startsWith("pressed at"))).toBe(true);
    expect(errors).toEqual([]);
  });
});
