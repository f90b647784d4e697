import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { isObject } from "../protocol/checks";
import { errorMessage } from "../protocol/errors";
import { CommandError } from "./errors";
import type { ExamplesArguments } from "./examplesArguments";
import { listFiles } from "./files";
import type { OwnPackage } from "./install";
import type { System } from "./system";

const PACKAGE = "jupyter-rfb-ts";

/** What programs leave in a folder of examples. */
const NO_EXAMPLES: ReadonlySet<string> = new Set([
  "node_modules",
  "dist",
  "users.json",
  ".ipynb_checkpoints",
]);

/**
 * Copies the examples of this package, and prints what to do with them. Files that differ are kept
 * unless `force` is set.
 *
 * @throws CommandError when the folder is a file, is the package's own, or can't be written
 */
export function copyExamples(
  system: System,
  own: OwnPackage,
  { directory, force }: ExamplesArguments,
): void {
  const source = join(own.directory, "examples");
  const target = resolve(system.workingDirectory, directory);
  if (!existsSync(source)) throw new CommandError(`Cannot find the examples: no folder ${source}`);
  if (target === source || target.startsWith(join(source, "/"))) {
    throw new CommandError(
      `Cannot copy the examples to ${target}: they are there; name another DIR`,
    );
  }
  if (existsSync(target) && !statSync(target).isDirectory()) {
    throw new CommandError(`Cannot copy the examples to ${target}: it is a file; name another DIR`);
  }
  const project = findProject(dirname(target));
  const files = listFiles(source, (name) => !NO_EXAMPLES.has(name));
  const kept: string[] = [];
  let copied = 0;
  for (const file of files) {
    const content = contentOf(join(source, file), join(target, file), project);
    const before = readIfThere(join(target, file));
    if (before !== undefined && before.equals(content)) continue;
    if (before !== undefined && !force) {
      kept.push(file);
      continue;
    }
    write(join(target, file), content);
    copied += 1;
  }
  const shown = relative(system.workingDirectory, target) || ".";
  const present = files.length - copied - kept.length;
  system.print(
    `Copied ${plural(copied, "file", "files")} to ${shown} (${plural(present, "was", "were")} there)`,
  );
  for (const file of kept)
    system.print(`Kept ${join(shown, file)}, which differs (--force overwrites it)`);
  printNextSteps(system, target, shown, files);
}

function plural(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** What a copied file contains: the examples depend on this package as the project around does. */
function contentOf(from: string, to: string, project: Project | undefined): Buffer {
  const content = readFileSync(from);
  if (project === undefined || !from.endsWith("package.json")) return content;
  const text = content
    .toString()
    .replace(
      /("jupyter-rfb-ts": )"[^"]*"/,
      (_whole, name: string) => name + JSON.stringify(project.dependencyFor(dirname(to))),
    );
  return Buffer.from(text);
}

/** A project that has this package from elsewhere than a registry. */
interface Project {
  /** The dependency as a package in another folder must write it. */
  dependencyFor(directory: string): string;
}

/** Finds the project around a folder; undefined where it has this package from a registry. */
function findProject(directory: string): Project | undefined {
  const wanted = dependencyIn(join(directory, "package.json"));
  if (wanted === undefined) {
    return dirname(directory) === directory ? undefined : findProject(dirname(directory));
  }
  const [, scheme, path = ""] = /^(file:|link:)(.*)$/.exec(wanted) ?? [];
  if (scheme !== undefined) {
    const absolute = resolve(directory, path);
    return {
      dependencyFor: (from) => scheme + relative(from, absolute).replaceAll("\\", "/"),
    };
  }
  return wanted.includes("://") ? { dependencyFor: () => wanted } : undefined;
}

/** What a package.json has for this package. */
function dependencyIn(file: string): string | undefined {
  const value = parse(readIfThere(file)?.toString() ?? "");
  for (const kind of ["dependencies", "devDependencies"]) {
    const dependencies = isObject(value) ? value[kind] : undefined;
    const wanted = isObject(dependencies) ? dependencies[PACKAGE] : undefined;
    if (typeof wanted === "string") return wanted;
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): Buffer | undefined {
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file) : undefined;
}

function write(file: string, content: Buffer): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  } catch (error) {
    throw new CommandError(`Cannot write ${file}: ${errorMessage(error)}; name another DIR`);
  }
}

function printNextSteps(
  system: System,
  target: string,
  shown: string,
  files: readonly string[],
): void {
  system.print("");
  system.print(`Notebooks: jupyter lab ${shown}`);
  system.print("  A notebook's first cell names the npm packages that it needs.");
  if (!isResolvable(target)) {
    system.print(`  They import ${PACKAGE}: run npm install ${PACKAGE} in ${shown} or above.`);
  }
  const pages = files.filter((file) => /^[^/]+\/package\.json$/.test(file)).map(dirname);
  if (pages.length > 0) system.print("Web pages, each with a README.md:");
  for (const page of pages) {
    const { scripts } = parse(readFileSync(join(target, page, "package.json"), "utf8")) as {
      scripts: object;
    };
    const run = "dev" in scripts ? "npm run dev" : "npm start";
    system.print(`  cd ${join(shown, page)} && npm install && ${run}`);
  }
}

/** Whether Node finds this package from a folder. */
function isResolvable(directory: string): boolean {
  if (existsSync(join(directory, "node_modules", PACKAGE, "package.json"))) return true;
  return dirname(directory) !== directory && isResolvable(dirname(directory));
}
