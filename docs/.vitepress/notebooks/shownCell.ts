/** Finds the cells of a notebook that show the example. */
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

/**
 * The indexes of the cells that show the example: the first that shows a widget, such as `w`,
 * `new Clock()` or `display(w)`, and those right below it that show one, too.
 */
export function findShownCells(cells: readonly Cell[]): number[] {
  const first = cells.findIndex(showsWidget);
  if (first === -1) return [];
  const length = cells.slice(first).findIndex((cell) => !showsWidget(cell));
  const end = length === -1 ? cells.length : first + length;
  return Array.from({ length: end - first }, (_, index) => first + index);
}

function showsWidget({ type, source, outputs }: Cell): boolean {
  // If a cell prints, its last expression is a value that isn't a widget.
  if (type !== "code" || outputs.some(({ kind }) => kind === "text")) return false;
  const shown = lastExpression(parseCell(source))?.expression;
  return shown !== undefined && mayBeWidget(shown);
}

function mayBeWidget(expression: ts.Expression): boolean {
  if (ts.isIdentifier(expression) || ts.isNewExpression(expression)) return true;
  return ts.isCallExpression(expression) && /^display$/.test(expression.expression.getText());
}
