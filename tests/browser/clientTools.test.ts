/** The tools over a streamed picture. */
import type { Browser, Locator } from "@playwright/test";
import { PNG } from "pngjs";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityViolations } from "../support/accessibility";
import { startBrowser } from "../support/chromium";
import { decodeVideoFile } from "../support/decodeVideoFile";
import { ClientPage, type PageOptions } from "./clientHarness";
import { plainPng } from "./harness";
import type { Viewer } from "./streamServer";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const FRAME = { width: 100, height: 60 };

/** A page that shows one frame, of one colour: red 200, green 40. */
async function showing(
  options: PageOptions,
  html?: string,
): Promise<{ client: ClientPage; viewer: Viewer }> {
  const client = await ClientPage.open(browser, {}, html === undefined ? {} : { html });
  const viewer = await client.connect({ label: "Test card", ...options });
  const { width, height } = FRAME;
  viewer.sendConfig(width, height);
  viewer.sendImage(0, width, height, plainPng(width, height, 200, 40));
  await viewer.receipt(0);
  return { client, viewer };
}

function tool(client: ClientPage, name: string): Locator {
  return client.page.getByRole("button", { name, exact: true });
}

/** Moves the pointer to the picture, and then to its tools. */
async function unfold(client: ClientPage): Promise<void> {
  await client.page
    .locator("canvas")
    .first()
    .hover({ position: { x: 100, y: 100 } });
  await tool(client, "Picture tools").hover();
}

describe("tools over a streamed picture", () => {
  it("are there only if the page wants them", async () => {
    const { client } = await showing({});
    await client.page.locator("canvas").hover();
    expect(await client.page.getByRole("toolbar").count()).toBe(0);
    await client.close();
  });

  it("save the frame in its own size", async () => {
    const { client } = await showing({ toolbar: "auto" });
    const bar = client.page.getByRole("toolbar");
    const opacity = () => bar.evaluate((element) => getComputedStyle(element).opacity);
    expect(await opacity()).toBe("0");
    await unfold(client);
    expect(await opacity()).toBe("1");
    const [download] = await Promise.all([
      client.page.waitForEvent("download"),
      tool(client, "Save as PNG").click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^Test card .*\.png$/);
    const picture = PNG.sync.read(await readFile(await download.path()));
    expect(picture).toMatchObject(FRAME);
    expect([...picture.data.subarray(0, 4)]).toEqual([200, 40, 0, 255]);
    await client.close();
  });

  it("show the statistics of both ends", async () => {
    const { client, viewer } = await showing({ toolbar: true });
    viewer.sendControl({ type: "stats", rtt_ms: 30, draw_ms: 2.5, encode_ms: 4 });
    await tool(client, "Statistics").click();
    const row = (name: string) => client.page.getByRole("row", { name });
    await expect.poll(() => row("Draw").innerText()).toMatch(/2\.5 ms$/);
    expect(await row("Encode").innerText()).toMatch(/4\.0 ms$/);
    expect(await row("Size").innerText()).toMatch(/100 × 60 px$/);
    expect(await row("Frames shown").innerText()).toMatch(/1 \/ 1$/);
    expect(await row("Decode").innerText()).toMatch(/\d ms$/);
    await client.close();
  });

  it("show the frame in its own size, where the pointer still meets it", async () => {
    const { client, viewer } = await showing({ toolbar: true });
    await tool(client, "Original size").click();
    // In the middle of 400 x 300.
    const box = await client.box();
    const fit = (): Promise<string> =>
      client.page.locator("canvas").evaluate((canvas) => canvas.style.objectFit);
    expect(await fit()).toBe("none");
    await client.page.mouse.click(box.x + 150 + 10, box.y + 120 + 20);
    expect(await viewer.event("pointer_up")).toMatchObject({ x: 10, y: 20, inside: true });
    await tool(client, "Original size").click();
    expect(await fit()).toBe("contain");
    await client.close();
  });

  it("record a video that another decoder reads", async () => {
    const { client } = await showing({ toolbar: true });
    await tool(client, "Record video").click();
    const stop = tool(client, "Stop recording");
    await expect.poll(() => stop.innerText()).toContain("0:01");
    const [download] = await Promise.all([client.page.waitForEvent("download"), stop.click()]);
    const video = await decodeVideoFile(await download.path());
    // Encoders reject small pictures, so this one is enlarged.
    expect(video).toMatchObject({ width: 3 * FRAME.width, height: 3 * FRAME.height });
    expect(video.pictures.length).toBeGreaterThan(5);
    const [first] = video.pictures;
    const [r = 0, g = 255, b = 255] = first?.data ?? [];
    expect(r).toBeGreaterThan(180);
    expect(Math.max(g, b)).toBeLessThan(80);
    await client.close();
  });

  it("lie over a canvas of the page's, and go with the view", async () => {
    const html = `<!doctype html><meta charset="utf-8"><title>Test</title><script type="module" src="/page.js"></script>
      <main><h1>Test</h1><canvas id="main" style="margin: 40px; width: 300px; height: 200px"></canvas></main>`;
    const { client } = await showing({ toolbar: true }, html);
    const canvas = await client.box();
    const bar = await client.page.getByRole("toolbar").boundingBox();
    if (bar === null) throw new Error("There is no toolbar");
    expect(bar.x + bar.width).toBeCloseTo(canvas.x + canvas.width - 4, 0);
    expect(bar.y).toBeCloseTo(canvas.y + 4, 0);
    await tool(client, "Full screen").click();
    const isFull = () => client.page.evaluate(() => document.fullscreenElement?.localName);
    await expect.poll(isFull).toBe("canvas");
    await client.page.evaluate(() => document.exitFullscreen());
    await client.page.evaluate(() => window.client.view.dispose());
    expect(await client.page.locator("main *").count()).toBe(2);
    await client.close();
  });

  it("violate no rule of accessibility", async () => {
    const { client } = await showing({ toolbar: true });
    await tool(client, "Statistics").click();
    expect(await accessibilityViolations(client.page, "#main")).toEqual([]);
    await tool(client, "Help").click();
    expect(await accessibilityViolations(client.page, "#main")).toEqual([]);
    await client.close();
  });
});
