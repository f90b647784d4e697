/**
 * Makes the errors of a cell say first what is wrong. After TypeScript's errors come hints. Before
 * an error that this package throws, Node prints the line of its source that throws it, which says
 * nothing to the cell's author: that goes.
 */
import { aroundCells, type WriteStream } from "./cellHandler";
import { compileHints } from "./compileHints";
import { callsTslabDisplay, TSLAB_DISPLAY_HINT } from "./displayHint";
import type { TslabModule } from "./tslabKernelInternals";

/** What tslab prints for one of TypeScript's errors. */
const COMPILE_ERROR = /^(?:\S+ )?\d+:\d+ - ./;

/** The place, the line and the mark below it, before an error's own text. */
const EXCERPT = /^(\S.*):\d+\n.*\n\s*\^+\n\n(?=\w*Error\b)/;

/** The folder of this package's built files. */
const LIBRARY = __dirname.replace(/kernel.tslab$/, "");

/** Removes the excerpt of a source file of a folder from an error's text. */
export function withoutExcerpt(text: string, folder: string): string {
  const [excerpt, path] = EXCERPT.exec(text) ?? [];
  return excerpt !== undefined && path?.startsWith(folder) === true
    ? text.slice(excerpt.length)
    : text;
}

/**
 * Has tslab print errors so. Does nothing if this tslab differs from what is expected.
 *
 * @param names - Returns what earlier cells have declared, by name.
 */
export function installCellErrors(tslab: TslabModule, names: () => object): void {
  aroundCells(tslab, async ({ code, write }, run) => {
    let errors = "";
    const writeBrief: WriteStream = (name, text) => {
      if (name !== "stderr") return write(name, text);
      if (COMPILE_ERROR.test(text)) errors += text;
      return write(name, withoutExcerpt(text, LIBRARY));
    };
    try {
      return await run({ write: writeBrief });
    } catch (error) {
      const declared = names();
      const hints = compileHints({
        errors,
        isFrameBuffer: (name) => isFrameBuffer(Reflect.get(declared, name)),
      });
      const display = callsTslabDisplay(code, declared) ? [TSLAB_DISPLAY_HINT] : [];
      for (const hint of [...hints, ...display]) write("stderr", `help: ${hint}\n`);
      throw error;
    }
  });
}

function isFrameBuffer(value: unknown): boolean {
  if (typeof value !== "function") return false;
  const { prototype } = value as { readonly prototype?: unknown };
  return typeof prototype === "object" && prototype !== null && "request_draw" in prototype;
}
