/** What is tried by hand in the examples that draw with other packages. */
import { expect } from "@playwright/test";
import { distance, expectPixel, JPEG_DISTANCE } from "../assertions";
import { type CanvasPixels, type OpenNotebook, pixelAt } from "../notebook";
import { click, drag, moveTo } from "./gestures";
import { expectAnimation, expectChange } from "./pictures";
import type { CellChecks } from "./wholeRun";

/** A part of a picture: x, y, width and height in pixels. */
type Area = readonly [number, number, number, number];

/** Whether a picture is so large that it has an area. Before its first frame a canvas is small. */
function covers(pixels: CanvasPixels, [left, top, width, height]: Area): boolean {
  return pixels.width >= left + width && pixels.height >= top + height;
}

/** How many pixels of an area have a colour, but for what JPEG changes. */
function countColor(
  pixels: CanvasPixels,
  [left, top, width, height]: Area,
  color: readonly number[],
): number {
  let count = 0;
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      if (distance(pixelAt(pixels, x, y).slice(0, 3), color) <= JPEG_DISTANCE) count++;
    }
  }
  return count;
}

/** Waits until a part of the picture has some colour, or none of it. */
async function expectColor(
  notebook: OpenNotebook,
  cell: number,
  area: Area,
  color: readonly number[],
  isEnough: (count: number) => boolean,
): Promise<void> {
  // Hidden widgets aren't drawn.
  await notebook.canvas(cell).scrollIntoViewIfNeeded();
  await expect
    .poll(async () => {
      const pixels = await notebook.pixels(cell);
      return covers(pixels, area) && isEnough(countColor(pixels, area, color));
    })
    .toBe(true);
}

const WHITE = [255, 255, 255];

/** By the name of the notebook. */
export const RENDERER_CHECKS: Readonly<Record<string, CellChecks>> = {
  clock: {
    1: async (notebook) => {
      // The dial's edge.
      await expectColor(notebook, 1, [194, 38, 12, 4], [0xff, 0xfd, 0xf7], (count) => count > 30);
      await expectAnimation(notebook, 1);
    },
  },
  plot: {
    1: async (notebook) => {
      const column: Area = [280, 50, 40, 260];
      const madrid = [0xe4, 0x57, 0x2e];
      await expectColor(notebook, 1, column, madrid, (count) => count > 0);
      const line = countColor(await notebook.pixels(1), column, madrid);
      await moveTo(notebook, 1, [300, 200]);
      // The point on the line.
      await expectColor(notebook, 1, column, madrid, (count) => count > line + 30);
    },
  },
  chartjs: {
    2: async (notebook) => {
      const { mouse } = notebook.page;
      const plot: Area = [40, 60, 580, 270];
      const besideTooltip: Area = [40, 60, 240, 270];
      const tooltip = [0x33, 0x33, 0x33];
      const bergamot = [0x2a, 0x9d, 0x8f];
      await expectColor(notebook, 2, plot, tooltip, (count) => count === 0);
      await moveTo(notebook, 2, [300, 200]);
      await expectColor(notebook, 2, plot, tooltip, (count) => count > 2000);
      await click(notebook, 2, [320, 16]);
      await expectColor(notebook, 2, besideTooltip, bergamot, (count) => count === 0);
      await click(notebook, 2, [320, 16]);
      await expectColor(notebook, 2, besideTooltip, bergamot, (count) => count > 100);
      await moveTo(notebook, 2, [300, 200]);
      await expectChange(notebook, 2, () => mouse.wheel(0, -500));
      await expectChange(notebook, 2, () => drag(notebook, 2, [300, 200], [400, 200]));
      await mouse.up();
    },
  },
  echarts: {
    2: async (notebook) => {
      const { mouse } = notebook.page;
      // The tooltip lies over the parts, which fill this area.
      const area: Area = [330, 240, 120, 80];
      await expectColor(notebook, 2, area, WHITE, (count) => count === 0);
      await moveTo(notebook, 2, [300, 200]);
      await expectColor(notebook, 2, area, WHITE, (count) => count > 3000);
      await click(notebook, 2, [300, 200]);
      await expectChange(notebook, 2, () => mouse.wheel(0, -300));
      await expectChange(notebook, 2, () => drag(notebook, 2, [300, 200], [420, 200]));
      await mouse.up();
      await expectChange(notebook, 2, () => drag(notebook, 2, [340, 390], [280, 390]));
      await mouse.up();
    },
  },
  force_graph: {
    1: async (notebook) => {
      const background = [0xfb, 0xfa, 0xf6];
      const corner: Area = [20, 20, 12, 12];
      await expectColor(notebook, 1, corner, background, (count) => count === 144);
      // The layout always ends with this group's first member here.
      const around: Area = [438, 277, 9, 9];
      await expectColor(notebook, 1, around, [0x17, 0x63, 0x9c], (count) => count === 81);
      await drag(notebook, 1, [442, 281], [26, 26]);
      await expectColor(notebook, 1, corner, background, (count) => count < 72);
      await notebook.page.mouse.up();
      await expectColor(notebook, 1, corner, background, (count) => count === 144);
    },
  },
  image_viewer: {
    2: async (notebook) => {
      const { mouse } = notebook.page;
      const moon = [0xff, 0xf4, 0xd8];
      await expectPixel(notebook, 2, [480, 130], moon);
      const sky = pixelAt(await notebook.pixels(2), 20, 20).slice(0, 3);
      expect(distance(sky, moon)).toBeGreaterThan(100);
      await click(notebook, 2, [480, 130]);
      for (let notch = 0; notch < 22; notch++) await mouse.wheel(0, -100);
      await expectPixel(notebook, 2, [20, 20], moon);
      await drag(notebook, 2, [5, 5], [600, 440]);
      await expectColor(notebook, 2, [15, 15, 10, 10], moon, (count) => count === 0);
      await mouse.up();
      await notebook.canvas(2).dblclick({ position: { x: 300, y: 300 } });
      await expectPixel(notebook, 2, [480, 130], moon);
    },
  },
  three: {
    2: async (notebook) => {
      const { mouse } = notebook.page;
      await notebook.canvas(2).scrollIntoViewIfNeeded();
      await expect.poll(async () => isRed(pixelAt(await notebook.pixels(2), 320, 150))).toBe(true);
      await expectChange(notebook, 2, () => drag(notebook, 2, [320, 200], [400, 240]));
      await mouse.up();
      await expectChange(notebook, 2, () => mouse.wheel(0, -300));
    },
  },
  video_player: {
    2: async (notebook) => {
      const { mouse } = notebook.page;
      const bar = [0x14, 0x17, 0x1f];
      await expectAnimation(notebook, 2);
      await click(notebook, 2, [300, 200]);
      // The triangle is where the gap between two bars was.
      await expectPixel(notebook, 2, [26, 382], WHITE);
      await drag(notebook, 2, [100, 382], [300, 382]);
      await mouse.up();
      await expectPixel(notebook, 2, [280, 382], [0xff, 0x6b, 0x4a]);
      await expectPixel(notebook, 2, [320, 382], [0x47, 0x4d, 0x5e]);
      await notebook.page.keyboard.press(" ");
      await expectColor(notebook, 2, [25, 380, 2, 4], bar, (count) => count === 8);
      await expectAnimation(notebook, 2);
    },
  },
  webgpu: {
    2: async (notebook) => {
      // The Julia set of -1 has a dark area in the middle, that of -0.79 + 0.15i has none.
      const middle: Area = [310, 190, 20, 20];
      const inside = [10, 8, 26];
      await moveTo(notebook, 2, [320, 398]);
      await expectColor(notebook, 2, middle, inside, (count) => count === 400);
      await moveTo(notebook, 2, [301, 139]);
      await expectColor(notebook, 2, middle, inside, (count) => count < 200);
    },
  },
};

function isRed([red = 0, green = 0, blue = 0]: readonly number[]): boolean {
  return red > green + 60 && red > blue + 60;
}
