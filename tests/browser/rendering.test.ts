/** Frames of a page's own canvases and of real WebGPU textures. */
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../support/chromium";
import { ViewPage } from "./harness";

// In software: the machine may have no GPU.
const WEBGPU = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan,WebGPU",
];

let browser: Browser;
let view: ViewPage;

beforeAll(async () => {
  browser = await startBrowser(...WEBGPU);
  view = await ViewPage.openScript(browser, "renderingPage.ts");
});

afterAll(() => browser.close());

describe("frameFromTexture()", () => {
  it.each([
    ["rgba8unorm", "rgba", [255, 51, 0, 255], [255, 204, 0, 255]],
    ["bgra8unorm", "bgra", [0, 51, 255, 255], [0, 204, 255, 255]],
    // The GPU encodes what is drawn as sRGB.
    ["rgba8unorm-srgb", "rgba", [255, 124, 0, 255], [255, 231, 0, 255]],
  ])("reads %s again and again, and breaks no rule of WebGPU", async (format, order, one, two) => {
    const read = await view.page.evaluate(
      (wanted) => window.rendering.readTexture(wanted, [0.2, 0.8, 0.2, 0.8]),
      format,
    );
    expect(read).toEqual({
      format: order,
      strides: [512, 4, 1],
      pixels: [one, two, one, two],
      // The first of three calls has lost its memory to the third.
      lengths: [0, 1536, 1536],
      errors: [],
    });
  });
});

describe("frameFromCanvas()", () => {
  it.each([
    ["an HTMLCanvasElement", false],
    ["an OffscreenCanvas", true],
  ])("shows %s over white, as the page does", async (_what, isOffscreen) => {
    const pixels = await view.page.evaluate(
      (offscreen) => window.rendering.readCanvas(offscreen),
      isOffscreen,
    );
    expect(pixels).toEqual([255, 204, 204, 255, 255, 255, 255, 255]);
  });

  it("says what to do with a canvas of another kind", async () => {
    const error = await view.page.evaluate(() => window.rendering.errorOfOtherContext());
    expect(error).toContain("TypeError: canvas: expected one with a 2D context");
  });
});
