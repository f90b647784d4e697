import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isObject } from "../protocol/checks";
import { CommandError } from "./errors";

/** What an install wrote. Paths are relative to Jupyter's data folder, with forward slashes. */
export interface Manifest {
  readonly version: string;
  /** The files of the extension and of the AMD module, including this manifest. */
  readonly files: readonly string[];
  /** The kernelspecs: the path of each kernel.json, and the text that was written to it. */
  readonly kernels: readonly { readonly file: string; readonly text: string }[];
  /**
   * The folders that install made, outermost first. Absolute, since some lie above the data folder.
   */
  readonly directories: readonly string[];
}

/** The extension's folder, relative to Jupyter's data folder. */
export const extensionFolder = "labextensions/jupyter-rfb-ts";

/** The folder of the AMD module, for VS Code, relative to Jupyter's data folder. */
export const moduleFolder = "nbextensions/jupyter-rfb-ts";

/** The manifest's file, relative to Jupyter's data folder. */
export const manifestFile = `${extensionFolder}/npm-install.json`;

/**
 * Reads a manifest.
 *
 * @returns undefined if there is none
 * @throws CommandError if the file isn't a manifest, so that what to remove is unknown
 */
export function readManifest(file: string): Manifest | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const manifest = parseManifest(text);
  if (manifest === undefined) {
    throw new CommandError(
      `${file}: expected what install wrote, got something else; remove its folder by hand`,
    );
  }
  return manifest;
}

/** Writes a manifest, and makes its folder. */
export function writeManifest(file: string, manifest: Manifest): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

function parseManifest(text: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { version, files, kernels, directories } = value;
  if (typeof version !== "string" || !isStrings(files) || !isStrings(directories)) return undefined;
  const isOwn = (file: string): boolean =>
    [extensionFolder, moduleFolder].some((folder) => file.startsWith(`${folder}/`));
  if (!files.every((file) => isOwn(file) && !isUpward(file))) return undefined;
  if (!Array.isArray(kernels)) return undefined;
  const specs: { file: string; text: string }[] = [];
  for (const kernel of kernels as unknown[]) {
    if (!isObject(kernel)) return undefined;
    const { file, text } = kernel;
    if (typeof file !== "string" || typeof text !== "string") return undefined;
    if (!/^kernels\/\w+\/kernel\.json$/.test(file)) return undefined;
    specs.push({ file, text });
  }
  return { version, files, kernels: specs, directories };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Whether a path may leave its folder. A damaged manifest must not remove files elsewhere. */
function isUpward(path: string): boolean {
  return path.split(/[/\\]/).includes("..");
}
