/**
 * Lets a cell contain a `for await` loop outside of any function. tslab runs a cell as an async
 * function only if it contains an `await` expression, and this loop is none. So such a cell gets
 * one, in its first line.
 */
import type { TslabModule } from "./tslabKernelInternals";

/** The part of tslab's TypeScript that is used here. */
export interface LoopParser {
  readonly ScriptKind: { readonly TS: number };
  readonly ScriptTarget: { readonly Latest: number };
  createSourceFile(
    name: string,
    code: string,
    target: number,
    setParents: boolean,
    kind: number,
  ): SyntaxNode & { readonly statements: readonly SyntaxNode[] };
  forEachChild(node: SyntaxNode, visit: (node: SyntaxNode) => void): void;
  isForOfStatement(node: SyntaxNode): boolean;
  isFunctionLike(node: SyntaxNode): boolean;
}

/** A node of a syntax tree. */
interface SyntaxNode {
  /** Of a loop: the `await` of `for await`. */
  readonly awaitModifier?: object;
  getStart(file: SyntaxNode): number;
}

/** `JupyterHandlerImpl.prototype`, whose method runs a cell when its turn has come. */
interface HandlerPrototype {
  handleExecuteImpl(this: unknown, request: { readonly code: string }, ...rest: unknown[]): unknown;
}

/** The statement is put before the first one, so that the cell's lines keep their numbers. */
const AWAIT = "await null; ";

/** Adds an `await` to a cell with a `for await` loop outside of any function. */
export function awaitTopLevelLoops(typescript: LoopParser, code: string): string {
  // Parsing takes longer.
  if (!/\bfor\s+await\b/.test(code)) return code;
  const { ScriptKind, ScriptTarget } = typescript;
  const root = typescript.createSourceFile(
    "cell.ts",
    code,
    ScriptTarget.Latest,
    false,
    ScriptKind.TS,
  );
  const [first] = root.statements;
  const left: SyntaxNode[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (typescript.isForOfStatement(node) && node.awaitModifier !== undefined && first) {
      const start = first.getStart(root);
      return code.slice(0, start) + AWAIT + code.slice(start);
    }
    typescript.forEachChild(node, (child) => {
      if (!typescript.isFunctionLike(child)) left.push(child);
    });
  }
  return code;
}

/**
 * Has tslab run such cells. Does nothing if this tslab differs from what is expected: its users can
 * add an `await` themselves.
 */
export function installTopLevelLoops({ handler, typescript }: TslabModule): void {
  const prototype = handler as Partial<HandlerPrototype> | undefined;
  const run = prototype?.handleExecuteImpl;
  if (prototype === undefined || typeof run !== "function") return;
  const parser = typescript as Partial<LoopParser> | undefined;
  if (typeof parser?.isForOfStatement !== "function") return;
  prototype.handleExecuteImpl = function (request, ...rest) {
    const code = awaitTopLevelLoops(parser as LoopParser, request.code);
    return run.call(this, { ...request, code }, ...rest);
  };
}
