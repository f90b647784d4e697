/** The React example, as users see it: Vite's server with the stream and the page. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { disposedAfterEach } from "../support/disposables";
import { errorsOf, pictureAt, pointAt, startExample } from "./example";

const VITE = join(
  dirname(createRequire(import.meta.url).resolve("vite/package.json")),
  "bin/vite.js",
);

const disposables = disposedAfterEach();
let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

describe("the React example", () => {
  it("shows a picture that follows the pointer, with its controls", async () => {
    // As `npm run dev`, at a port that nothing else uses.
    const args = [VITE, "--host", "127.0.0.1", "--port", "5931"];
    const starting = startExample("react", args);
    const { url } = await disposables.own(starting, ({ stop }) => stop());
    const opening = browser.newPage({ viewport: { width: 1000, height: 900 } });
    const page = await disposables.own(opening, (opened) => opened.close());
    const errors = errorsOf(page);
    await page.goto(url);
    const outputs = page.locator("output");
    await expect.poll(() => outputs.first().textContent(), { timeout: 30_000 }).toBe("negotiated");
    await expect
      .poll(() => outputs.nth(1).textContent(), { timeout: 10_000 })
      .toMatch(/^\d+ frames\/s, [1-9]\d+ × [1-9]\d+, \d+ ms round trip$/);
    // It fills its parent.
    const box = await page.locator("canvas").boundingBox();
    expect(box?.height).toBe(480);
    const points = [0.2, 0.4, 0.5, 0.6, 0.8].map((x) => [x, 0.5] as const);
    const colors = async (): Promise<string> =>
      JSON.stringify((await pictureAt(page, points)).colors);
    // Without the pointer the picture rests.
    const before = await colors();
    expect(new Set(JSON.parse(before) as number[][]).size).toBe(points.length);
    await pointAt(page, 0.15, 0.3);
    await expect.poll(colors, { timeout: 10_000 }).not.toBe(before);
    await page.getByLabel("Fit").selectOption("contain");
    await expect
      .poll(() => page.locator("canvas").evaluate((canvas) => canvas.style.objectFit))
      .toBe("contain");
    await page.getByRole("button", { name: "Capture", exact: true }).click();
    const captured = page.getByAltText("The captured picture");
    await captured.waitFor();
    const width = (): Promise<number> =>
      captured.evaluate((image) => (image as HTMLImageElement).naturalWidth);
    await expect.poll(width).toBeGreaterThan(100);
    expect(errors).toEqual([]);
  });
});
