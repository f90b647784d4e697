/** Writes the outputs of a run into an example: what shows where no kernel runs. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { ICell, IOutput } from "@jupyterlab/nbformat";
import type { Locator } from "@playwright/test";
import sharp from "sharp";
import { type OpenNotebook, readNotebook } from "../notebook";
import { EXAMPLES, readExample, textOf } from "./notebooks";
import { expectRest } from "./pictures";
import { WIDGET_VIEW } from "./wholeRun";

/** A larger picture is stored with a palette of 256 colours. In bytes of PNG. */
const PALETTE_FROM = 100_000;

/** Pictures that differ less on average are the same. Of 0..255. */
const SAME_PICTURE = 3;

/** Saves a notebook that has run whole, and writes its outputs into the example. */
export async function updateExample(
  notebook: OpenNotebook,
  name: string,
  path: string,
): Promise<void> {
  for (const canvas of await notebook.cells.locator(".jupyter-rfb-widget canvas").all()) {
    // Some never rest.
    await expectRest(canvas, 3000).catch(() => undefined);
  }
  await notebook.save();
  const saved = readNotebook(path);
  const example = readExample(name);
  let count = 0;
  for (const [index, cell] of example.cells.entries()) {
    if (cell.cell_type !== "code") continue;
    const outputs = await Promise.all(
      outputsOf(saved.cells[index]).map((output) => kept(output, notebook, index)),
    );
    const before = outputsOf(cell);
    // So that the diff of another run is small.
    const isSame = outputs.length === before.length && (await areSame(outputs, before));
    count += 1;
    Object.assign(cell, { execution_count: count }, isSame ? {} : { outputs });
  }
  const file = join(EXAMPLES, `${name}.ipynb`);
  const text = `${JSON.stringify(sorted(example), null, 1)}\n`;
  if (text !== readFileSync(file, "utf8")) writeFileSync(file, text);
}

function outputsOf(cell: ICell | undefined): IOutput[] {
  return (cell?.["outputs"] ?? []) as IOutput[];
}

/** An output without its live view, but with a picture of it. */
async function kept(output: IOutput, notebook: OpenNotebook, cell: number): Promise<IOutput> {
  if (output.output_type === "stream") return { ...output, text: lines(output["text"]) };
  const data = output["data"] as Readonly<Record<string, unknown>>;
  const several = WIDGET_VIEW in data && (await hasControls(notebook.output(cell)));
  let png = several ? await screenshot(notebook.output(cell)) : pngOf(output);
  if (png !== undefined) png = await shrunk(png);
  return {
    output_type: output.output_type,
    data: {
      ...(png === undefined ? {} : { "image/png": png.toString("base64") }),
      "text/plain": lines(data["text/plain"]),
    },
    metadata: several ? {} : output["metadata"],
  };
}

/** Whether an output is more than one picture: JupyterLab keeps only the first. */
async function hasControls(area: Locator): Promise<boolean> {
  return (await area.locator(".jupyter-widgets:not(.jupyter-rfb-widget)").count()) > 0;
}

/** A picture of all widgets of an output, without the space around them. */
async function screenshot(area: Locator): Promise<Buffer> {
  const widgets = area.locator(".jp-OutputArea-output .jupyter-widgets").first();
  return sharp(await widgets.screenshot())
    .trim()
    .toBuffer();
}

function pngOf(output: IOutput): Buffer | undefined {
  const { "image/png": text } = (output["data"] ?? {}) as Readonly<Record<string, unknown>>;
  return text === undefined ? undefined : Buffer.from(textOf(text as string), "base64");
}

async function shrunk(png: Buffer): Promise<Buffer> {
  const whole = await sharp(png).png({ compressionLevel: 9 }).toBuffer();
  if (whole.length < PALETTE_FROM) return whole;
  return sharp(png).png({ palette: true, effort: 10 }).toBuffer();
}

function lines(text: unknown): string[] {
  return textOf(text as string | string[]).match(/.*\n|.+$/g) ?? [];
}

/** Whether outputs are the same except for numbers and for what is hardly seen. */
async function areSame(some: readonly IOutput[], others: readonly IOutput[]): Promise<boolean> {
  for (const [index, output] of some.entries()) {
    const other = others[index];
    if (other === undefined || shape(output) !== shape(other)) return false;
    if (!(await lookAlike(pngOf(output), pngOf(other)))) return false;
  }
  return true;
}

/** An output without numbers, widths of columns and pictures. */
function shape(output: IOutput): string {
  const text = JSON.stringify(sorted(output), (key, value: unknown) => {
    if (key === "image/png" && typeof value === "string") return "png";
    return Array.isArray(value) ? stripVTControlCharacters(value.join("")) : value;
  });
  return text.replace(/\d+(\.\d+)?/g, "0").replace(/[ ─]+/g, " ");
}

/** Whether two pictures look alike. */
async function lookAlike(one: Buffer | undefined, other: Buffer | undefined): Promise<boolean> {
  if (one === undefined || other === undefined) return one === other;
  const [a, b] = await Promise.all(
    [one, other].map((png) => sharp(png).toColourspace("srgb").removeAlpha().raw().toBuffer()),
  );
  if (a === undefined || a.length !== b?.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at += 1) difference += Math.abs((a[at] ?? 0) - (b[at] ?? 0));
  return difference < SAME_PICTURE * a.length;
}

/** A JSON value with the keys of its objects in order, as Jupyter writes them. */
function sorted<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted) as Value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item as unknown)])) as Value;
}
