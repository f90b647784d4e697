/** Other versions of Node to test with, which npm has as packages: the program alone, without an install script. */
import { existsSync, rmSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { at } from "./paths.mjs";
import { StepError, ask, runNpm, say } from "./run.mjs";
import { once } from "./stamp.mjs";

/** One of each version that the library supports, oldest first. */
export const nodeVersions = ["20.20.2", "22.23.3", "24.21.0", "26.12.1"];

/** The systems for which npm has all of {@link nodeVersions}. */
const systems = ["linux-x64", "linux-arm64"];

/** A Node to test with.
 * @typedef {{ readonly version: string, readonly program: string }} TestNode */

/** This machine's own Node.
 * @type {TestNode} */
export const ownNode = { version: process.versions.node, program: process.execPath };

/** The versions that a person names: by their first number, or all if none is named.
 * @param {readonly string[]} names such as "24"
 * @returns {string[]}
 * @throws StepError for a name that is none of them */
export function chooseVersions(names) {
  const wrong = names.find((name) => !nodeVersions.some((version) => majorOf(version) === name));
  if (wrong !== undefined) {
    throw new StepError(
      `test nodes: expected some of ${nodeVersions.map(majorOf).join(", ")}, got ${wrong}`,
      2,
    );
  }
  return nodeVersions.filter((version) => names.length === 0 || names.includes(majorOf(version)));
}

/** @param {string} version */
function majorOf(version) {
  return version.split(".")[0] ?? "";
}

/** A Node of this version, installed into .nodes/VERSION where it isn't yet.
 * @param {string} version
 * @returns {TestNode | undefined} undefined, and says why, where npm has none for this system */
export function installNode(version) {
  if (version === ownNode.version) return ownNode;
  const system = `${process.platform}-${process.arch}`;
  if (!systems.includes(system)) {
    say(`Node ${version} isn't tested: npm has no package of it for ${system}`);
    return undefined;
  }
  const name = `node-${system}`;
  const folder = `.nodes/${version}`;
  const program = at(folder, "node_modules", name, "bin", "node");
  if (!existsSync(program)) rmSync(at(folder), { recursive: true, force: true });
  once(`${folder}/.stamp`, `${name}@${version}`, () => {
    say(`installing Node ${version} into ${folder} (npm)`);
    runNpm([
      ...["install", `${name}@${version}`, "--prefix", at(folder), "--no-save"],
      ...["--ignore-scripts", "--no-audit", "--no-fund"],
    ]);
  });
  if (ask(program, ["--version"]) === `v${version}`) return { version, program };
  say(`Node ${version} isn't tested: the program in npm's package ${name} doesn't run here`);
  return undefined;
}

/** The newest Node: that of {@link nodeVersions}, or the machine's own where npm has none for this system.
 * @returns {TestNode} */
export function newestNode() {
  return installNode(nodeVersions.at(-1) ?? ownNode.version) ?? ownNode;
}

/** A search path on which `node` is this one, for programs that start Node by its name.
 * @param {TestNode} node
 * @param {string} path what else is on it */
export function pathWith(node, path) {
  return [dirname(node.program), path].join(delimiter);
}
