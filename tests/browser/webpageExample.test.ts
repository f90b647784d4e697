/**
 * The example page, as users see it: the class, the custom element and the React component.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "./harness";

const EXAMPLE = join(import.meta.dirname, "../../examples/webpage/server.mjs");

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** Starts the example on a free port. */
async function startExample(): Promise<{
  url: string;
  lines: string[];
  stop: () => Promise<number | null>;
}> {
  const example = spawn(process.execPath, [EXAMPLE, "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => example.once("exit", resolve));
  const lines: string[] = [];
  createInterface({ input: example.stdout }).on("line", (line) => lines.push(line));
  const address = (): string | undefined =>
    lines.map((line) => /^open (http\S+)$/.exec(line)?.[1]).find(Boolean);
  await expect.poll(address, { timeout: 20_000 }).toBeDefined();
  return {
    url: address() ?? "",
    lines,
    stop: () => {
      example.kill("SIGTERM");
      return ended;
    },
  };
}

describe("the example page", () => {
  it("shows its streams with the class, the element and the component, reacts to the mouse, and ends cleanly", async () => {
    const { url, lines, stop } = await startExample();
    const page = await browser.newPage({ viewport: { width: 900, height: 1600 } });
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    try {
      await page.goto(url);
      await expect
        .poll(() => page.textContent("#plain-state"), { timeout: 20_000 })
        .toBe("negotiated");
      await expect
        .poll(() => page.textContent("#react-stats"), { timeout: 20_000 })
        .toMatch(/^[1-9]\d* frames a second$/);
      // Each canvas has the size of its stream's frames.
      const sizes = (): Promise<string[]> =>
        page.$$eval("canvas", (all) => all.map(({ width, height }) => `${width}x${height}`));
      await expect.poll(sizes).toEqual([expect.stringMatching(/^640x\d+$/), "480x270", "480x270"]);
      const brightness = (x: number, y: number): Promise<number> =>
        page.evaluate(
          ([left = 0, top = 0]) => {
            const reader = new OffscreenCanvas(1, 1).getContext("2d");
            const picture = document.querySelector("canvas");
            if (reader === null || picture === null) return -1;
            reader.drawImage(picture, left, top, 1, 1, 0, 0, 1, 1);
            return reader.getImageData(0, 0, 1, 1).data[0] ?? -1;
          },
          [x, y],
        );
      // The rings are brightest where the pointer is.
      const box = await page.locator("#plain canvas").boundingBox();
      const { x = 0, y = 0, width = 1, height = 1 } = box ?? {};
      await page.mouse.move(x + width / 4, y + height / 4);
      const [, pictureHeight = 0] = (await sizes())[0]?.split("x").map(Number) ?? [];
      await expect
        .poll(() => brightness(160, Math.round(pictureHeight / 4)), { timeout: 10_000 })
        .toBeGreaterThan(200);
      await page.locator("remote-framebuffer").click();
      await expect.poll(() => lines.some((line) => line.startsWith("pressed at"))).toBe(true);
      expect(errors).toEqual([]);
    } finally {
      await page.close();
      expect(await stop()).toBe(0);
    }
  });
});
