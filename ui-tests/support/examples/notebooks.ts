/** The notebooks of examples/, and the packages that each asks its reader to install. */
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { INotebookContent } from "@jupyterlab/nbformat";
import { hasLargePackages, largePackages, repository, server } from "../environment";
import { copyNotebook } from "../notebook";

/** The folder of the examples. */
export const EXAMPLES = join(repository, "examples");

/** A notebook's text: its source may be split into lines. */
export const textOf = (text: string | string[]): string =>
  typeof text === "string" ? text : text.join("");

/** Reads an example as it was committed. */
export function readExample(name: string): INotebookContent {
  return JSON.parse(readFileSync(join(EXAMPLES, `${name}.ipynb`), "utf8")) as INotebookContent;
}

/** The packages that an example's first cell asks for: `npm install a b`, in backticks. */
export function packagesOf(notebook: INotebookContent): string[] {
  const title = textOf(notebook.cells[0]?.source ?? "");
  const [, packages = ""] = /^`npm install ([^`]+)`/m.exec(title) ?? [];
  return packages.split(" ").filter((name) => name !== "");
}

/** The indexes of an example's code cells. */
export function codeCells(name: string): number[] {
  const { cells } = readExample(name);
  return [...cells.keys()].filter((index) => cells[index]?.cell_type === "code");
}

/** The names of the examples that this run is about, without their endings. */
export function examplesOfThisRun(): string[] {
  const { dependencies } = JSON.parse(
    readFileSync(join(largePackages, "package.json"), "utf8"),
  ) as { readonly dependencies: Readonly<Record<string, string>> };
  return readdirSync(EXAMPLES)
    .filter((file) => extname(file) === ".ipynb")
    .map((file) => file.slice(0, -".ipynb".length))
    .filter((name) => {
      const needsLarge = packagesOf(readExample(name)).some((wanted) => wanted in dependencies);
      return needsLarge === hasLargePackages;
    });
}

/**
 * Copies an example into the test server's folder, without its outputs, so that nothing but this
 * run's can be seen. Files that notebooks read are copied too.
 *
 * @returns the copy's path, relative to the server's folder
 */
export function copyExample(name: string, folder: string): string {
  const path = `${folder}/${name}.ipynb`;
  copyNotebook(join(EXAMPLES, `${name}.ipynb`), path, { outputs: false });
  for (const entry of readdirSync(EXAMPLES, { withFileTypes: true })) {
    if (!entry.isFile() || [".ipynb", ".md"].includes(extname(entry.name))) continue;
    copyFileSync(join(EXAMPLES, entry.name), join(server.rootDirectory, folder, entry.name));
  }
  return path;
}
