/** Reads a cell's code with tslab's own TypeScript, which parses JavaScript too. */

/** The part of tslab's TypeScript that is used for it. */
export interface TypeScript {
  readonly ScriptKind: { readonly TS: number };
  readonly ScriptTarget: { readonly Latest: number };
  readonly SyntaxKind: { readonly ImportKeyword: number };
  createSourceFile(
    name: string,
    code: string,
    target: number,
    setParents: boolean,
    kind: number,
  ): CellTree;
  forEachChild(node: SyntaxNode, visit: (node: SyntaxNode) => void): void;
  isShorthandPropertyAssignment(node: SyntaxNode): boolean;
  isCallExpression(node: SyntaxNode): boolean;
  isForOfStatement(node: SyntaxNode): boolean;
  isFunctionLike(node: SyntaxNode): boolean;
}

/** A whole cell. */
export interface CellTree extends SyntaxNode {
  readonly statements: readonly SyntaxNode[];
  readonly parseDiagnostics?: readonly unknown[];
}

/** A node of a syntax tree. */
export interface SyntaxNode {
  readonly kind: number;
  readonly end: number;
  /** Of a shorthand property. */
  readonly name?: { readonly text: string; readonly end: number };
  /** Of a call: what is called. */
  readonly expression?: SyntaxNode;
  /** Of a loop: the `await` of `for await`. */
  readonly awaitModifier?: object;
  getStart(file: CellTree): number;
}

/** A text that is added to a cell's code. */
export interface Insertion {
  /** In UTF-16 code units from the start of the code. */
  readonly at: number;
  readonly text: string;
}

/** Whether a value is such a TypeScript. */
export function isTypeScript(value: unknown): value is TypeScript {
  const typescript = value as Partial<TypeScript> | null | undefined;
  return (
    typeof typescript?.createSourceFile === "function" &&
    typeof typescript.forEachChild === "function" &&
    typeof typescript.isShorthandPropertyAssignment === "function" &&
    typeof typescript.isCallExpression === "function" &&
    typeof typescript.isForOfStatement === "function" &&
    typeof typescript.isFunctionLike === "function"
  );
}

/** Parses a cell's code; undefined if it has a syntax error. */
export function parseCell(typescript: TypeScript, code: string): CellTree | undefined {
  const { ScriptKind, ScriptTarget } = typescript;
  const name = "cell.ts";
  const tree = typescript.createSourceFile(name, code, ScriptTarget.Latest, false, ScriptKind.TS);
  return tree.parseDiagnostics?.length === 0 ? tree : undefined;
}

/** All nodes of a tree, without those below a node that `enters` rejects. */
export function* nodesOf(
  typescript: TypeScript,
  tree: CellTree,
  enters: (node: SyntaxNode) => boolean = () => true,
): Generator<SyntaxNode> {
  // Not recursive: a sum of some thousand terms is as deep.
  const left: SyntaxNode[] = [tree];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    yield node;
    typescript.forEachChild(node, (child) => {
      if (enters(child)) left.push(child);
    });
  }
}

/**
 * Adds to a cell's code. Code with a syntax error stays as it is, so that tslab reports it where
 * the user wrote it.
 *
 * @param visit - Returns what a node needs; undefined if nothing.
 */
export function insertInto(
  typescript: TypeScript,
  code: string,
  visit: (node: SyntaxNode) => Insertion | undefined,
): string {
  const tree = parseCell(typescript, code);
  if (tree === undefined) return code;
  const insertions: Insertion[] = [];
  for (const node of nodesOf(typescript, tree)) {
    const insertion = visit(node);
    if (insertion !== undefined) insertions.push(insertion);
  }
  let corrected = "";
  let copied = 0;
  for (const { at, text } of insertions.sort((a, b) => a.at - b.at)) {
    corrected += code.slice(copied, at) + text;
    copied = at;
  }
  return corrected + code.slice(copied);
}
