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
  /** Its command's script, to be run by Node. */
  readonly script: string;
  /** The program that a kernelspec names. */
  readonly binary: string;
}

/**
 * Finds tslab: the one of the person's folder, or else the one beside this package.
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

/** The link that npm made for tslab's command. Jupyter cannot start a script on Windows: there npm makes tslab.cmd. */
function binaryOf(system: System, home: string): string | undefined {
  const modules = dirname(home);
  const name = system.platform === "win32" ? "tslab.cmd" : "tslab";
  // Beside a package of the folder, and beside a global one on Windows.
  return [join(modules, ".bin", name), join(dirname(modules), name)].find((path) =>
    existsSync(path),
  );
}

/**
 * Lets tslab write its kernelspecs.
 *
 * @throws CommandError when that fails
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
