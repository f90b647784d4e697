/** Waits for states of a page, and looks at what the window shows. */
import { PNG } from "pngjs";
import { expect, vi } from "vitest";
import type { Box } from "../../support/box";
import type { DrivenBrowser, Point } from "./browser";

/** Milliseconds for a state, on a busy machine. Only a guard against a hook that hangs. */
const LIMIT_MS = 50_000;

/** Waits until a page has a value, outside of tests, where a test's `eventually` can't. */
export const until = <Value>(value: Value, read: () => Promise<Value>): Promise<void> =>
  vi.waitFor(async () => expect(await read()).toEqual(value), { timeout: LIMIT_MS, interval: 50 });

/** The rectangle of an element in the window. @throws Error where there is none */
export async function boxOf(browser: DrivenBrowser, selector: string): Promise<Box> {
  const box = await browser.evaluate((selector) => {
    const element = document.querySelector(selector);
    if (element === null) return undefined;
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x, y, width, height };
  }, selector);
  if (box === undefined) throw new Error(`Cannot find ${selector}`);
  return box;
}

/** The colour of a point of the window: red, green and blue, as a person sees it. */
export async function colorOnScreen(
  browser: DrivenBrowser,
  [x, y]: Point,
): Promise<readonly number[]> {
  const png = PNG.sync.read(await browser.screenshot());
  const width = await browser.evaluate(() => innerWidth);
  const [left, top] = [x, y].map((value) => Math.floor((value * png.width) / width));
  const start = ((top ?? 0) * png.width + (left ?? 0)) * 4;
  return [...png.data.subarray(start, start + 3)];
}

/** The largest difference of two colours in a channel. */
export function distance(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, channel) => Math.abs(value - (b[channel] ?? 0))));
}
