/**
 * Corrects what tslab gets wrong in a cell's code: it turns a name from an earlier cell into
 * `exports.name`, but not in a shorthand property. `({ data })` then fails with "data is not
 * defined". The code that tslab gets says `({ data: data })` instead.
 */
import { insertInto, type TypeScript } from "./cellSyntax";
import { redirectImports } from "./esModules";
import type { TslabModule } from "./tslabKernelInternals";

export type { TypeScript } from "./cellSyntax";

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
  return insertInto(typescript, code, (node) => {
    const { name } = node;
    return typescript.isShorthandPropertyAssignment(node) && name && isEarlier(name.text)
      ? { at: name.end, text: `: ${name.text}` }
      : undefined;
  });
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
  const isEarlier = (name: string): boolean => Object.hasOwn(names(), name);
  prototype.handleExecuteImpl = function (request, ...rest) {
    const code = correct(parser as TypeScript, request.code, isEarlier);
    return run.call(this, { ...request, code }, ...rest);
  };
}

function correct(
  typescript: TypeScript,
  code: string,
  isEarlier: (name: string) => boolean,
): string {
  try {
    return redirectImports(typescript, expandShorthands(typescript, code, isEarlier));
  } catch {
    // Too deeply nested for TypeScript's parser: tslab fails too, and says so.
    return code;
  }
}
