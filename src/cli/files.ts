import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Lists the files below a folder, relative to it, with forward slashes.
 *
 * @param isWanted - whether a file or folder of this name is listed
 */
export function listFiles(
  directory: string,
  isWanted: (name: string) => boolean = () => true,
): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => isWanted(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? listFiles(join(directory, entry.name), isWanted).map((file) => `${entry.name}/${file}`)
        : [entry.name],
    );
}

/** Lists the folders of a path, including itself, that don't exist yet, outermost first. */
export function missingDirectories(path: string): string[] {
  if (existsSync(path) || dirname(path) === path) return [];
  return [...missingDirectories(dirname(path)), path];
}

/** Removes a folder if it exists and is empty. */
export function removeIfEmpty(directory: string): void {
  if (existsSync(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
}
