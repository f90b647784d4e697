/** Runs a notebook from its first cell to its last, as a person would. */
import { stripVTControlCharacters } from "node:util";
import type { IOutput } from "@jupyterlab/nbformat";
import { expect } from "@playwright/test";
import type { OpenNotebook } from "../notebook";
import { textOf } from "./notebooks";
import { expectSomething } from "./pictures";

/** What a person does after a cell has run, and then sees. The keys are indexes of cells. */
export type CellChecks = Readonly<Record<number, (notebook: OpenNotebook) => Promise<void>>>;

/** An error of the library over a picture, what a widget printed below it, and other errors. */
const PROBLEMS = [
  ".jupyter-rfb-mark[data-kind=error]:visible",
  ".jupyter-rfb-widget pre",
  '[data-mime-type="application/vnd.jupyter.stderr"] pre',
].join(", ");

/** Runs the given code cells in order with Ctrl+Enter. */
export async function runWhole(
  notebook: OpenNotebook,
  cells: readonly number[],
  checks: CellChecks,
): Promise<void> {
  let pictures = 0;
  for (const cell of cells) {
    await notebook.run(cell);
    await expectNoProblem(notebook, cell);
    pictures += await expectOutputs(notebook, cell);
    await checks[cell]?.(notebook);
  }
  expect(pictures).toBeGreaterThan(0);
  for (const cell of cells) {
    // A picture that is shown before there is a frame is drawn by a later cell.
    await expectLivePictures(notebook, cell);
    // An error of a draw comes late.
    await expectNoProblem(notebook, cell);
  }
}

async function expectNoProblem(notebook: OpenNotebook, cell: number): Promise<void> {
  const errors = (await notebook.outputs(cell)).filter(isError).map(errorText);
  expect(errors, `the errors of cell ${cell}`).toEqual([]);
  const texts = await notebook.output(cell).locator(PROBLEMS).allInnerTexts();
  expect(texts, `the texts at the picture of cell ${cell}`).toEqual([]);
}

function isError(output: IOutput): boolean {
  // A process that a cell runs, and that prints no errors, leaves an empty one.
  const isPrinted = output["name"] === "stderr" && output["text"] !== "";
  return output.output_type === "error" || isPrinted;
}

/** What a person reads. */
function errorText({ evalue, traceback, text }: IOutput): string {
  const parts = [evalue, traceback, text].filter((part) => part !== undefined);
  return stripVTControlCharacters(parts.map((part) => textOf(part as string | string[])).join(""));
}

/** Waits until a cell shows its widgets, and its stills show something. Returns the number of pictures. */
async function expectOutputs(notebook: OpenNotebook, cell: number): Promise<number> {
  const area = notebook.output(cell);
  if ((await notebook.outputs(cell)).some(isWidget)) {
    await expect(area.locator(".jupyter-widgets, .jupyter-rfb-widget").first()).toBeVisible();
  }
  const views = area.locator(".jupyter-rfb-widget");
  await expect(views.locator("canvas")).toHaveCount(await views.count());
  const stills = area.locator(".jp-RenderedImage img");
  for (const still of await stills.all()) await expectSomething(still);
  return (await views.count()) + (await stills.count());
}

/** Waits until each live picture of a cell shows something. */
async function expectLivePictures(notebook: OpenNotebook, cell: number): Promise<void> {
  const canvases = notebook.output(cell).locator(".jupyter-rfb-widget canvas");
  for (const canvas of await canvases.all()) await expectSomething(canvas);
}

function isWidget(output: IOutput): boolean {
  return WIDGET_VIEW in ((output["data"] as object | undefined) ?? {});
}

/** The media type of an output that shows a widget. */
export const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";
