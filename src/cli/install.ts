import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { isObject } from "../protocol/checks";
import { CommandError } from "./errors";
import { listFiles, missingDirectories } from "./files";
import {
  type Manifest,
  extensionFolder,
  manifestFile,
  moduleFolder,
  readManifest,
  writeManifest,
} from "./manifest";
import type { Place } from "./place";
import type { PythonFacts } from "./python";
import type { System } from "./system";
import { findTslab, installKernelspecs, kernelNames, missingNodeTypes } from "./tslab";
import { removeInstalled } from "./uninstall";

/** This package. */
export interface OwnPackage {
  readonly directory: string;
  readonly version: string;
}

/** What to install, and for whom. */
export interface InstallOptions {
  /** The Python that runs Jupyter. */
  readonly python: PythonFacts;
  readonly place: Place;
  /** Write the kernelspecs alone. An extension that is there stays as it is. */
  readonly kernelsOnly: boolean;
}

/** The files of the AMD module, by their names where VS Code looks, in the package. */
const MODULE_FILES = {
  "index.js": "dist/index.js",
  "extension.js": "nbextension/extension.js",
} as const;

/**
 * Puts the kernelspecs, the prebuilt extension and the AMD module where Jupyter and VS Code look,
 * or the kernelspecs alone, and prints what it wrote.
 *
 * @throws CommandError when something is missing, before it writes anything
 */
export function install(system: System, own: OwnPackage, options: InstallOptions): void {
  const { python, place, kernelsOnly } = options;
  if (!kernelsOnly) checkBuilt(own);
  const target = join(place.dataDirectory, extensionFolder);
  const module = join(place.dataDirectory, moduleFolder);
  const tslab = findTslab(system, own.directory);
  const manifestPath = join(place.dataDirectory, manifestFile);
  const before = readManifest(manifestPath);
  // Another program's extension stays its own, however often this command has run.
  const isOwn = before?.files.includes(`${extensionFolder}/package.json`) === true;
  const keptFiles = isOwn ? before.files : [manifestFile];
  const keepExtension = kernelsOnly || (!isOwn && checkForeignExtension(target, own));
  refuseLink(kernelsOnly ? target : module);

  const directories = [
    ...new Set([
      ...(before?.directories ?? []),
      ...missingDirectories(target),
      ...(kernelsOnly ? [] : missingDirectories(module)),
      ...kernelNames.flatMap((name) => missingDirectories(kernelDirectory(place, name))),
    ]),
  ];
  system.print(`Installing jupyter-rfb-ts ${own.version} into ${place.description}`);
  const others = kernelNames.map((name) => otherProgram(place, name, before));
  installKernelspecs(system, tslab, python, place);
  kernelNames.forEach((name, index) => {
    const other = others[index];
    const note = other === undefined ? "" : ` (it was there before, for ${other})`;
    system.print(`Wrote ${kernelDirectory(place, name)}${note}`);
  });

  if (kernelsOnly) {
    if (isOwn) system.print(`Kept ${target}: the extension that was installed before`);
  } else if (keepExtension) {
    system.print(`Kept ${target}: the same version, installed by something else`);
  } else {
    if (before !== undefined) removeInstalled(place.dataDirectory, { ...before, kernels: [] });
    copyExtension(join(own.directory, "labextension"), target, own, place);
    system.print(`Wrote ${target}`);
    for (const [name, file] of Object.entries(MODULE_FILES)) {
      mkdirSync(module, { recursive: true });
      copyFileSync(join(own.directory, file), join(module, name));
    }
    system.print(`Wrote ${module}`);
  }
  writeManifest(manifestPath, {
    version: own.version,
    files: keepExtension
      ? keptFiles
      : [
          ...listFiles(target).map((file) => `${extensionFolder}/${file}`),
          ...Object.keys(MODULE_FILES).map((file) => `${moduleFolder}/${file}`),
          manifestFile,
        ],
    kernels: kernelNames.map((name) => {
      const file = `kernels/${name}/kernel.json`;
      return { file, text: readFileSync(join(place.dataDirectory, file), "utf8") };
    }),
    directories,
  });
  if (!python.hasWidgets) {
    system.print(
      `Missing: jupyterlab_widgets, which shows widgets. Run: ${python.executable} -m pip install jupyterlab_widgets`,
    );
  }
  if (kernelsOnly && !existsSync(join(target, "package.json"))) {
    system.print(
      'To show pictures without the extension, run: pip install anywidget. Then set front_end: "anywidget" for each picture, or JUPYTER_RFB_FRONT_END=anywidget in Jupyter\'s environment for all pictures',
    );
  }
  const problem = missingNodeTypes(system, tslab);
  if (problem !== undefined) system.print(problem);
  const only = kernelsOnly && isOwn ? " --kernels-only" : "";
  system.print(`To remove it: npx jupyter-rfb-ts uninstall ${place.ownArguments}${only}`);
}

/** @throws CommandError when the extension or the module isn't built, as in a clone */
function checkBuilt(own: OwnPackage): void {
  for (const file of ["labextension/package.json", ...Object.values(MODULE_FILES)]) {
    const path = join(own.directory, file);
    if (!existsSync(path)) {
      throw new CommandError(`Cannot install: ${path} is not built. Run: npm run build`);
    }
  }
}

function kernelDirectory(place: Place, name: string): string {
  return join(place.dataDirectory, "kernels", name);
}

/** The program of an existing kernelspec that this command did not write. */
function otherProgram(
  place: Place,
  name: string,
  before: Manifest | undefined,
): string | undefined {
  const text = readIfThere(join(kernelDirectory(place, name), "kernel.json"));
  if (text === undefined || before?.kernels.some((kernel) => kernel.text === text)) {
    return undefined;
  }
  return /"argv":\s*\[\s*"([^"]*)"/.exec(text)?.[1] ?? "something else";
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/**
 * Checks for an extension that something else installed, such as pip.
 *
 * @returns whether there is one, of the same version
 * @throws CommandError when it has another version, or is a link into a source tree
 */
function checkForeignExtension(target: string, own: OwnPackage): boolean {
  refuseLink(target);
  // The manifest alone is that of an install without the extension.
  const found = existsSync(target) ? readdirSync(target) : [];
  if (found.every((name) => name === basename(manifestFile))) return false;
  const version = versionIn(join(target, "package.json"));
  if (version === own.version) return true;
  throw new CommandError(
    `Cannot write ${target}: version ${version ?? "unknown"} was installed there by something else. ` +
      "Remove it first: pip uninstall jupyter-rfb-ts",
  );
}

/** @throws CommandError when a folder is a link, maybe into a source tree */
function refuseLink(target: string): void {
  if (lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    throw new CommandError(`Cannot write ${target}: it is a link. Remove it first`);
  }
}

function versionIn(file: string): string | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isObject(value) && typeof value.version === "string" ? value.version : undefined;
  } catch {
    return undefined;
  }
}

function copyExtension(source: string, target: string, own: OwnPackage, place: Place): void {
  for (const file of listFiles(source)) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    copyFileSync(join(source, file), join(target, file));
  }
  // `jupyter labextension list` and JupyterLab's extension manager show it.
  const origin = {
    packageManager: "npm",
    packageName: "jupyter-rfb-ts",
    uninstallInstructions: `Run: npx jupyter-rfb-ts@${own.version} uninstall ${place.ownArguments}`,
  };
  writeFileSync(join(target, "install.json"), `${JSON.stringify(origin, undefined, 2)}\n`);
}
