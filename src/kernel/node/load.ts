import Module from "node:module";
import { isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describeValue } from "../../protocol/errors";

/**
 * Loads a module with Node's own `import()`. Use it in a notebook for an ES module that awaits at
 * its top level, such as vega, if `await import("vega")` isn't possible: tslab turns imports into
 * `require()`, which can't load such a module.
 *
 *     const vega = await load<typeof import("vega")>("vega");
 *
 * Without a type argument the result is untyped, as that of `require()`.
 *
 * @param name - A package, `"node:fs"`, `"./file.mjs"`, an absolute path or a `file:` URL. Packages
 *   and relative paths are looked up from the kernel's working directory, which is the notebook's
 *   folder. A module is loaded once: `"./file.mjs?2"` loads a changed file again.
 * @throws Error when there is no such module, and whatever the module throws; TypeError for a name
 *   that isn't a text.
 */
export function load<Module = ReturnType<NodeJS.Require>>(name: string): Promise<Module>;
export async function load(name: unknown): Promise<unknown> {
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`load: expected the name of a module, got ${describeValue(name)}`);
  }
  return importFrom(process.cwd(), name);
}

/** A module of Node's, whose method for compiling it is not in the types. */
interface CompilingModule {
  exports: (name: string) => Promise<unknown>;
  _compile(code: string, filename: string): void;
}

/**
 * Imports a module as a file in a folder would. Node resolves names for the file that has the
 * `import()`, so this compiles one there. node:vm can do that too, but Node 20 and 22 then print a
 * warning.
 */
export async function importFrom(folder: string, name: string): Promise<unknown> {
  const importingFile = join(folder, "notebook.js");
  const module = new Module(importingFile) as unknown as CompilingModule;
  module._compile("module.exports = (name) => import(name);", importingFile);
  const doImport = module.exports;
  try {
    return await doImport(isAbsolute(name) ? pathToFileURL(name).href : name);
  } catch (error) {
    throw isMissing(error, importingFile) ? new MissingModuleError(name, folder, error) : error;
  }
}

/** Node's error for a module that isn't there. */
interface NotFound {
  readonly message: string;
  /** The place of a missing file. */
  readonly url?: unknown;
}

/** A module isn't there. */
export class MissingModuleError extends Error {
  /** As Node's own error has it. */
  readonly code = "ERR_MODULE_NOT_FOUND";

  constructor(name: string, folder: string, { message, url }: NotFound) {
    const [, packageName] = /^((?:@[^/]+\/)?[^/]+)/.exec(name) ?? [];
    const advice = message.startsWith("Cannot find package")
      ? `run "npm install ${packageName}" there`
      : `there is no ${typeof url === "string" ? fileURLToPath(url) : "such file"}`;
    super(`cannot find module "${name}" from ${folder}: ${advice}`);
  }
}

/** Whether a module itself is missing, and not one that it imports. */
function isMissing(error: unknown, importingFile: string): error is NotFound {
  const { code, message } = (error ?? {}) as {
    readonly code?: unknown;
    readonly message?: unknown;
  };
  return (
    code === "ERR_MODULE_NOT_FOUND" &&
    typeof message === "string" &&
    message.endsWith(` imported from ${importingFile}`)
  );
}
