import { expect } from "@playwright/test";
import { tenLines } from "../../tests/support/readme";
import { distance } from "../support/assertions";
import { OpenNotebook, pixelAt, writeNotebook } from "../support/notebook";
import { labTest } from "../support/test";

/** The colour in the middle of the ripples: 128 + 127 sin(0, 1, 2). */
const CENTRE = [128, 234, 243];

/** The colour a few pixels from there differs by at most so much. */
const NEAR = 24;

labTest("the ten lines of the README follow the pointer", async ({ page, tmpPath }) => {
  const path = `${tmpPath}/ripples.ipynb`;
  expect(tenLines().split("\n")).toHaveLength(10);
  writeNotebook(path, [tenLines()]);
  const notebook = await OpenNotebook.inLab(page, path);
  await notebook.run(0);
  const offCentre = async (x: number, y: number): Promise<number> =>
    distance(pixelAt(await notebook.pixels(0), x, y).slice(0, 3), CENTRE);
  await expect.poll(() => offCentre(200, 150)).toBeLessThan(NEAR);
  await expect.poll(() => offCentre(300, 80)).toBeGreaterThan(2 * NEAR);
  await page.mouse.move(...(await notebook.onPage(0, [300, 80])));
  await expect.poll(() => offCentre(300, 80)).toBeLessThan(NEAR);
  await expect.poll(() => offCentre(200, 150)).toBeGreaterThan(2 * NEAR);
});
