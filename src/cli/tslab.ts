import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { CommandError } from "./errors";
import type { Place } from "./place";
import type { PythonFacts } from "./python";
import type { System } from "./system";

/** The names of the kernels that tslab installs: TypeScript and JavaScript. */
export const kernelNames = ["tslab", "jslab"] as const;

/** A tslab on this machine. */
export interface Tslab {
  /** The script of its command, for Node. */
  readonly script: string;
  /** The program for a kernelspec to start. */
  readonly binary: string;
}

/**
 * Finds tslab: the one that the working folder resolves to, or else the one next to this package.
 *
 * @param ownDirectory - a folder of this package
 * @throws CommandError when there is none
 */
export function findTslab(system: System, ownDirectory: string): Tslab {
  for (const directory of [system.workingDirectory, ownDirectory]) {
    const home = resolveTslab(directory);
    if (home !== undefined) {
      const script = join(home, "bin", "tslab");
      return { script, binary: binaryOf(system, home) ?? script };
    }
  }
  throw new CommandError(
    `Cannot find tslab, the TypeScript kernel, from ${system.workingDirectory}. Run there: npm install tslab`,
  );
}

function resolveTslab(directory: string): string | undefined {
  try {
    return dirname(createRequire(join(directory, "resolve.js")).resolve("tslab/package.json"));
  } catch {
    return undefined;
  }
}

/**
 * The link that npm made for tslab's command. On Windows it is tslab.cmd, since Jupyter can't start
 * a script there.
 */
function binaryOf(system: System, home: string): string | undefined {
  const modules = dirname(home);
  const name = system.platform === "win32" ? "tslab.cmd" : "tslab";
  // npm puts the links of a local package into .bin, and those of a global one on Windows next to
  // node_modules.
  return [join(modules, ".bin", name), join(dirname(modules), name)].find((path) =>
    existsSync(path),
  );
}

/**
 * What to do where tslab finds no types of Node, as with pnpm: every cell that names console or
 * process fails there. Returns undefined where it finds them.
 *
 * tslab looks in the working folder, the folders above it, and its own.
 */
export function missingNodeTypes(system: System, tslab: Tslab): string | undefined {
  const folders = [dirname(dirname(tslab.script))];
  for (let folder = system.workingDirectory; folder !== dirname(folder); folder = dirname(folder)) {
    folders.push(folder);
  }
  const types = join("node_modules", "@types", "node", "package.json");
  if (folders.some((folder) => existsSync(join(folder, types)))) return undefined;
  return "Missing: @types/node, without which cells don't know console. Run: npm install --save-dev @types/node, or pnpm add -D @types/node";
}

/**
 * Runs tslab's own installer, which writes the kernelspecs.
 *
 * @throws CommandError when it fails
 */
export function installKernelspecs(
  system: System,
  tslab: Tslab,
  python: PythonFacts,
  place: Place,
): void {
  if (!python.canInstallKernels) {
    throw new CommandError(
      `Cannot install the kernel: ${python.executable} has no Jupyter. Run: ${python.executable} -m pip install jupyterlab, ` +
        "or name the Python that runs Jupyter with --python PY",
    );
  }
  const ended = system.run(process.execPath, [
    tslab.script,
    "install",
    ...["--python", python.executable],
    ...place.tslabArguments,
    ...["--binary", tslab.binary],
  ]);
  if (ended.status !== 0) {
    const output = `${ended.stdout}${ended.stderr}`.trim();
    throw new CommandError(`Cannot install the kernel: tslab install failed\n${output}`);
  }
}
