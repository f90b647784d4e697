import { existsSync, readFileSync } from "node:fs";
import { join, posix, win32 } from "node:path";
import { isObject } from "../protocol/checks";
import type { System } from "./system";
import { kernelNames } from "./tslab";

/** The tslab and jslab kernelspecs in one of Jupyter's data folders: the paths of kernel.json. */
export function findKernelspecs(dataDirectory: string): readonly string[] {
  return kernelNames
    .map((name) => join(dataDirectory, "kernels", name, "kernel.json"))
    .filter((file) => existsSync(file));
}

/**
 * Why Jupyter can't start a kernelspec's program; undefined if it can.
 *
 * tslab's own installer writes the name "tslab", which only a global installation has on the PATH.
 */
export function startProblem(system: System, file: string): string | undefined {
  const program = programOf(file);
  if (program === undefined) return "it names no program";
  const path = system.platform === "win32" ? win32 : posix;
  if (path.isAbsolute(program)) {
    return existsSync(program) ? undefined : `its program ${program} doesn't exist`;
  }
  // Jupyter would look for it from the folder of each notebook.
  if (/[\\/]/.test(program)) return `its program ${program} isn't an absolute path`;
  return isOnPath(system, program) ? undefined : `its program ${program} isn't on the PATH`;
}

function programOf(file: string): string | undefined {
  try {
    const spec: unknown = JSON.parse(readFileSync(file, "utf8"));
    const argv: readonly unknown[] = isObject(spec) && Array.isArray(spec.argv) ? spec.argv : [];
    const [program] = argv;
    return typeof program === "string" && program !== "" ? program : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the PATH has a program, for Jupyter as well as for this process. */
function isOnPath({ platform, env }: System, program: string): boolean {
  const isWindows = platform === "win32";
  const path = isWindows ? win32 : posix;
  const ends = isWindows ? ["", ...(env["PATHEXT"] ?? ".EXE;.CMD;.BAT").split(";")] : [""];
  return (env["PATH"] ?? env["Path"] ?? "")
    .split(path.delimiter)
    .filter((folder) => folder !== "" && !isOfNpx(folder))
    .some((folder) => ends.some((end) => existsSync(path.join(folder, program + end))));
}

/** npx puts these folders on the PATH of what it runs, and of nothing else. */
function isOfNpx(folder: string): boolean {
  return /[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder);
}
