/** Finds out which native encoders work here, without loading any of them into this process. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { builtFile } from "./builtFile";
import type { ImageCodec, ImageFormat, NativeLibrary } from "./imageFormat";

/** The npm package of each library. */
export const NATIVE_PACKAGES: Readonly<Record<NativeLibrary, string>> = {
  "jpeg-turbo": "@julusian/jpeg-turbo",
  sharp: "sharp",
};

/** Loading takes 0.2 s, much more on a slow disk. What takes longer than this, in milliseconds, hangs. */
export const PROBE_TIMEOUT_MS = 20_000;

/** What a probe found. */
export type ProbeResult =
  | { readonly works: true; readonly version: string; readonly modulePath: string }
  | { readonly works: false; readonly isInstalled: boolean; readonly problem: string };

/** Runs a program and says how it ended. */
export type RunProbe = (codec: ImageCodec) => Promise<{ failed: boolean; reason: string }>;

/**
 * Tries whether a library encodes a format, in a process of its own: one that crashes must not take the kernel with it.
 *
 * @param from - folders whose node_modules may hold it: this package's, and the notebook's
 */
export async function probeNative(
  library: NativeLibrary,
  format: ImageFormat,
  from: readonly string[] = [__dirname, process.cwd()],
  run: RunProbe = runProbe,
): Promise<ProbeResult> {
  const name = NATIVE_PACKAGES[library];
  let result: ProbeResult = {
    works: false,
    isInstalled: false,
    problem: `${name} is not installed`,
  };
  for (const modulePath of resolveAll(name, from)) {
    result = await probeModule(library, format, modulePath, run);
    if (result.works) return result;
  }
  return result;
}

async function probeModule(
  library: NativeLibrary,
  format: ImageFormat,
  modulePath: string,
  run: RunProbe,
): Promise<ProbeResult> {
  const name = NATIVE_PACKAGES[library];
  const version = versionOf(name, modulePath);
  const refusal = refusalOf(library, version, process.versions.node);
  if (refusal !== undefined) return { works: false, isInstalled: true, problem: refusal };
  const { failed, reason } = await run({ library, modulePath, format, lossless: false });
  if (!failed) return { works: true, version, modulePath };
  return {
    works: false,
    isInstalled: true,
    problem: `${name} ${version} is installed, but does not work here: ${reason}`,
  };
}

/**
 * Why a version is not even tried, if it is not.
 *
 * jpeg-turbo 3 needs Node 22.18. An older one it crashes, not always at once: trying it proves nothing.
 */
export function refusalOf(
  library: NativeLibrary,
  version: string,
  node: string,
): string | undefined {
  if (library !== "jpeg-turbo" || numbersOf(version)[0] < 3) return undefined;
  const [major, minor] = numbersOf(node);
  if (major > 22 || (major === 22 && minor >= 18)) return undefined;
  return `${NATIVE_PACKAGES[library]} ${version} needs Node 22.18 or newer and crashes Node ${node}; npm install ${NATIVE_PACKAGES[library]}@2`;
}

function numbersOf(version: string): [major: number, minor: number] {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10) || 0);
  return [major, minor];
}

/** The file that a module's name stands for in the first of the folders that has it. */
export function resolveFrom(name: string, from: readonly string[]): string | undefined {
  return resolveAll(name, from)[0];
}

/** The files that a module's name stands for, the first folder's first, each once. */
function resolveAll(name: string, from: readonly string[]): string[] {
  const found = new Set<string>();
  for (const folder of from) {
    try {
      found.add(createRequire(join(folder, "any.js")).resolve(name));
    } catch {
      // Not there; maybe in the next.
    }
  }
  return [...found];
}

/** The version in the package.json above a module's file. */
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

/** Tries a module for real. */
export function runProbe(codec: ImageCodec): Promise<{ failed: boolean; reason: string }> {
  const program = builtFile("nativeProbeProgram");
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, JSON.stringify(codec)],
      {
        // A debugger's port, or a module to load first, is the kernel's own.
        env: { ...process.env, NODE_OPTIONS: undefined },
        timeout: PROBE_TIMEOUT_MS,
        killSignal: "SIGKILL",
        windowsHide: true,
      },
      (error, _stdout, stderr) => {
        if (error === null) resolve({ failed: false, reason: "" });
        else resolve({ failed: true, reason: reasonOf(error, stderr) });
      },
    );
  });
}

/** @returns why a child process failed, for people */
export function reasonOf(
  error: {
    readonly killed?: boolean | undefined;
    readonly signal?: NodeJS.Signals | null | undefined;
    readonly message: string;
  },
  stderr: string,
): string {
  if (error.killed === true) return "it took too long";
  if (typeof error.signal === "string") return `its process ended by ${error.signal}`;
  return stderr.trim().split("\n")[0] || error.message;
}
