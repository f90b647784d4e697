import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..", "..", "..");

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  readonly typesVersions: { readonly "*": Readonly<Record<string, readonly string[]>> };
}
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

describe("the package's exports", () => {
  it("are what the documentation describes, and package.json for tools", () => {
    expect(Object.keys(manifest.exports)).toEqual([
      ...[".", "./server", "./client", "./client/worker", "./element", "./react", "./lite"],
      "./package.json",
    ]);
  });

  it("have declarations that TypeScript's older module resolution finds too, for tslab", () => {
    const typed = Object.entries(manifest.exports).flatMap(([name, target]) =>
      typeof target === "string" || name === "." ? [] : [[name.slice(2), [target.types]]],
    );
    expect(manifest.typesVersions["*"]).toEqual(Object.fromEntries(typed));
  });
});
