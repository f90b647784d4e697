/** The page of the example render_service, as users see it. */
import type { Browser } from "@playwright/test";
import { beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { disposedAfterAll } from "../support/disposables";
import { RenderService } from "../support/renderService";
import { pictureAt, pointAt } from "./example";

const WAIT = { timeout: 20_000 };

const disposables = disposedAfterAll();
let browser: Browser;
let service: RenderService;
beforeAll(async () => {
  [browser, service] = await Promise.all([
    disposables.own(startBrowser(), (started) => started.close()),
    disposables.own(RenderService.start(), async (started) => {
      expect((await started.stop()).filter((code) => code !== 0)).toEqual([]);
    }),
  ]);
});

describe("the page of the render service", () => {
  it("waits for a free place, and continues with another worker when its own dies", async () => {
    const page = await browser.newPage({ viewport: { width: 900, height: 800 } });
    const thrown: string[] = [];
    page.on("pageerror", ({ message }) => thrown.push(message));
    const state = (): Promise<string | null> => page.textContent("#state");
    const size = async (): Promise<string> => (await pictureAt(page, [])).size;
    await page.goto(service.url);
    await expect.poll(state, WAIT).toBe("No worker has a free place. Trying again");

    const first = await service.addWorker(1);
    await expect.poll(state, WAIT).toBe(`Drawn by ${first.name}`);
    await expect.poll(size, WAIT).toMatch(/^480x\d+$/);
    // Black is what belongs to the set. Zoomed in there, all is black.
    const sides = async (): Promise<number[]> => {
      const { colors } = await pictureAt(page, [
        [0.5, 0.2],
        [0.5, 0.8],
      ]);
      return colors.map(([red = 255, green = 255, blue = 255]) => red + green + blue);
    };
    expect(Math.max(...(await sides()))).toBeGreaterThan(100);
    await pointAt(page, 0.6, 0.5);
    await page.mouse.down();
    await page.mouse.up();
    await page.mouse.wheel(0, -1500);
    await expect.poll(async () => Math.max(...(await sides())), WAIT).toBeLessThan(30);

    const second = await service.addWorker(1);
    first.process.kill("SIGKILL");
    await expect.poll(state, WAIT).toBe(`Drawn by ${second.name}`);
    await expect.poll(size, WAIT).toMatch(/^480x\d+$/);
    await expect.poll(async () => Math.max(...(await sides())), WAIT).toBeGreaterThan(100);
    expect(thrown).toEqual([]);
    await page.close();
  });
});
