/** The pictures in the notebooks' outputs, as files. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Notebook } from "./notebook";
import { findShownCells } from "./shownCell";

const FOLDER = fileURLToPath(new URL("../../gallery/pictures", import.meta.url));

/** The name of a cell's picture; undefined if it has none. */
export function cellPicture({ name, cells }: Notebook, cell: number): string | undefined {
  const hasPicture = cells[cell]?.outputs.some(({ kind }) => kind === "picture") === true;
  return hasPicture ? `${name}-${cell}.png` : undefined;
}

/** The name of the picture that stands for the notebook: what it shows, or its last one. */
export function mainPicture(notebook: Notebook): string | undefined {
  const cells = [...notebook.cells.keys()].reverse();
  const order = [...findShownCells(notebook.cells), ...cells];
  return order.map((cell) => cellPicture(notebook, cell)).find((name) => name !== undefined);
}

/** Writes the pictures of all notebooks to docs/gallery/pictures/. */
export function writePictures(notebooks: readonly Notebook[]): void {
  mkdirSync(FOLDER, { recursive: true });
  const written = new Set<string>();
  for (const notebook of notebooks) {
    for (const [index, { outputs }] of notebook.cells.entries()) {
      const name = cellPicture(notebook, index);
      const picture = outputs.find(({ kind }) => kind === "picture");
      if (name === undefined || picture === undefined) continue;
      written.add(name);
      write(join(FOLDER, name), Buffer.from(picture.content, "base64"));
    }
  }
  for (const name of readdirSync(FOLDER)) if (!written.has(name)) rmSync(join(FOLDER, name));
}

/** A file that is as it should be keeps its time, so that nothing is built again. */
function write(file: string, content: Buffer): void {
  if (!existsSync(file) || !readFileSync(file).equals(content)) writeFileSync(file, content);
}
