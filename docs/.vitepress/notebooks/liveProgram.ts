/** Makes a module of a notebook, which shows in a page what the notebook shows. */
import ts from "typescript";
import type { Notebook } from "./notebook";
import { findShownCell, lastExpression, parseCell } from "./shownCell";

/** Functions of Node and pages that start something: it ends with the example. */
const TIMERS =
  "setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, requestAnimationFrame, cancelAnimationFrame";

/**
 * Returns the program: the code cells up to the first that shows a widget, as a function that
 * returns what that cell shows. It makes a new widget each time it is called.
 *
 * @throws Error when no cell shows a widget
 */
export function liveProgram({ file, cells }: Notebook): string {
  const shown = findShownCell(cells);
  if (shown === undefined) throw new Error(`${file}: expected a cell that shows a widget`);
  const code = cells.slice(0, shown + 1).filter(({ type }) => type === "code");
  const parsed = code.map(({ source }) => parseCell(source));
  const imports: string[] = [];
  const body: string[] = [];
  for (const cell of parsed) {
    const last = cell === parsed.at(-1) ? lastExpression(cell) : undefined;
    for (const statement of cell.statements) {
      if (ts.isImportDeclaration(statement)) imports.push(statement.getText());
      else if (statement === last) body.push(`return (${last.expression.getText()});`);
      else body.push(statement.getFullText());
    }
  }
  const program = [...imports, `export async function run({ ${TIMERS} }) {`, ...body, "}"].join(
    "\n",
  );
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
