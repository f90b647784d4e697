import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { removeIfEmpty } from "./files";
import {
  type Manifest,
  extensionFolder,
  manifestFile,
  moduleFolder,
  readManifest,
  writeManifest,
} from "./manifest";
import type { Place } from "./place";
import type { System } from "./system";

/**
 * Removes what install wrote, and prints it. Keeps kernelspecs that were changed or replaced since.
 *
 * @param kernelsOnly - remove the kernelspecs alone. The extension that install wrote stays
 */
export function uninstall(system: System, place: Place, kernelsOnly: boolean): void {
  const file = join(place.dataDirectory, manifestFile);
  const manifest = readManifest(file);
  if (manifest === undefined) {
    system.print(
      `Nothing to remove: jupyter-rfb-ts install wrote nothing in ${place.dataDirectory}`,
    );
    return;
  }
  const keepsExtension = kernelsOnly && manifest.files.some((path) => path !== manifestFile);
  const { removed, kept } = removeInstalled(
    place.dataDirectory,
    keepsExtension ? { ...manifest, files: [] } : manifest,
  );
  if (keepsExtension) writeManifest(file, { ...manifest, kernels: [] });
  for (const path of removed) system.print(`Removed ${path}`);
  for (const path of kept) system.print(`Kept ${path}: it is not the one that install wrote`);
  if (removed.length + kept.length === 0) {
    system.print(`Nothing to remove: jupyter-rfb-ts has no kernels in ${place.dataDirectory}`);
  }
}

/**
 * Removes a manifest's files, the kernelspecs that are still as written, and the folders that this
 * empties and that lead to them. Other folders stay, whatever the manifest names.
 */
export function removeInstalled(
  dataDirectory: string,
  manifest: Manifest,
): { readonly removed: readonly string[]; readonly kept: readonly string[] } {
  const removed: string[] = [];
  const kept: string[] = [];
  for (const { file, text } of manifest.kernels) {
    const path = join(dataDirectory, file);
    if (!existsSync(path)) continue;
    if (readFileSync(path, "utf8") !== text) {
      kept.push(dirname(path));
      continue;
    }
    rmSync(path);
    removeIfEmpty(dirname(path));
    // The user may have put files of their own next to it.
    removed.push(existsSync(dirname(path)) ? path : dirname(path));
  }
  const written = [extensionFolder, moduleFolder].map((folder) => join(dataDirectory, folder));
  const files = manifest.files.map((file) => join(dataDirectory, file));
  const roots = written.filter(
    (folder) => files.some((path) => path.startsWith(folder + sep)) && existsSync(folder),
  );
  const folders = new Set(roots);
  for (const path of files) {
    rmSync(path, { force: true });
    for (let folder = dirname(path); !written.includes(folder); folder = dirname(folder)) {
      folders.add(folder);
    }
  }
  // An inner folder's path is longer than its outer folder's.
  const innermostFirst = (a: string, b: string): number => b.length - a.length;
  for (const folder of [...folders].sort(innermostFirst)) removeIfEmpty(folder);
  const ownFolders = [
    ...written,
    ...manifest.kernels.map(({ file }) => dirname(join(dataDirectory, file))),
  ];
  const leading = manifest.directories.filter((folder) =>
    ownFolders.some((own) => contains(folder, own)),
  );
  for (const folder of leading.sort(innermostFirst)) removeIfEmpty(folder);
  for (const folder of roots) (existsSync(folder) ? kept : removed).push(folder);
  return { removed, kept };
}

/** Whether a folder is an absolute path's, or lies above it. */
function contains(folder: string, path: string): boolean {
  if (!isAbsolute(folder)) return false;
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(sep)[0] !== "..";
}
