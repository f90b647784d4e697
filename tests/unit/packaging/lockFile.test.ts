import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

interface LockedPackage {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const root = resolve(import.meta.dirname, "..", "..", "..");
const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

/** Whether a package that lies in `folder` finds `name`, as Node looks it up. */
function finds(folder: string, name: string): boolean {
  for (let at = folder; ;) {
    const prefix = at === "" ? "" : `${at}/`;
    if (`${prefix}node_modules/${name}` in packages) return true;
    if (at === "") return false;
    const above = at.lastIndexOf("node_modules/");
    at = at.slice(0, Math.max(0, above - 1));
  }
}

describe("package-lock.json", () => {
  it("has every dependency, also those of other systems, so that npm ci accepts it", () => {
    const missing = Object.entries(packages).flatMap(
      ([folder, { dependencies, optionalDependencies, devDependencies }]) =>
        Object.keys({
          ...dependencies,
          ...optionalDependencies,
          ...(folder === "" ? devDependencies : {}),
        })
          .filter((name) => !finds(folder, name))
          .map((name) => `${folder}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("asks for what package.json asks for", () => {
    const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as LockedPackage;
    const kinds = [
      "dependencies",
      "optionalDependencies",
      "devDependencies",
      "peerDependencies",
    ] as const;
    for (const kind of kinds) expect(packages[""]?.[kind]).toEqual(own[kind]);
    expect(packages[""]?.version).toBe(own.version);
  });

  it("names no registry, so that each machine uses its own", () => {
    expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toContain('"resolved"');
  });
});
