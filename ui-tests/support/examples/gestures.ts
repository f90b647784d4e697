/** What a person does with the mouse. Positions are CSS pixels in the canvas of a cell. */
import type { OpenNotebook } from "../notebook";

type Position = readonly [number, number];

/** Moves the pointer over a canvas. */
export async function moveTo(
  notebook: OpenNotebook,
  cell: number,
  to: Position,
  nth = 0,
): Promise<void> {
  await notebook.canvas(cell, nth).scrollIntoViewIfNeeded();
  await notebook.page.mouse.move(...(await notebook.onPage(cell, to, nth)));
}

/** Presses the left button, moves the pointer and keeps the button down. */
export async function drag(
  notebook: OpenNotebook,
  cell: number,
  from: Position,
  to: Position,
  nth = 0,
): Promise<void> {
  const { mouse } = notebook.page;
  await moveTo(notebook, cell, from, nth);
  await mouse.down();
  await mouse.move(...(await notebook.onPage(cell, to, nth)), { steps: 12 });
}

/** Drags and releases the button. */
export async function dragAcross(...where: Parameters<typeof drag>): Promise<void> {
  await drag(...where);
  await where[0].page.mouse.up();
}

/** Turns the wheel over a canvas. */
export async function wheel(
  notebook: OpenNotebook,
  cell: number,
  at: Position,
  dy: number,
  nth = 0,
): Promise<void> {
  await moveTo(notebook, cell, at, nth);
  await notebook.page.mouse.wheel(0, dy);
}

/** Clicks a canvas. */
export async function click(
  notebook: OpenNotebook,
  cell: number,
  at: Position,
  button: "left" | "right" = "left",
): Promise<void> {
  await notebook.canvas(cell).scrollIntoViewIfNeeded();
  await notebook.page.mouse.click(...(await notebook.onPage(cell, at)), { button });
}

/** Double-clicks a canvas. */
export async function doubleClick(
  notebook: OpenNotebook,
  cell: number,
  at: Position,
): Promise<void> {
  await moveTo(notebook, cell, at);
  await notebook.page.mouse.dblclick(...(await notebook.onPage(cell, at)));
}
