import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..", "..", "..");
const text = readFileSync(join(root, "docs", "ARCHITECTURE.md"), "utf8");

/** The part of the document under a heading. */
function chapter(heading: string): string {
  const [, rest = ""] = text.split(`\n## ${heading}\n`);
  return rest.split("\n## ")[0] ?? "";
}

/** The folders of the indented list, as paths below src/. */
function listedFolders(): string[] {
  const paths: string[] = [];
  const parents: string[] = [];
  for (const line of chapter("The folders").split("\n")) {
    const match = /^ {4}( *)([\w-]+)\/(?:\s|$)/.exec(line);
    if (match === null) continue;
    const [, indent = "", name = ""] = match;
    parents.splice(indent.length / 2);
    parents.push(name);
    if (parents.length > 1) paths.push(parents.slice(1).join("/"));
  }
  return paths.sort();
}

/** The folders of src/ that hold sources, without what is generated. */
function folders(below = ""): string[] {
  return readdirSync(join(root, "src", below), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "generated")
    .flatMap(({ name }) => {
      const path = below === "" ? name : `${below}/${name}`;
      return [path, ...folders(path)];
    })
    .sort();
}

type DependencyKind =
  "dependencies" | "optionalDependencies" | "peerDependencies" | "devDependencies";

/** The packages in a table's first column, or before the colons of a list, with a reason behind. */
function explainedPackages(text: string): string[] {
  return [...text.matchAll(/^(?:\| (?!package |-)|- )([^|:]+?) *[|:] *[^| ].*$/gm)]
    .flatMap(([, names = ""]) => names.split(", "))
    .sort();
}

describe("docs/ARCHITECTURE.md", () => {
  it("lists the folders of src/", () => {
    expect(listedFolders()).toEqual(folders());
  });

  it("says for each folder what it may import, as the boundaries are checked", () => {
    const { forbidden } = createRequire(import.meta.url)(join(root, ".dependency-cruiser.cjs")) as {
      forbidden: readonly { readonly name: string; readonly comment?: string }[];
    };
    const table = new Map(
      [...chapter("The folders").matchAll(/^\| `(\w+)`\s*\| ([^|]+?)\s*\|/gm)].map(
        ([, folder = "", imports = ""]) => [folder, imports],
      ),
    );
    const allowed = forbidden.flatMap(({ name, comment = "" }) => {
      const [, folder] = /^(\w+)-folders$/.exec(name) ?? [];
      return folder === undefined || folder === "cli" ? [] : [{ folder, comment }];
    });
    expect(allowed.map(({ folder }) => folder).sort()).toEqual(
      [...table.keys()].filter((folder) => folder !== "cli").sort(),
    );
    for (const { folder, comment } of allowed) {
      const names = [...(table.get(folder) ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name);
      expect([folder, comment]).toEqual([
        folder,
        `${folder} may import ${names.join(", ") || "no other folder"}`,
      ]);
    }
  });

  it("says of each dependency why it is there", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Readonly<
      Record<DependencyKind, Readonly<Record<string, string>>>
    >;
    const [atRunTime = "", forDevelopment = ""] = chapter("Dependencies").split("For development");
    const optional = (names: string[], what: string): string[] =>
      names.map((name) => `${name} (${what})`);
    expect(explainedPackages(atRunTime)).toEqual(
      [
        ...Object.keys(manifest.dependencies),
        ...optional(Object.keys(manifest.optionalDependencies), "optional"),
        ...optional(Object.keys(manifest.peerDependencies), "optional peer"),
      ].sort(),
    );
    const names = Object.keys(manifest.devDependencies);
    expect(explainedPackages(forDevelopment)).toEqual(
      [...names.filter((name) => !name.startsWith("@types/")), "@types/*"].sort(),
    );
  });

  it("names only files that exist", () => {
    const files = new Set(
      readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).map((path) =>
        path.replaceAll("\\", "/"),
      ),
    );
    const named = [...text.matchAll(/`((?:[\w-]+\/)*[\w-]+\.ts)`/g)].map(([, name = ""]) => name);
    expect(named.length).toBeGreaterThan(10);
    const missing = named.filter(
      (name) => ![...files].some((file) => file === name || file.endsWith(`/${name}`)),
    );
    expect(missing).toEqual([]);
  });
});
