/** Finds out which native encoders work here without loading them into this process. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { NativeCodec, NativeLibrary } from "../image/imageCodec";
import { tryProgram } from "./tryProgram";

/** The npm package of each library. */
export const NATIVE_PACKAGES: Readonly<Record<NativeLibrary, string>> = {
  "jpeg-turbo": "@julusian/jpeg-turbo",
  sharp: "sharp",
};

/** What a probe found. `problem` says what to do. */
export type ProbeResult =
  | { readonly works: true; readonly version: string; readonly modulePath: string }
  | { readonly works: false; readonly isInstalled: boolean; readonly problem: string };

/** Encodes a frame in another process. Resolves with why that failed, or undefined. */
export type TryCodec = (codec: NativeCodec) => Promise<string | undefined>;

const tryCodec: TryCodec = (codec) => tryProgram("probe/nativeProbeProgram", JSON.stringify(codec));

/**
 * Checks whether a library encodes JPEG. It runs in a child process, so that a crash doesn't end
 * the kernel.
 *
 * @param from - folders whose node_modules may hold the library: this package's, and the notebook's
 */
export async function probeNative(
  library: NativeLibrary,
  from: readonly string[] = [__dirname, process.cwd()],
  attempt: TryCodec = tryCodec,
): Promise<ProbeResult> {
  const name = NATIVE_PACKAGES[library];
  let result: ProbeResult = {
    works: false,
    isInstalled: false,
    problem: `${name} is not installed; npm install ${nameForNode(library, process.versions.node)}`,
  };
  for (const modulePath of resolveAll(name, from)) {
    result = await probeModule(library, modulePath, attempt);
    if (result.works) return result;
  }
  return result;
}

async function probeModule(
  library: NativeLibrary,
  modulePath: string,
  attempt: TryCodec,
): Promise<ProbeResult> {
  const name = NATIVE_PACKAGES[library];
  const version = versionOf(name, modulePath);
  const refusal = refusalOf(library, version, process.versions.node);
  if (refusal !== undefined) return { works: false, isInstalled: true, problem: refusal };
  const reason = await attempt({ library, modulePath, format: "jpeg", lossless: false });
  if (reason === undefined) return { works: true, version, modulePath };
  return {
    works: false,
    isInstalled: true,
    problem: `${name} ${version} is installed, but does not work here: ${reason}; npm install ${name} again, or choose another encoder`,
  };
}

/**
 * Why a version isn't even tried; undefined when it is.
 *
 * jpeg-turbo 3 crashes a Node older than 22.18, but not always at once: a trial proves nothing.
 */
export function refusalOf(
  library: NativeLibrary,
  version: string,
  node: string,
): string | undefined {
  if (library !== "jpeg-turbo" || numbersOf(version)[0] < 3) return undefined;
  if (runsJpegTurbo3(node)) return undefined;
  return `${NATIVE_PACKAGES[library]} ${version} needs Node 22.18 or newer and crashes Node ${node}; npm install ${nameForNode(library, node)}`;
}

/** What to pass to `npm install`: the package, with a version if the newest one doesn't run. */
export function nameForNode(library: NativeLibrary, node: string): string {
  const name = NATIVE_PACKAGES[library];
  return library === "jpeg-turbo" && !runsJpegTurbo3(node) ? `${name}@2` : name;
}

function runsJpegTurbo3(node: string): boolean {
  const [major, minor] = numbersOf(node);
  return major > 22 || (major === 22 && minor >= 18);
}

function numbersOf(version: string): [major: number, minor: number] {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10) || 0);
  return [major, minor];
}

/** The main file of a module, from the first folder that has it. */
export function resolveFrom(name: string, from: readonly string[]): string | undefined {
  return resolveAll(name, from)[0];
}

/** The main files of a module in all folders that have it, in the folders' order, each once. */
function resolveAll(name: string, from: readonly string[]): string[] {
  const found = new Set<string>();
  for (const folder of from) {
    try {
      found.add(createRequire(join(folder, "any.js")).resolve(name));
    } catch {
      // Not in this folder.
    }
  }
  return [...found];
}

/** A module's version, from the package.json above its main file. */
export function versionOf(name: string, modulePath: string): string {
  for (let folder = dirname(modulePath); dirname(folder) !== folder; folder = dirname(folder)) {
    try {
      const description = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        name?: unknown;
        version?: unknown;
      };
      if (description.name === name) return String(description.version);
    } catch {
      // No package.json here.
    }
  }
  return "of an unknown version";
}
