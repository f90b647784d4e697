/**
 * Makes a release's version of the changesets in .changeset/: package.json, package-lock.json (pyproject.toml reads package.json)
 * and CHANGELOG.md. Run by `npm run changeset:version`.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { placeRelease } from "./changelog.mjs";
import { at } from "./paths.mjs";
import { runNode, say } from "./run.mjs";

const changesets = readdirSync(at(".changeset")).filter(
  (name) => name.endsWith(".md") && name !== "README.md",
);
const before = readFileSync(at("CHANGELOG.md"), "utf8");
const [, unreleased] = /^## \[(.+)\] - unreleased$/m.exec(before) ?? [];
if (unreleased !== undefined) {
  console.error(
    `CHANGELOG.md: ${unreleased} is not released. Release it first, or move the changesets into its section`,
  );
  process.exitCode = 1;
} else if (changesets.length === 0) {
  say("no changesets: package.json and CHANGELOG.md stay as they are");
} else {
  runNode("node_modules/@changesets/cli/bin.js", ["version"]);
  const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));

  const lock = JSON.parse(readFileSync(at("package-lock.json"), "utf8"));
  lock.version = version;
  lock.packages[""].version = version;
  writeFileSync(at("package-lock.json"), `${JSON.stringify(lock, undefined, 2)}\n`);

  const today = new Date().toISOString().slice(0, 10);
  const after = readFileSync(at("CHANGELOG.md"), "utf8");
  writeFileSync(at("CHANGELOG.md"), placeRelease(before, after, version, today));
  say(`version ${version}: review CHANGELOG.md, then commit`);
}
