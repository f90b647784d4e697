/** Where things lie in the repository. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** An absolute path from one that is relative to the root.
 * @param {...string} parts */
export const at = (...parts) => join(root, ...parts);

const windows = process.platform === "win32";

/** @param {string} venv a folder relative to the root */
const pythonIn = (venv) =>
  windows ? at(venv, "Scripts", "python.exe") : at(venv, "bin", "python");

/** The development environment's Python. */
export const venvPython = pythonIn(".venv");

/** The development environment's folder of commands. */
export const venvBin = dirname(venvPython);

/** The Python of the other places that show notebooks, for their tests. */
export const hostsPython = pythonIn(".venv-hosts");

/** The folder of commands of {@link hostsPython}. */
export const hostsBin = dirname(hostsPython);

/** The `tslab` command of the repository's own node_modules. */
export const tslabBinary = at("node_modules", ".bin", windows ? "tslab.cmd" : "tslab");
