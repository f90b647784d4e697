/** Where things lie in the repository. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** An absolute path from one that is relative to the root.
 * @param {...string} parts */
export const at = (...parts) => join(root, ...parts);

const windows = process.platform === "win32";

/** The development environment's Python. */
export const venvPython = windows
  ? at(".venv", "Scripts", "python.exe")
  : at(".venv", "bin", "python");

/** The development environment's folder of commands. */
export const venvBin = dirname(venvPython);

/** The `tslab` command of the repository's own node_modules. */
export const tslabBinary = at("node_modules", ".bin", windows ? "tslab.cmd" : "tslab");
