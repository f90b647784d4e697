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
  ): SyntaxNode & { readonly parseDiagnostics?: readonly unknown[] };
  forEachChild(node: SyntaxNode, visit: (node: SyntaxNode) => void): void;
  isShorthandPropertyAssignment(node: SyntaxNode): boolean;
  isCallExpression(node: SyntaxNode): boolean;
}

/** A node of a syntax tree. */
export interface SyntaxNode {
  readonly kind: number;
  readonly end: number;
  /** Of a shorthand property. */
  readonly name?: { readonly text: string; readonly end: number };
  /** Of a call: what is called. */
  readonly expression?: SyntaxNode;
}

/** A text that is added to a cell's code. */
export interface Insertion {
  /** In UTF-16 code units from the start of the code. */
  readonly at: number;
  readonly text: string;
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
  const { ScriptKind, ScriptTarget } = typescript;
  const name = "cell.ts";
  const root = typescript.createSourceFile(name, code, ScriptTarget.Latest, false, ScriptKind.TS);
  if (root.parseDiagnostics?.length !== 0) return code;
  const insertions: Insertion[] = [];
  // Not recursive: a sum of some thousand terms is as deep.
  const left: SyntaxNode[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    const insertion = visit(node);
    if (insertion !== undefined) insertions.push(insertion);
    typescript.forEachChild(node, (child) => {
      left.push(child);
    });
  }
  let corrected = "";
  let copied = 0;
  for (const { at, text } of insertions.sort((a, b) => a.at - b.at)) {
    corrected += code.slice(copied, at) + text;
    copied = at;
  }
  return corrected + code.slice(copied);
}
