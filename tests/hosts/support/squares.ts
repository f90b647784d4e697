/** What a notebook with {@link SQUARE_CELL} must do wherever it is opened. */
import type { Page } from "@playwright/test";
import { eventually } from "../../support/eventually";
import { CANVAS, pixelAt, runAll, SQUARE_RED } from "./notebook";

/** Waits until the square is shown. */
export function showsSquare(page: Page): Promise<void> {
  return eventually(() => pixelAt(page, 0.5, 0.5)).toEqual([...SQUARE_RED]);
}

/** Waits until what is around the square has a level of gray. */
export function showsGray(page: Page, level: number): Promise<void> {
  return eventually(() => pixelAt(page, 0.05, 0.05)).toEqual([level, level, level]);
}

/** Moves the mouse over the picture, to an x in logical pixels, by which the gray changes. */
export async function moveTo(page: Page, x: number): Promise<void> {
  await page.bringToFront();
  const canvas = page.locator(CANVAS).first();
  await canvas.scrollIntoViewIfNeeded();
  await canvas.hover({ position: { x: x - 40, y: 20 } });
  await canvas.hover({ position: { x, y: 20 } });
}

/** Runs the open notebook, and moves the mouse: picture, events and redraws work. */
export async function runsSquares(page: Page): Promise<void> {
  await runAll(page);
  await showsSquare(page);
  await showsGray(page, 60);
  await moveTo(page, 120);
  await showsGray(page, 120);
}
