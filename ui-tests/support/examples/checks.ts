/** What is tried by hand in single examples: a drag, the wheel, a key, and what is then seen. */
import { expect } from "@playwright/test";
import { expectPixel } from "../assertions";
import { drag } from "./gestures";
import { expectChange } from "./pictures";
import { RENDERER_CHECKS } from "./rendererChecks";
import type { CellChecks } from "./wholeRun";

const BLUE = [40, 110, 200];
const GRAY = [235, 235, 235];

/** By the name of the notebook. */
export const CHECKS: Readonly<Record<string, CellChecks>> = {
  ...RENDERER_CHECKS,
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
    3: async (notebook) => {
      expect(await notebook.printed(3)).toMatch(/sent_frames: [1-9]/);
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
  push: {
    5: async (notebook) => {
      expect(await notebook.printed(5)).toMatch(/[1-9]\d* of 500 frames were dropped/);
    },
  },
  visibility_check: {
    3: (notebook) => expectChange(notebook, 3),
  },
};
