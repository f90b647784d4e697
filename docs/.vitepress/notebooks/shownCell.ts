/** Finds the cell of a notebook that shows the example. */
import ts from "typescript";
import type { Cell } from "./notebook";

/** The file of a cell for TypeScript. */
export function parseCell(source: string): ts.SourceFile {
  return ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022, true);
}

/** The cell's last statement, if it is an expression, whose value a notebook shows. */
export function lastExpression(cell: ts.SourceFile): ts.ExpressionStatement | undefined {
  const last = cell.statements.at(-1);
  return last !== undefined && ts.isExpressionStatement(last) ? last : undefined;
}

/** The index of the first cell that shows a widget: `w`, `new Clock()`, `display(w)`. */
export function findShownCell(cells: readonly Cell[]): number | undefined {
  const index = cells.findIndex(({ type, source, outputs }) => {
    // Where one prints, its last expression is a value that is not a widget.
    if (type !== "code" || outputs.some(({ kind }) => kind === "text")) return false;
    const shown = lastExpression(parseCell(source))?.expression;
    return shown !== undefined && mayBeWidget(shown);
  });
  return index === -1 ? undefined : index;
}

function mayBeWidget(expression: ts.Expression): boolean {
  if (ts.isIdentifier(expression) || ts.isNewExpression(expression)) return true;
  return ts.isCallExpression(expression) && /^display$/.test(expression.expression.getText());
}
