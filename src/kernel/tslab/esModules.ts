/**
 * Loads ES modules that tslab can't load. It turns `import` and `import()` into `require()`, which
 * throws for a module that awaits at its top level, and in older versions of Node for any ES
 * module.
 *
 * A cell's `import()` then gets the module from Node's own `import()`. An `import` can't wait for
 * it: its error says what to do.
 */
import { errorMessage } from "../../protocol/errors";
import { importFrom, MissingModuleError } from "../node/load";
import { insertInto, type TypeScript } from "./cellSyntax";

/** What a cell's `import()` calls when it fails, as a property of `globalThis`. */
const RETRY = Symbol.for("jupyter-rfb-ts.import");

/** The codes of Node's errors when it can't `require()` an ES module. */
const ES_MODULE_CODES: ReadonlySet<unknown> = new Set([
  "ERR_REQUIRE_ASYNC_MODULE",
  "ERR_REQUIRE_ESM",
]);

/** `globalThis.__tslab__`. */
interface RequireScope {
  require: NodeJS.Require;
}

/**
 * Has each `import()` of a cell call this module when it fails. Its type stays what it is: the
 * module's.
 */
export function redirectImports(typescript: TypeScript, code: string): string {
  if (!/\bimport\s*\(/.test(code)) return code;
  const text = `.catch(globalThis[Symbol.for("${RETRY.description}")])`;
  return insertInto(typescript, code, (node) =>
    typescript.isCallExpression(node) &&
    node.expression?.kind === typescript.SyntaxKind.ImportKeyword
      ? { at: node.end, text }
      : undefined,
  );
}

/**
 * Has cells load ES modules that `require()` can't load. Does nothing if this tslab differs from
 * what is expected.
 *
 * @param scope - `globalThis.__tslab__`
 * @param folder - The folder that cells import from.
 */
export function installEsModules(scope: unknown, folder: string): void {
  /** The module by the error that its `require()` threw. */
  const failed = new WeakMap<object, string>();
  Object.defineProperty(globalThis, RETRY, {
    configurable: true,
    writable: true,
    value: async (error: Error): Promise<unknown> => {
      const name = failed.get(error);
      if (name === undefined) throw error;
      try {
        return await importFrom(folder, name);
      } catch (failure) {
        // Such as a TypeScript file, which only tslab finds.
        throw failure instanceof MissingModuleError ? error : failure;
      }
    },
  });
  const tslab = scope as Partial<RequireScope> | undefined;
  if (typeof tslab?.require !== "function") return;
  tslab.require = new Proxy(tslab.require, {
    apply(target, self, args: [string]) {
      try {
        return Reflect.apply(target, self, args) as unknown;
      } catch (error) {
        const [name] = args;
        const explained = explain(name, error);
        if (explained === undefined) throw error;
        failed.set(explained, name);
        throw explained;
      }
    },
  });
}

/** The error of a `require()` that Node's own `import()` may do without. */
function explain(name: string, error: unknown): Error | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const advice = `write await import("${name}"), or await load("${name}") with load from "jupyter-rfb-ts"`;
  if (code === "ERR_PACKAGE_PATH_NOT_EXPORTED") {
    return briefError(code, `${errorMessage(error)}. If it is an ES module, ${advice}`);
  }
  // The latter while import() loads it, or after that has failed: Node 20 has no code for it.
  if (!ES_MODULE_CODES.has(code) && !errorMessage(error).startsWith("Cannot require() ES Module")) {
    return undefined;
  }
  return briefError(
    code,
    `"${name}" is an ES module, or uses one, that require() can't load, ` +
      `and tslab turns import into require(): ${advice}`,
  );
}

/**
 * An error whose stack can't be written: Node would put the line of this file before it that throws
 * the error.
 */
function briefError(code: unknown, message: string): Error {
  const error = new Error(message);
  return Object.defineProperties(error, {
    code: { value: code },
    stack: { value: error.stack, writable: false },
  });
}
