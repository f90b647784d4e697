import { createRequire } from "node:module";
import { beforeEach, describe, expect, it } from "vitest";
import { installModuleTypes } from "../../../../src/kernel/tslab/moduleTypes";
import type { TslabModule } from "../../../../src/kernel/tslab/tslabKernelInternals";

/** What these tests use of TypeScript. */
interface TypeScript {
  readonly sys: object;
  resolveModuleName(
    name: string,
    importingFile: string,
    options: object,
    files: object,
  ): { readonly resolvedModule?: { readonly resolvedFileName: string } };
}

const fromTslab = createRequire(createRequire(import.meta.url).resolve("tslab"));
const tslabTypeScript = fromTslab("@tslab/typescript-for-tslab") as TypeScript;

const MODULES = "/work/node_modules";

/** TypeScript's access to files that aren't there, by their paths. */
class FakeFiles {
  readonly texts: Record<string, string>;
  readonly watched: string[] = [];

  constructor(texts: Record<string, string>) {
    this.texts = texts;
  }

  fileExists(path: string): boolean {
    return path in this.texts;
  }
  directoryExists(path: string): boolean {
    return Object.keys(this.texts).some((file) => file.startsWith(`${path}/`));
  }
  readFile(path: string): string | undefined {
    return this.texts[path];
  }
  realpath(path: string): string {
    return path;
  }
  watchFile(path: string): { close(): void } {
    this.watched.push(path);
    return { close: () => undefined };
  }
}

/** A package in the notebook's folder. */
function packageOf(
  name: string,
  json: object,
  files: Record<string, string> = {},
): Record<string, string> {
  const place = (file: string): string => `${MODULES}/${name}/${file}`;
  return Object.fromEntries([
    [place("package.json"), JSON.stringify({ name, version: "1.0.0", ...json })],
    ...Object.entries(files).map(([file, text]) => [place(file), text]),
  ]) as Record<string, string>;
}

let files: FakeFiles;
let resolve: (name: string) => string | undefined;

/** Has TypeScript see these files, corrected or as it is. */
function see(texts: Record<string, string>, { corrected = true } = {}): void {
  files = new FakeFiles(texts);
  const typescript: TypeScript = Object.create(tslabTypeScript, {
    sys: { value: files },
  }) as TypeScript;
  if (corrected) installModuleTypes({ typescript } as unknown as TslabModule);
  resolve = (name) =>
    typescript.resolveModuleName(name, "/work/cell.ts", { moduleResolution: 2 }, files)
      .resolvedModule?.resolvedFileName;
}

describe('the types of a package that names them in "exports"', () => {
  const MODERN = packageOf(
    "modern",
    {
      exports: {
        ".": { types: "./types/index.d.ts", default: "./index.js" },
        "./sub": { import: { types: "./types/sub.d.mts", default: "./sub.mjs" } },
        "./beside": "./build/beside.js",
        "./addons/*": "./addons-built/*",
        "./plain": "./build/plain.js",
        "./hidden": null,
      },
    },
    {
      "index.js": "",
      "types/index.d.ts": "export const a: number;",
      "types/sub.d.mts": "declare class A {}\nexport default A;",
      "build/beside.js": "",
      "build/beside.d.ts": "declare const a: 1;\nexport = a;",
      "build/plain.js": "",
      "addons-built/controls/orbit.js": "",
      "addons-built/controls/orbit.d.ts": "export const orbit: 1;",
      "hidden.d.ts": "",
    },
  );
  beforeEach(() => see(MODERN));

  it.each([
    ["modern", "types/index", ["export *"]],
    ["modern/sub", "types/sub", ["export *", "export { default }"]],
    ["modern/beside", "build/beside", ["import types = require", "export = types"]],
    ["modern/addons/controls/orbit.js", "addons-built/controls/orbit", ["export *"]],
  ])("are found for %j", (name, target, statements) => {
    const found = resolve(name);
    expect(found).toBe(`${MODULES}/${name}.d.ts`);
    const text = files.readFile(String(found));
    expect(text).toContain(`"${MODULES}/modern/${target}.`);
    expect(
      text?.match(/^(export \*|export \{ default \}|import types = require|export = types)/gm),
    ).toEqual(statements);
  });

  it.each(["modern", "modern/sub", "modern/beside", "modern/addons/controls/orbit.js"])(
    "aren't found without the correction for %j",
    (name) => {
      see(MODERN, { corrected: false });
      expect(resolve(name) ?? "none.js").toMatch(/\.js$/);
    },
  );

  it.each(["modern/none", "modern/addons/none.js", "missing", "missing/sub", "@scope/missing"])(
    "aren't made up for %j",
    (name) => {
      expect(resolve(name)).toBeUndefined();
    },
  );

  it("aren't made up for a module that has none", () => {
    expect(resolve("modern/plain")).toBeUndefined();
  });

  it("are found in @types", () => {
    see({
      ...packageOf("untyped", { exports: { "./gpu": "./build/gpu.js" } }, { "build/gpu.js": "" }),
      ...packageOf(
        "@types/untyped",
        { exports: { "./gpu": "./build/gpu.js" } },
        { "build/gpu.d.ts": "export const gpu: 1;" },
      ),
    });
    expect(files.readFile(String(resolve("untyped/gpu")))).toContain("@types/untyped/build/gpu.js");
  });

  it("are found in a package with a scope", () => {
    see(
      packageOf(
        "@scope/one",
        { exports: { "./sub": "./b/sub.js" } },
        { "b/sub.d.ts": "export {};" },
      ),
    );
    expect(files.readFile(String(resolve("@scope/one/sub")))).toContain("@scope/one/b/sub.js");
  });

  it("are followed when the package is installed again", () => {
    resolve("modern/sub");
    delete files.texts[`${MODULES}/modern/types/sub.d.mts`];
    expect(files.fileExists(`${MODULES}/modern/sub.d.ts`)).toBe(false);
    files.texts[`${MODULES}/modern/types/sub.d.mts`] = "export {};";
    expect(files.fileExists(`${MODULES}/modern/sub.d.ts`)).toBe(true);
  });

  it("have no file that could be watched", () => {
    files.watchFile(`${MODULES}/modern/sub.d.ts`).close();
    expect(files.watched).toEqual([]);
    files.watchFile(`${MODULES}/modern/types/sub.d.mts`);
    expect(files.watched).toEqual([`${MODULES}/modern/types/sub.d.mts`]);
  });
});

describe("what TypeScript finds itself", () => {
  const exported = { "./sub": { types: "./new/sub.d.ts" }, ".": { types: "./new/index.d.ts" } };
  const modern = { "new/sub.d.ts": "export {};", "new/index.d.ts": "export {};" };

  it.each<[string, string, object, Record<string, string>, string]>([
    ["a file", "one/sub", {}, { "sub.d.ts": "" }, "one/sub.d.ts"],
    ["a folder", "one/sub", {}, { "sub/index.d.ts": "" }, "one/sub/index.d.ts"],
    [
      "a package in it",
      "one/sub",
      {},
      { "sub/package.json": '{"types":"x.d.ts"}', "sub/x.d.ts": "" },
      "one/sub/x.d.ts",
    ],
    ["a main's neighbour", "one", { main: "m.js" }, { "m.d.ts": "" }, "one/m.d.ts"],
    ["an index", "one", {}, { "index.d.ts": "" }, "one/index.d.ts"],
    ["types", "one", { types: "t.d.ts" }, { "t.d.ts": "" }, "one/t.d.ts"],
    [
      "typesVersions",
      "one/sub",
      { typesVersions: { "*": { sub: ["./old/sub.d.ts"] } } },
      { "old/sub.d.ts": "" },
      "one/old/sub.d.ts",
    ],
    ["@types", "one/sub", {}, { "../@types/one/sub.d.ts": "" }, "@types/one/sub.d.ts"],
  ])("stays: %s", (_what, name, json, extra, expected) => {
    const texts = packageOf("one", { exports: exported, ...json }, { ...modern, ...extra });
    see(
      Object.fromEntries(
        Object.entries(texts).map(([path, text]) => [path.replace("/one/..", ""), text]),
      ),
    );
    expect(resolve(name)).toBe(`${MODULES}/${expected}`);
  });

  it('stays in a package without "exports"', () => {
    see(packageOf("old", { main: "main.js" }, { "main.js": "", "lib/a.d.ts": "" }));
    expect(resolve("old/lib/a")).toBe(`${MODULES}/old/lib/a.d.ts`);
    expect(files.directoryExists(`${MODULES}/old/addons`)).toBe(false);
  });

  it("stays when a folder is looked for that no package can name", () => {
    see(packageOf("one", { exports: exported }, modern));
    for (const folder of ["one/node_modules", "one/node_modules/@types", "@types", "two/sub"]) {
      expect(files.directoryExists(`${MODULES}/${folder}`)).toBe(false);
    }
  });
});

describe("a tslab whose TypeScript isn't as expected", () => {
  it.each([
    undefined,
    {},
    { sys: {}, resolveModuleName: () => ({}) },
    { ...tslabTypeScript, sys: { ...tslabTypeScript.sys, watchFile: undefined } },
    { ...tslabTypeScript, ModuleResolutionKind: { Classic: 1 }, sys: { ...tslabTypeScript.sys } },
  ])("is left as it is", (typescript) => {
    const before = { ...typescript?.sys };
    installModuleTypes({ typescript } as unknown as TslabModule);
    expect({ ...typescript?.sys }).toEqual(before);
  });
});
