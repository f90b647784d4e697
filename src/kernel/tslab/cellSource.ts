/**
 * Corrects a cell's code before tslab runs it. tslab turns a name from an earlier cell into
 * `exports.name`, but not in a shorthand property. `({ data })` then fails with "data is not
 * defined". The code that tslab gets says `({ data: data })` instead.
 */
import { aroundCells } from "./cellHandler";
import { insertInto, isTypeScript, type TypeScript } from "./cellSyntax";
import { redirectImports } from "./esModules";
import { awaitTopLevelLoops } from "./topLevelLoops";
import type { TslabModule } from "./tslabKernelInternals";

export type { TypeScript } from "./cellSyntax";

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
export function installCellSource(tslab: TslabModule, names: () => object): void {
  const { typescript } = tslab;
  if (!isTypeScript(typescript)) return;
  const isEarlier = (name: string): boolean => Object.hasOwn(names(), name);
  aroundCells(tslab, ({ code }, run) => run({ code: correct(typescript, code, isEarlier) }));
}

function correct(
  typescript: TypeScript,
  code: string,
  isEarlier: (name: string) => boolean,
): string {
  try {
    const expanded = expandShorthands(typescript, code, isEarlier);
    return awaitTopLevelLoops(typescript, redirectImports(typescript, expanded));
  } catch {
    // Too deeply nested for TypeScript's parser: tslab fails too, and says so.
    return code;
  }
}
