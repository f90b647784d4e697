/** A picture that shows on the screen whether each of its pixels has a device pixel of its own. */
import type { FrameLocator, Page } from "@playwright/test";
import { PNG } from "pngjs";
import { makePng } from "./harness";

/** The level of a square: black or white. */
const levelAt = (x: number, y: number): number => ((x + y) % 2 === 0 ? 0 : 255);

/** A PNG file of black and white squares of one pixel. */
export function checkerboard(width: number, height: number): Buffer {
  return makePng(width, height, (x, y) => {
    const level = levelAt(x, y);
    return [level, level, level, 255];
  });
}

/**
 * Makes everything around the picture red, so that it differs from a checkerboard. Everything that
 * covers the picture or has a colour of its own is hidden.
 */
export async function surroundWithRed(page: Page): Promise<void> {
  await page.addStyleTag({
    content: `body { background: red !important }
      input { visibility: hidden }
      .jupyter-rfb-view { --jupyter-rfb-line: red }`,
  });
}

/** What the screen shows of a checkerboard. Sizes are in device pixels. */
export interface ShownBoard {
  readonly width: number;
  readonly height: number;
  /** How many pixels are not the checkerboard's, because they are grey or not at their place. */
  readonly wrong: number;
}

/** Finds the checkerboard in a picture of the window: the place of all pixels without a colour. */
export async function shownBoard(page: Page): Promise<ShownBoard> {
  // A picture of the element alone would begin at a whole CSS pixel, and include its surroundings.
  const { width, height, data } = PNG.sync.read(await page.screenshot());
  const isGrey = (at: number): boolean => data[at] === data[at + 1] && data[at] === data[at + 2];
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isGrey((y * width + x) * 4)) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    }
  }
  let wrong = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = (y * width + x) * 4;
      if (!isGrey(at) || data[at] !== levelAt(x - left, y - top)) wrong++;
    }
  }
  return { width: Math.max(0, right - left), height: Math.max(0, bottom - top), wrong };
}

/** The size of the canvas of a page or iframe in device pixels, as the browser measures it. */
export function deviceBox(page: Page | FrameLocator): Promise<{ width: number; height: number }> {
  return page.locator("canvas").evaluate(
    (canvas) =>
      new Promise<{ width: number; height: number }>((resolve) => {
        const observer = new ResizeObserver(([entry]) => {
          const { inlineSize = 0, blockSize = 0 } = entry?.devicePixelContentBoxSize[0] ?? {};
          observer.disconnect();
          resolve({ width: inlineSize, height: blockSize });
        });
        observer.observe(canvas, { box: "device-pixel-content-box" });
      }),
  );
}

/**
 * A flag for a real device pixel ratio. The emulation, which other tests use, does not show whether
 * a picture is sharp.
 */
export const ratioFlag = (ratio: number): string => `--force-device-scale-factor=${ratio}`;

/** How long to wait for what the screen shows, on a machine with much else to do. */
export const WAIT = { timeout: 10_000 } as const;
