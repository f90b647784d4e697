/** What is tried by hand in single examples: a drag, the wheel, a key, and what is then seen. */
import { expect } from "@playwright/test";
import { distance, expectPixel } from "../assertions";
import { type OpenNotebook, pixelAt } from "../notebook";
import { click, doubleClick, drag, dragAcross, moveTo, wheel } from "./gestures";
import { expectAnimation, expectChange, expectRest, expectSame, hashOf } from "./pictures";
import { RENDERER_CHECKS } from "./rendererChecks";
import type { CellChecks } from "./wholeRun";

const BLUE = [40, 110, 200];
const GRAY = [235, 235, 235];

/** Turns by a drag and zooms by the wheel, and a double click goes back. */
async function orbits(notebook: OpenNotebook, cell: number): Promise<void> {
  const before = await hashOf(notebook, cell);
  await expectChange(notebook, cell, () => dragAcross(notebook, cell, [200, 100], [260, 130]));
  await expectChange(notebook, cell, () => wheel(notebook, cell, [200, 100], -300));
  await doubleClick(notebook, cell, [200, 100]);
  await expectSame(notebook, cell, before);
}

/** By the name of the notebook. */
export const CHECKS: Readonly<Record<string, CellChecks>> = {
  ...RENDERER_CHECKS,
  arrays: {
    3: async (notebook) => {
      // Equal once the pictures are at rest: JPEG differs in each.
      await expect
        .poll(async () => {
          const whole = pixelAt(await notebook.pixels(3, 0), 20, 30);
          const flipped = pixelAt(await notebook.pixels(3, 1), 279, 169);
          const turned = pixelAt(await notebook.pixels(3, 2), 30, 20);
          return Math.max(distance(whole, flipped), distance(whole, turned));
        })
        .toBe(0);
    },
  },
  camera: {
    2: (notebook) => expectAnimation(notebook, 1),
    4: (notebook) => expectRest(notebook.canvas(1)),
  },
  cube: {
    1: (notebook) => expectAnimation(notebook, 1),
  },
  dashboard: {
    2: async (notebook) => {
      await notebook.output(2).locator(".noUi-handle").first().focus();
      await expectChange(notebook, 1, () => notebook.page.keyboard.press("ArrowRight"));
    },
  },
  game_of_life: {
    1: async (notebook) => {
      await expectAnimation(notebook, 1);
      await click(notebook, 1, [10, 10]);
      await notebook.page.keyboard.press(" ");
      await notebook.page.keyboard.press("c");
      await dragAcross(notebook, 1, [102, 102], [202, 102]);
      // A cell is 4 pixels wide.
      await expectPixel(notebook, 1, [25, 25], [255, 240, 190]);
      await notebook.page.keyboard.press("r");
      await notebook.page.keyboard.press(" ");
      await expectAnimation(notebook, 1);
    },
  },
  grid: {
    2: async (notebook) => {
      await expectPixel(notebook, 1, [1, 1], [0, 0, 0]);
      await expectPixel(notebook, 1, [2, 1], [255, 255, 255]);
      await expectPixel(notebook, 2, [3, 3], [0, 0, 0]);
      await expectPixel(notebook, 2, [4, 3], [255, 255, 255]);
    },
  },
  hello_world: {
    3: async (notebook) => {
      const move = (to: readonly [number, number]) => () => moveTo(notebook, 3, to);
      await expectChange(notebook, 3, move([200, 200]));
      await expectChange(notebook, 3, move([300, 205]));
    },
    5: async (notebook) => {
      expect(await notebook.printed(5)).toMatch(/sent_frames: [1-9]/);
    },
  },
  interaction1: {
    1: async (notebook) => {
      const { mouse } = notebook.page;
      await expectPixel(notebook, 1, [100, 100], BLUE);
      await expectPixel(notebook, 1, [300, 150], GRAY);
      await drag(notebook, 1, [130, 110], [330, 160]);
      await expectPixel(notebook, 1, [330, 160], [230, 120, 40]);
      await mouse.up();
      await expectPixel(notebook, 1, [330, 160], BLUE);
      await expectPixel(notebook, 1, [100, 100], GRAY);
      await expectPixel(notebook, 1, [420, 120], GRAY);
      await mouse.wheel(0, -500);
      await expectPixel(notebook, 1, [420, 120], BLUE);
    },
    2: async (notebook) => {
      expect(await notebook.printed(2)).toMatch(/sent_frames: [1-9]/);
    },
  },
  interaction2: {
    1: async (notebook) => {
      await click(notebook, 1, [20, 20]);
      // A pixel of the frame is 8 pixels wide.
      await expectPixel(notebook, 1, [2, 2], [255, 120, 80]);
      await click(notebook, 1, [300, 300], "right");
      await dragAcross(notebook, 1, [500, 52], [560, 52]);
      await expectPixel(notebook, 1, [62, 6], [255, 210, 70]);
    },
  },
  ipywidgets_embed: {
    1: async (notebook) => {
      await expectPixel(notebook, 1, [60, 100], [60, 60, 60]);
      await notebook.output(1).locator(".noUi-handle").focus();
      await notebook.page.keyboard.press("ArrowUp");
      // Ten stripes of 30 px instead of eight: here is the third, a light one.
      await expectPixel(notebook, 1, [65, 100], [220, 220, 220]);
    },
  },
  linked: {
    1: async (notebook) => {
      // The wheel scrolls the page until then.
      await click(notebook, 1, [120, 120]);
      await expectChange(notebook, 1, () => wheel(notebook, 1, [120, 120], -400, 0), 2);
      await expectChange(notebook, 1, () => dragAcross(notebook, 1, [120, 120], [60, 90], 1), 0);
      await expectChange(notebook, 1, () => doubleClick(notebook, 1, [120, 120]), 2);
    },
  },
  performance: {
    4: async (notebook) => {
      expect(await notebook.printed(4)).toMatch(/1280x720.*noise/);
    },
  },
  picking: {
    1: async (notebook) => {
      await click(notebook, 1, [60, 90]);
      await expectPixel(notebook, 1, [60, 210], [255, 150, 90]);
    },
  },
  point_cloud: {
    1: (notebook) => orbits(notebook, 1),
  },
  points_and_lines: {
    2: async (notebook) => {
      const before = await hashOf(notebook, 2);
      await click(notebook, 1, [320, 120]);
      await expectChange(notebook, 1, () => wheel(notebook, 1, [320, 120], -300));
      await expectChange(notebook, 1, () => doubleClick(notebook, 1, [320, 120]));
      await expectChange(notebook, 2, () => dragAcross(notebook, 2, [300, 100], [350, 130]));
      await doubleClick(notebook, 2, [320, 120]);
      await expectSame(notebook, 2, before);
    },
  },
  progress: {
    2: (notebook) => expect(notebook.output(2)).toContainText("400/400"),
  },
  push: {
    5: async (notebook) => {
      expect(await notebook.printed(5)).toMatch(/[1-9]\d* of 500 frames were dropped/);
    },
  },
  ray_marcher: {
    1: async (notebook) => {
      await expectChange(notebook, 1, () => dragAcross(notebook, 1, [200, 100], [260, 130]));
      // Coarse while it turns, and then a pixel for each pixel.
      await expect.poll(async () => (await notebook.pixels(1)).width).toBe(480);
    },
  },
  spheres: {
    1: (notebook) => orbits(notebook, 1),
  },
  video: {
    4: async (notebook) => {
      const { supported } = await notebook.page.evaluate(() =>
        VideoDecoder.isConfigSupported({ codec: "avc1.42E01F" }),
      );
      if (supported === true) expect(await notebook.printed(4)).toMatch(/codec: 'h264'/);
    },
  },
  visibility_check: {
    2: (notebook) => expectAnimation(notebook, 2),
  },
};
