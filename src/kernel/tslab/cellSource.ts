/**
 * Corrects what tslab gets wrong in a cell's code: it turns a name from an earlier cell into
 * `exports.name`, but not in a shorthand property. `({ data })` then fails with "data is not
 * defined". The code that tslab gets says `({ data: data })` instead.
 */
import type { TslabModule } from "./tslabKernelInternals";

/** The part of tslab's TypeScript that is used here. */
export interface TypeScript {
  readonly ScriptKind: { readonly TS: number; readonly JS: number };
  readonly ScriptTarget: { readonly Latest: number };
  createSourceFile(
    name: string,
    code: string,
    target: number,
    setParents: boolean,
    kind: number,
  ): SyntaxNode;
  forEachChild(node: SyntaxNode, visit: (node: SyntaxNode) => void): void;
  isShorthandPropertyAssignment(node: SyntaxNode): boolean;
}

/** A node of a syntax tree. */
interface SyntaxNode {
  /** Of a shorthand property. */
  readonly name?: { readonly text: string; readonly end: number };
}

/** `JupyterHandlerImpl.prototype`, whose method runs a cell when its turn has come. */
interface HandlerPrototype {
  handleExecuteImpl(this: unknown, request: { readonly code: string }, ...rest: unknown[]): unknown;
}

/**
 * Writes shorthand properties out where the name may come from an earlier cell. Assignment patterns
 * have them too: `({ data = 5 } = object)` becomes `({ data: data = 5 } = object)`.
 *
 * @param isEarlier - Whether an earlier cell has declared a name.
 */
export function expandShorthands(
  typescript: TypeScript,
  code: string,
  isEarlier: (name: string) => boolean,
): string {
  const { ScriptKind, ScriptTarget } = typescript;
  // TypeScript's syntax contains JavaScript's.
  const root = typescript.createSourceFile(
    "cell.ts",
    code,
    ScriptTarget.Latest,
    false,
    ScriptKind.TS,
  );
  const places: { readonly text: string; readonly end: number }[] = [];
  const visit = (node: SyntaxNode): void => {
    const { name } = node;
    if (typescript.isShorthandPropertyAssignment(node) && name && isEarlier(name.text)) {
      places.push(name);
    }
    typescript.forEachChild(node, visit);
  };
  visit(root);
  return places.reduceRight(
    (text, { text: name, end }) => `${text.slice(0, end)}: ${name}${text.slice(end)}`,
    code,
  );
}

/**
 * Has tslab get corrected code. Does nothing if this tslab differs from what is expected: its users
 * can write properties out themselves.
 *
 * @param names - Returns the names that earlier cells have declared.
 */
export function installCellSource({ handler, typescript }: TslabModule, names: () => object): void {
  const prototype = handler as Partial<HandlerPrototype> | undefined;
  const run = prototype?.handleExecuteImpl;
  if (prototype === undefined || typeof run !== "function") return;
  const parser = typescript as Partial<TypeScript> | undefined;
  if (typeof parser?.isShorthandPropertyAssignment !== "function") return;
  prototype.handleExecuteImpl = function (request, ...rest) {
    const isEarlier = (name: string): boolean => Object.hasOwn(names(), name);
    const code = expandShorthands(parser as TypeScript, request.code, isEarlier);
    return run.call(this, { ...request, code }, ...rest);
  };
}
