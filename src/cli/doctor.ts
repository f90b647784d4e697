import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  probeVideoEncoders,
  probeImageEncoders,
  type ImageEncoderReport,
  type VideoEncoderReport,
} from "../framebuffer/node/diagnostics";
import { CommandError } from "./errors";
import type { OwnPackage } from "./install";
import { findKernelspecs, startProblem } from "./kernelspecs";
import { extensionFolder, moduleFolder } from "./manifest";
import { findPlace, quoted } from "./place";
import { inspectPython } from "./python";
import { tryServer, type ServerReport } from "./serverTrial";
import type { System } from "./system";
import { findTslab, missingNodeTypes } from "./tslab";

/** Tries the encoders and the web server. A test can replace it. */
export interface Trials {
  images(): Promise<readonly ImageEncoderReport[]>;
  videos(): Promise<readonly VideoEncoderReport[]>;
  server(): Promise<ServerReport>;
}

const realTrials: Trials = {
  images: () => probeImageEncoders(),
  videos: probeVideoEncoders,
  server: tryServer,
};

/**
 * Prints what works here: Node, tslab, the encoders, the web server, and whether Jupyter has the
 * kernel and the extension.
 *
 * @param python - the Python that runs Jupyter; undefined for the one on the PATH
 * @returns the exit code: 0, or 1 when no image encoder works, so that no picture can be shown
 */
export async function doctor(
  system: System,
  own: OwnPackage,
  python: string | undefined,
  trials: Trials = realTrials,
): Promise<number> {
  const print = (line: string): void => system.print(line);
  print(`jupyter-rfb-ts ${own.version}`);
  print(`Node ${process.versions.node} on ${system.platform} ${process.arch}`);
  printTslab(system, own);
  print("");
  printJupyter(system, python);
  print("");
  const images = await trials.images();
  print("Image encoders:");
  for (const { what, name, problem, isAutomatic } of images) {
    const note = isAutomatic ? "; the encoder 'auto' uses it" : "";
    print(`  ${what}: ${name === undefined ? `no. ${problem ?? ""}` : `works (${name})${note}`}`);
  }
  print("");
  printVideo(system, await trials.videos());
  print("");
  printServer(system, await trials.server());
  return images.some(({ name }) => name !== undefined) ? 0 : 1;
}

function printTslab(system: System, own: OwnPackage): void {
  try {
    const tslab = findTslab(system, own.directory);
    system.print(`tslab: ${tslab.script}`);
    const problem = missingNodeTypes(system, tslab);
    if (problem !== undefined) system.print(`  ${problem}`);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    system.print(`tslab: no. ${error.message}`);
  }
}

/** Whether there is a Python in an environment other than the one in use. */
function isOther(prefix: string, python: string): boolean {
  if (!existsSync(python)) return false;
  const environment = dirname(dirname(python));
  return !existsSync(prefix) || realpathSync(prefix) !== realpathSync(environment);
}

/**
 * Prints whether the kernel and the extension are where install puts them for the Python in use.
 */
function printJupyter(system: System, named: string | undefined): void {
  const print = (line: string): void => system.print(line);
  print("Jupyter:");
  try {
    const facts = inspectPython(system, named);
    print(`  Python: ${facts.executable}`);
    if (!facts.hasWidgets) {
      print(
        `  Missing: jupyterlab_widgets, which shows widgets. Run: ${facts.executable} -m pip install jupyterlab_widgets`,
      );
    }
    const places = (["sys-prefix", "user"] as const).map((kind) =>
      findPlace(system, { kind }, () => facts, named !== undefined),
    );
    const folders = places.map(({ dataDirectory }) => dataDirectory);
    const kernel = folders
      .map((folder) => join(folder, "kernels", "tslab", "kernel.json"))
      .find(existsSync);
    const extension = folders
      .map((folder) => join(folder, extensionFolder))
      .find((folder) => existsSync(join(folder, "package.json")));
    print(`  kernel: ${kernel ?? notInstalled(system, named)}`);
    for (const { dataDirectory, ownArguments } of places) {
      for (const file of findKernelspecs(dataDirectory)) {
        const problem = startProblem(system, file);
        if (problem === undefined) continue;
        print(
          `  Jupyter can't start ${file}: ${problem}. Run: npx jupyter-rfb-ts install ${ownArguments}`,
        );
      }
    }
    print(
      extension === undefined
        ? `  extension: ${notInstalled(system, named)}`
        : `  extension: version ${versionIn(extension)} in ${extension}`,
    );
    const module = folders
      .map((folder) => join(folder, moduleFolder))
      .find((folder) => existsSync(join(folder, "extension.js")));
    print(`  module for VS Code: ${module ?? notInstalled(system, named)}`);
    const ownPython = pythonOfVenv(system);
    if (named === undefined && isOther(facts.prefix, join(system.workingDirectory, ownPython))) {
      print(`  There is an environment in .venv too. To look there: --python ${ownPython}`);
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    print(`  ${error.message}`);
  }
}

/**
 * The Python of an environment in `.venv`, the folder's name in many projects and in a clone of
 * this one.
 */
function pythonOfVenv({ platform }: System): string {
  return platform === "win32" ? ".venv\\Scripts\\python.exe" : ".venv/bin/python";
}

function notInstalled(system: System, python: string | undefined): string {
  const named = python === undefined ? "" : ` --python ${quoted(system, python)}`;
  return `not installed for this Python. Run: npx jupyter-rfb-ts install${named}`;
}

function versionIn(folder: string): string {
  try {
    const text = readFileSync(join(folder, "package.json"), "utf8");
    return String((JSON.parse(text) as { version?: unknown }).version);
  } catch {
    return "unknown";
  }
}

/**
 * Prints one line instead of many if all video encoders have the same problem: node-av is missing.
 */
function printVideo(system: System, reports: readonly VideoEncoderReport[]): void {
  system.print("Video encoders:");
  const problems = new Set(reports.map(({ problem }) => problem));
  const [only] = problems;
  if (problems.size === 1 && only !== undefined) {
    system.print(`  no. ${only}`);
    return;
  }
  for (const { codec, device, name, problem } of reports) {
    const result = problem === undefined ? `works (${name ?? "unnamed"})` : `no. ${problem}`;
    system.print(`  ${codec}, ${device}: ${result}`);
  }
}

/** Prints whether the WebSocket route works, which needs no Jupyter. */
function printServer(system: System, { webSockets, problem }: ServerReport): void {
  system.print("Web pages (jupyter-rfb-ts/server):");
  system.print(
    `  WebSockets: ${webSockets ?? "no. ws is missing; npm install jupyter-rfb-ts again"}`,
  );
  system.print(
    `  server on 127.0.0.1: ${problem === undefined ? "works; npx jupyter-rfb-ts serve shows a picture" : `no. ${problem}`}`,
  );
}
