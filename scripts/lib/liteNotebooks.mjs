/** Makes notebooks for JupyterLite's JavaScript kernel from examples, which are in TypeScript. */
import { readFileSync } from "node:fs";
import * as prettier from "prettier";
import ts from "typescript";
import { at } from "./paths.mjs";

/**
 * The library in a JupyterLite that has the extension, as the kernel's cells import it: a relative URL is taken from the
 * kernel's own program, extensions/@jupyterlite/javascript-kernel-extension/static/.
 */
export const LIBRARY_URL = "../../../jupyter-rfb-ts/lite.js";

/** The kernel that runs the cells: the one in a worker, which keeps the page responsive. */
const KERNEL = "javascript-worker";

/** The cells' language: without types, and without class fields, which the kernel's parser doesn't know. */
const COMPILER_OPTIONS = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  useDefineForClassFields: false,
  // Names that are only used as types are left out of imports; a later cell may use any other.
  verbatimModuleSyntax: true,
};

/** The JupyterLite notebook of an example, as text.
 * @param {string} name of the example, without its folder and ending
 * @returns {Promise<string>} */
export async function liteNotebook(name) {
  const { cells } = JSON.parse(readFileSync(at("examples", `${name}.ipynb`), "utf8"));
  const converted = [];
  for (const cell of cells) {
    const source = [cell.source].flat().join("");
    const isCode = cell.cell_type === "code";
    converted.push({
      ...{ cell_type: cell.cell_type, id: cell.id, metadata: {} },
      source: isCode ? await toJavaScript(source) : source.replaceAll("TypeScript", "JavaScript"),
      ...(isCode ? { execution_count: null, outputs: [] } : {}),
    });
  }
  const notebook = {
    cells: converted,
    metadata: {
      kernelspec: { name: KERNEL, display_name: "JavaScript", language: "javascript" },
      language_info: { name: "javascript" },
    },
    ...{ nbformat: 4, nbformat_minor: 5 },
  };
  return JSON.stringify(notebook, undefined, 1);
}

/** The JavaScript of a cell.
 * @param {string} source
 * @returns {Promise<string>} */
export async function toJavaScript(source) {
  // The compiler leaves no blank lines.
  const marked = source.replaceAll(/^$/gm, "//:blank");
  const { outputText } = ts.transpileModule(marked, { compilerOptions: COMPILER_OPTIONS });
  const text = outputText
    .replaceAll(/^ *\/\/:blank$/gm, "")
    .replaceAll(' from "jupyter-rfb-ts";', ` from "${LIBRARY_URL}";`)
    .replaceAll(/^export \{\};$/gm, "");
  const formatted = await prettier.format(text, { parser: "babel", printWidth: 100 });
  // The kernel shows a last expression only if no semicolon follows it.
  return formatted.trimEnd().replace(/;$/, "");
}
