/**
 * Lets a cell contain a `for await` loop outside of any function. tslab runs a cell as an async
 * function only if it contains an `await` expression, and this loop is none. So such a cell gets
 * one, in its first line.
 */
import { nodesOf, parseCell, type TypeScript } from "./cellSyntax";

/** The statement is put before the first one, so that the cell's lines keep their numbers. */
const AWAIT = "await null; ";

/** Adds an `await` to a cell with a `for await` loop outside of any function. */
export function awaitTopLevelLoops(typescript: TypeScript, code: string): string {
  // Parsing takes longer.
  if (!/\bfor\s+await\b/.test(code)) return code;
  const tree = parseCell(typescript, code);
  const [first] = tree?.statements ?? [];
  if (tree === undefined || first === undefined) return code;
  for (const node of nodesOf(typescript, tree, (one) => !typescript.isFunctionLike(one))) {
    if (!typescript.isForOfStatement(node) || node.awaitModifier === undefined) continue;
    const start = first.getStart(tree);
    return code.slice(0, start) + AWAIT + code.slice(start);
  }
  return code;
}
