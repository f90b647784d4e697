/** Makes a module of a notebook, which shows in a page what the notebook shows. */
import ts from "typescript";
import type { Notebook } from "./notebook";
import { findShownCells, lastExpression, parseCell } from "./shownCell";

/** Functions of Node and pages that start something: it ends with the example. */
const TIMERS =
  "setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, requestAnimationFrame, cancelAnimationFrame";

/** The program's array of what the cells show: a name that no notebook has. */
const SHOWN = "$shown";

/**
 * Returns the program: the code cells up to those that show the example, as a function that
 * returns what they show, in an array. It makes new widgets each time it is called.
 *
 * @throws Error when no cell shows a widget
 */
export function liveProgram({ file, cells }: Notebook): string {
  const shown = findShownCells(cells);
  const end = shown.at(-1);
  if (end === undefined) throw new Error(`${file}: expected a cell that shows a widget`);
  const imports: string[] = [];
  const body: string[] = [`const ${SHOWN} = [];`];
  for (const [index, { type, source }] of cells.slice(0, end + 1).entries()) {
    if (type !== "code") continue;
    const cell = parseCell(source);
    const last = shown.includes(index) ? lastExpression(cell) : undefined;
    for (const statement of cell.statements) {
      if (ts.isImportDeclaration(statement)) imports.push(statement.getText());
      else if (statement === last) body.push(`${SHOWN}.push(${last.expression.getText()});`);
      else body.push(statement.getFullText());
    }
  }
  const program = [
    ...imports,
    `export async function run({ ${TIMERS} }) {`,
    ...body,
    `return ${SHOWN};`,
    "}",
  ].join("\n");
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      // An import of nothing but types goes, as in a notebook.
      isolatedModules: false,
    },
  });
  return outputText;
}
