import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TslabProcess, type Execution } from "../support/tslabProcess";

/** A package that works in Node 20 and newer, and names its files in "exports" only. */
const MODERN = {
  "package.json": JSON.stringify({
    name: "modern",
    type: "module",
    exports: {
      ".": { types: "./types/index.d.ts", default: "./build/index.js" },
      "./twice": { types: "./types/twice.d.ts", default: "./build/twice.js" },
      "./addons/*": "./build/addons/*",
      "./waits": { types: "./types/waits.d.ts", default: "./build/waits.js" },
      "./only": { import: { types: "./types/only.d.ts", default: "./build/only.js" } },
    },
  }),
  "types/index.d.ts": `
    export { Box } from "./box.js";
    export declare const box: import("./box.js").Box;
    export declare function hidden(): import("./hidden.js").Hidden;`,
  "types/box.d.ts": "export declare class Box { width: number }",
  "types/hidden.d.ts": "export interface Hidden { depth: number }",
  "types/twice.d.ts": "export default function twice(value: number): number;",
  "types/waits.d.ts": "export declare const late: number; export default class Late { at: number }",
  "types/only.d.ts": "export declare const only: number;",
  "build/index.js": `
    export class Box { width = 3; }
    export const box = new Box();
    export const hidden = () => ({ depth: 4 });`,
  "build/twice.js": "export default (value) => 2 * value;",
  "build/addons/orbit.js": "export const orbit = 1;",
  "build/addons/orbit.d.ts": "export declare const orbit: number;",
  "build/only.js": "export const only = 2;",
  "build/waits.js": "export const late = await 5; export default class Late { at = 1; }",
};

function write(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

describe.each([
  { name: "tslab", js: false },
  { name: "jslab", js: true },
])("a module in $name", ({ js }) => {
  let kernel: TslabProcess;

  /** Runs a cell. tslab ignores those of the next 200 ms after one that failed. */
  async function run(code: string): Promise<Execution> {
    for (;;) {
      const execution = await kernel.execute(code);
      if (execution.status !== "abort") return execution;
    }
  }

  /** What a cell prints, which must not fail. */
  async function printed(code: string): Promise<string> {
    const { stdout, stderr } = await run(code);
    expect(stderr).toBe("");
    return stdout;
  }

  beforeAll(async () => {
    kernel = await TslabProcess.start({ js });
    write(join(kernel.folder, "node_modules", "modern"), MODERN);
    write(kernel.folder, {
      "waits.mjs": "export const late = await 6;",
      "wrong.mjs": "export const = 1;",
      "needy.mjs": 'import "not-there";',
    });
  });
  afterAll(() => kernel.dispose());

  it("has no types if it names them in exports, as long as nothing is imported", async () => {
    const { stderr } = await run(`import twice from "modern/twice";`);
    expect(stderr).toContain("Cannot find module 'modern/twice'");
  });

  it("has them once the package is imported", async () => {
    expect(await printed(`import { load } from "jupyter-rfb-ts";`)).toBe("");
    expect(await printed(`import twice from "modern/twice"; twice(4)`)).toBe("8\n");
    expect((await run(`twice("4")`)).stderr).toContain("not assignable to parameter of type");
  });

  it("has them in later cells, also those of a file that isn't exported", async () => {
    const first = `import { Box, box, hidden } from "modern"; const deep = hidden(); box.width`;
    expect(await printed(first)).toBe("3\n");
    expect(await printed("deep.depth + new Box().width")).toBe("7\n");
    expect((await run("deep.nothing")).stderr).toContain("does not exist on type 'Hidden'");
    expect((await run("box.nothing")).stderr).toContain("does not exist on type 'Box'");
  });

  it("has them by a pattern", async () => {
    expect(await printed(`import { orbit } from "modern/addons/orbit.js"; orbit`)).toBe("1\n");
    expect((await run("orbit.nothing")).stderr).toContain("does not exist on type 'number'");
  });

  it("is still not found if nothing exports it", async () => {
    const { stderr } = await run(`import { a } from "modern/other";`);
    expect(stderr).toContain("Cannot find module 'modern/other'");
  });

  it("that awaits can't be imported, and the error says what to do", async () => {
    const { stderr } = await run(`import { late } from "modern/waits"; late`);
    expect(stderr).toContain(
      `"modern/waits" is an ES module, or uses one, that require() can't load, and tslab turns ` +
        `import into require(): write await import("modern/waits"), or await load("modern/waits")`,
    );
    expect(stderr).not.toContain("throw ");
  });

  it("that only import can load has an error that says so", async () => {
    const { stderr } = await run(`import { only } from "modern/only"; only`);
    expect(stderr).toContain(`If it is an ES module, write await import("modern/only")`);
    expect(await printed(`(await import("modern/only")).only`)).toBe("2\n");
  });

  it("that awaits can be loaded by import(), with its types", async () => {
    const code = `const { late, default: Late } = await import("modern/waits"); late + new Late().at`;
    expect(await printed(code)).toBe("6\n");
    expect((await run("late.nothing")).stderr).toContain("does not exist on type 'number'");
    expect((await run("new Late().nothing")).stderr).toContain("does not exist on type 'Late'");
  });

  it("that awaits can be loaded by an import() whose name is computed", async () => {
    const as = js ? "" : " as string";
    expect(await printed(`(await import("./waits.mjs"${as})).late`)).toBe("6\n");
  });

  it("that awaits can be loaded by load()", async () => {
    expect(await printed(`(await load("./waits.mjs")).late`)).toBe("6\n");
    expect(await printed(`(await load("modern/waits")).late`)).toBe("5\n");
    if (js) return;
    const typed = `(await load<typeof import("modern/waits")>("modern/waits")).nothing`;
    expect((await run(typed)).stderr).toContain("Property 'nothing' does not exist");
  });

  it("that isn't there is reported by load(), with what to do", async () => {
    const { stderr } = await run(`await load("not-there/sub");`);
    expect(stderr).toContain(
      `cannot find module "not-there/sub" from ${kernel.folder}: run "npm install not-there" there`,
    );
  });

  it.each([
    ["./wrong.mjs", "SyntaxError: Unexpected token '='"],
    ["./needy.mjs", "Cannot find package 'not-there' imported from"],
  ])("has its own errors passed on: %s", async (name, message) => {
    expect((await run(`await load(${JSON.stringify(name)});`)).stderr).toContain(message);
    const as = js ? "" : " as string";
    expect((await run(`await import(${JSON.stringify(name)}${as});`)).stderr).toContain(message);
  });

  it("is found if it is installed while the kernel runs", async () => {
    expect((await run(`import { late } from "later/sub";`)).stderr).toContain("Cannot find module");
    write(join(kernel.folder, "node_modules", "later"), {
      "package.json": `{ "exports": { "./sub": { "types": "./t/sub.d.ts", "default": "./sub.js" } } }`,
      "t/sub.d.ts": "export declare const late: number;",
      "sub.js": "exports.late = 9;",
    });
    // TypeScript notices it some time later. Until then it says "Cannot find module".
    const code = `import { late } from "later/sub"; late`;
    let found = await run(code);
    while (/^[^\n]*Cannot find module 'later\/sub'[^\n]*\n$/.test(found.stderr)) {
      await printed("1");
      found = await run(code);
    }
    expect(found).toMatchObject({ stdout: "9\n", stderr: "" });
    expect(await printed("late + 1")).toBe("10\n");
  });
});
