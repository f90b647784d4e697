import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { TypeScript } from "../../../../src/kernel/tslab/cellSyntax";
import { installEsModules, redirectImports } from "../../../../src/kernel/tslab/esModules";
import { disposedAfterAll } from "../../../support/disposables";

const fromTslab = createRequire(createRequire(import.meta.url).resolve("tslab"));
const typescript = fromTslab("@tslab/typescript-for-tslab") as TypeScript;

const RETRY = `.catch(globalThis[Symbol.for("jupyter-rfb-ts.import")])`;

describe("a cell's import()", () => {
  it.each([
    [`await import("a")`, `await import("a")${RETRY}`],
    [`import("a").then(f)`, `import("a")${RETRY}.then(f)`],
    [`import ( name )`, `import ( name )${RETRY}`],
    [`f(import("a"), () => import("b"))`, `f(import("a")${RETRY}, () => import("b")${RETRY})`],
    [`import(await import("a"))`, `import(await import("a")${RETRY})${RETRY}`],
  ])("is redirected in %j", (code, expected) => {
    expect(redirectImports(typescript, code)).toBe(expected);
  });

  it.each([
    `import a from "a"`,
    `let a: typeof import("a")`,
    `let a: import("a").B`,
    `object.import("a")`,
    `"import('a')"`,
    `// import("a")`,
    `const x = ; import("a")`,
  ])("isn't seen in %j", (code) => {
    expect(redirectImports(typescript, code)).toBe(code);
  });
});

describe("a module that require() can't load", () => {
  const disposables = disposedAfterAll();
  let folder: string;
  /** What a cell calls. */
  let required: (name: string) => unknown;
  /** What `import(name)` becomes in a cell: tslab's rewriting, and the correction. */
  const imported = (name: string): Promise<unknown> =>
    Promise.resolve()
      .then(() => required(name))
      .catch(Reflect.get(globalThis, Symbol.for("jupyter-rfb-ts.import")) as () => unknown);

  function codeOf(name: string): string {
    try {
      required(name);
    } catch (error) {
      return String((error as { code?: unknown }).code);
    }
    return "none";
  }

  beforeAll(() => {
    folder = disposables.folder();
    writeFileSync(join(folder, "waits.mjs"), "export const late = await 3;");
    writeFileSync(join(folder, "throws.mjs"), "await null; throw new RangeError('its own');");
    writeFileSync(join(folder, "plain.cjs"), "exports.late = 4;");
    // Node's own loader, as tslab has it. That of the tests doesn't go through node:module.
    const scope = { require: createRequire(join(folder, "src.js")) };
    installEsModules(scope, folder);
    required = (name): unknown => scope.require(name);
  });

  it("is loaded by import()", async () => {
    expect(await imported("./waits.mjs")).toMatchObject({ late: 3 });
  });

  it("says what to do, with the code that Node gave", () => {
    expect(() => required("./waits.mjs")).toThrow(
      `"./waits.mjs" is an ES module, or uses one, that require() can't load, and tslab turns ` +
        `import into require(): write await import("./waits.mjs"), ` +
        `or await load("./waits.mjs") with load from "jupyter-rfb-ts"`,
    );
    expect(codeOf("./waits.mjs")).toMatch(/^ERR_REQUIRE_(ASYNC_MODULE|ESM)$/);
  });

  it("has its own error passed on by import()", async () => {
    await expect(imported("./throws.mjs")).rejects.toThrow(RangeError);
  });

  it("keeps its first error if import() doesn't find it either", async () => {
    const { require: unable } = { require: createRequire(join(folder, "src.js")) };
    const failing = Object.assign(() => {
      throw Object.assign(new Error("async"), { code: "ERR_REQUIRE_ASYNC_MODULE" });
    }, unable) as unknown as NodeJS.Require;
    const scope = { require: failing };
    installEsModules(scope, folder);
    const retry = Reflect.get(globalThis, Symbol.for("jupyter-rfb-ts.import")) as () => unknown;
    const attempt = Promise.resolve().then(() => scope.require("./only-tslab-finds-it") as unknown);
    await expect(attempt.catch(retry)).rejects.toThrow('"./only-tslab-finds-it" is an ES module');
  });
});

describe("any other module", () => {
  it("is loaded as before, and its errors stay", async () => {
    const failure = new Error("its own");
    const seen: unknown[] = [];
    const scope = {
      require: Object.assign(
        (name: string) => {
          seen.push(name);
          if (name === "bad") throw failure;
          return 7;
        },
        { resolve: "as before" },
      ) as unknown as NodeJS.Require,
    };
    installEsModules(scope, "/nowhere");
    expect(scope.require("good")).toBe(7);
    expect(scope.require.resolve).toBe("as before");
    expect(() => scope.require("bad") as unknown).toThrow(failure);
    const retry = Reflect.get(globalThis, Symbol.for("jupyter-rfb-ts.import")) as (
      error: unknown,
    ) => Promise<unknown>;
    await expect(retry(failure)).rejects.toBe(failure);
    expect(seen).toEqual(["good", "bad"]);
  });

  it("is loaded as before in a tslab that isn't as expected", () => {
    for (const scope of [undefined, {}, { require: 1 }]) {
      const before = { ...scope };
      installEsModules(scope, "/nowhere");
      expect({ ...scope }).toEqual(before);
    }
  });
});
