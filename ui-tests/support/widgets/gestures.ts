/** What a person does with a widget's mouse and keys. */
import { type Locator, expect } from "@playwright/test";

/** Where something is on the page, in CSS pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Returns where something is on the page. */
export async function placeOf(element: Locator): Promise<Place> {
  const place = await element.boundingBox();
  if (place === null) throw new Error("Not shown");
  return place;
}

/** Returns where children are, by the order of their texts. */
export function placesOf(widget: Locator, ...texts: readonly string[]): Promise<Place[]> {
  return Promise.all(texts.map((text) => placeOf(widget.getByText(text, { exact: true }))));
}

/** Drags one of a slider's handles to an end. */
export async function drag(slider: Locator, to: "left" | "right", nth = 0): Promise<void> {
  const handle = slider.locator(".noUi-handle").nth(nth);
  await handle.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await placeOf(handle);
  const track = await placeOf(slider.locator(".noUi-base"));
  const { mouse } = slider.page();
  await mouse.move(x + width / 2, y + height / 2);
  await mouse.down();
  await mouse.move(to === "left" ? track.x : track.x + track.width, y + height / 2, { steps: 4 });
  await mouse.up();
}

/** Drags a slider to its upper end, and goes back one step with a key. */
export async function dragAndPress(slider: Locator): Promise<void> {
  await drag(slider, "right");
  await slider.locator(".noUi-handle").press("ArrowLeft");
}

/** Drags both handles of a slider to the ends, and moves the upper one back with a key. */
export async function dragBothAndPress(slider: Locator): Promise<void> {
  await drag(slider, "left", 0);
  await drag(slider, "right", 1);
  await slider.locator(".noUi-handle").nth(1).press("ArrowLeft");
}

/** Replaces the text of a field, and presses Return. */
export const type =
  (text: string, field = "input") =>
  async (widget: Locator): Promise<void> => {
    const input = widget.locator(field);
    await input.click({ clickCount: 3 });
    await input.pressSequentially(text);
    await input.press("Enter");
  };

/** Types a date, a time, or both into the browser's fields for them. */
export const typeParts =
  (...parts: readonly string[]) =>
  async (widget: Locator): Promise<void> => {
    const input = widget.locator("input");
    await input.focus();
    for (const part of parts) {
      await input.pressSequentially(part);
      await widget.page().keyboard.press("Tab");
    }
  };

/** Types two tags, and removes the first with the mouse. */
export const typeTags =
  (...tags: readonly [string, string]) =>
  async (widget: Locator): Promise<void> => {
    for (const tag of tags) {
      // Beside the tag that is there.
      await widget.click({ position: { x: 8, y: 10 } });
      await widget.locator("input").pressSequentially(tag);
      // In a notebook, Return doesn't end the input.
      await widget.locator("input").press("Tab");
    }
    await widget.locator(".jupyter-widget-tag-close").first().click();
    await expect(widget.locator(".jupyter-widget-tag-close")).toHaveCount(1);
  };
