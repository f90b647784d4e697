import { readFileSync } from "node:fs";
import { CommandError } from "./errors";

/** What one install wrote. Paths are relative to Jupyter's data folder, with forward slashes. */
export interface Manifest {
  readonly version: string;
  /** The extension's files, this manifest among them. */
  readonly files: readonly string[];
  /** The kernelspecs, each with its kernel.json's text as written. */
  readonly kernels: readonly { readonly file: string; readonly text: string }[];
  /** The folders that were not there before, outermost first; absolute, as some lie above the data folder. */
  readonly directories: readonly string[];
}

/** The extension's folder, relative to Jupyter's data folder. */
export const extensionFolder = "labextensions/jupyter-rfb-ts";

/** The manifest's file, relative to Jupyter's data folder. */
export const manifestFile = `${extensionFolder}/npm-install.json`;

/**
 * Reads a manifest.
 *
 * @returns undefined when there is none
 * @throws CommandError when the file is not one: then it cannot be known what to remove
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

function parseManifest(text: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { version, files, kernels, directories } = value as Record<string, unknown>;
  if (typeof version !== "string" || !isTexts(files) || !isTexts(directories)) return undefined;
  if (!files.every((file) => file.startsWith(`${extensionFolder}/`) && !isUpward(file))) {
    return undefined;
  }
  if (!Array.isArray(kernels)) return undefined;
  const specs: { file: string; text: string }[] = [];
  for (const kernel of kernels as unknown[]) {
    if (typeof kernel !== "object" || kernel === null) return undefined;
    const spec = kernel as Record<string, unknown>;
    if (typeof spec["file"] !== "string" || typeof spec["text"] !== "string") return undefined;
    if (!/^kernels\/\w+\/kernel\.json$/.test(spec["file"])) return undefined;
    specs.push({ file: spec["file"], text: spec["text"] });
  }
  return { version, files, kernels: specs, directories };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Whether a path leads out of its folder: no damaged manifest removes anything elsewhere. */
function isUpward(path: string): boolean {
  return path.split(/[/\\]/).includes("..");
}
