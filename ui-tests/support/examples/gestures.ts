/** What a person does with the pointer over a live picture. Points are in CSS pixels of the picture. */
import type { OpenNotebook } from "../notebook";

/** A point of a picture. */
export type Point = readonly [number, number];

/** Moves the pointer. */
export async function hover(notebook: OpenNotebook, cell: number, at: Point): Promise<void> {
  await notebook.canvas(cell).scrollIntoViewIfNeeded();
  await notebook.page.mouse.move(...(await notebook.onPage(cell, at)));
}

/** Presses the left button and releases it. */
export async function click(notebook: OpenNotebook, cell: number, at: Point): Promise<void> {
  await hover(notebook, cell, at);
  await notebook.page.mouse.down();
  await notebook.page.mouse.up();
}

/** Presses the left button, moves the pointer and keeps the button down. */
export async function drag(
  notebook: OpenNotebook,
  cell: number,
  from: Point,
  to: Point,
): Promise<void> {
  const { mouse } = notebook.page;
  await hover(notebook, cell, from);
  await mouse.down();
  await mouse.move(...(await notebook.onPage(cell, to)), { steps: 12 });
}
