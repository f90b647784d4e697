import { expect } from "@playwright/test";
import { type OpenNotebook, pixelAt } from "./notebook";

/** What a JPEG of quality 80 may differ from the frame in any channel, for the flat areas that the tests look at. */
export const JPEG_DISTANCE = 6;

/** Waits until a pixel of the canvas in a cell's output has exactly this colour: red, green, blue. The canvas may come yet. */
export async function expectPixel(
  notebook: OpenNotebook,
  cell: number,
  [x, y]: readonly [number, number],
  color: readonly number[],
  nth = 0,
): Promise<void> {
  await expect(notebook.canvas(cell, nth)).toBeVisible();
  // What cannot be seen is not drawn.
  await notebook.canvas(cell, nth).scrollIntoViewIfNeeded();
  await expect
    .poll(async () => pixelAt(await notebook.pixels(cell, nth), x, y))
    .toEqual([...color, 255]);
}

/** The largest difference of any channel; NaN where a picture has no such pixel. */
export function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.NaN;
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? 0))));
}
