import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeEach, expect, it } from "vitest";
import { disposedAfterEach } from "../support/disposables";
import { tenLines } from "../support/readme";

const run = promisify(execFile);
const REPOSITORY = resolve(__dirname, "..", "..");
const MODULES = join(REPOSITORY, "node_modules");

const SAMPLES = [
  "userCode.ts",
  "interactCode.ts",
  "widgetsCode.ts",
  "clientCode.ts",
  "renderingCode.ts",
];

const disposables = disposedAfterEach();
let folder: string;

beforeEach(() => {
  folder = disposables.folder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(REPOSITORY, join(folder, "node_modules", "jupyter-rfb-ts"), "dir");
  for (const name of ["@types", "@napi-rs", "csstype", "ndarray"]) {
    symlinkSync(join(MODULES, name), join(folder, "node_modules", name), "dir");
  }
  for (const name of SAMPLES) {
    copyFileSync(join(__dirname, "samples", name), join(folder, name));
  }
});

/** Compiles a file of the folder and returns what the compiler has to say. */
async function compile(
  typescript: string,
  options: readonly string[],
  file = "userCode.ts",
): Promise<string> {
  const tsc = join(MODULES, typescript, "bin", "tsc");
  const args = ["--noEmit", "--strict", "--esModuleInterop", "--types", "node", ...options];
  try {
    const { stdout } = await run(process.execPath, [tsc, ...args, file], { cwd: folder });
    return stdout;
  } catch (error) {
    // tsc prints its diagnostics to stdout.
    const { stdout } = error as { stdout?: string };
    return stdout === undefined || stdout === "" ? String(error) : stdout;
  }
}

// As in tslab's converter.js, with Node 20; lib has no DOM there.
const tslabOptions = [
  ...["--target", "es2022", "--lib", "es2022", "--module", "esnext"],
  ...["--moduleResolution", "node10", "--declaration"],
  ...["--experimentalDecorators", "--resolveJsonModule"],
];

it("compiles with tslab's TypeScript 5.0.4 and its module resolution, declarations checked", async () => {
  expect(await compile("typescript-5.0", tslabOptions)).toBe("");
}, 60_000);

it("compiles with the current TypeScript and nodenext", async () => {
  const options = ["--target", "es2022", "--module", "nodenext"];
  expect(await compile("typescript-current", options)).toBe("");
}, 60_000);

it.each([
  ["typescript-5.0", [...tslabOptions, "--skipLibCheck"]],
  ["typescript-current", ["--target", "es2022", "--module", "nodenext", "--skipLibCheck"]],
] as const)(
  "infers the values of interact() from its controls, with %s",
  async (typescript, options) => {
    expect(await compile(typescript, options, "interactCode.ts")).toBe("");
  },
  60_000,
);

it("compiles code with widgets, and rejects what has another type, in both", async () => {
  const current = ["--target", "es2022", "--module", "nodenext", "--skipLibCheck"];
  expect([
    await compile("typescript-5.0", [...tslabOptions, "--skipLibCheck"], "widgetsCode.ts"),
    await compile("typescript-current", current, "widgetsCode.ts"),
  ]).toEqual(["", ""]);
}, 60_000);

it("compiles the README's ten lines as tslab does", async () => {
  expect(tenLines()).toContain("extends RemoteFrameBuffer");
  writeFileSync(join(folder, "tenLines.ts"), tenLines());
  expect(await compile("typescript-5.0", [...tslabOptions, "--skipLibCheck"], "tenLines.ts")).toBe(
    "",
  );
}, 60_000);

// The first release whose DOM types have WebGPU, as @webgpu/types declares it, is the current one.
it("takes a page's canvases, and devices and textures of WebGPU", async () => {
  const options = ["--target", "es2022", "--lib", "es2022,dom", "--module", "nodenext"];
  expect(
    await compile("typescript-current", [...options, "--skipLibCheck"], "renderingCode.ts"),
  ).toBe("");
}, 60_000);

it.each([
  ["typescript-5.0", ["--module", "esnext", "--moduleResolution", "node10"]],
  ["typescript-current", ["--module", "nodenext"]],
  ["typescript-current", ["--module", "esnext", "--moduleResolution", "bundler"]],
] as const)(
  "compiles a page's code with %s and %o",
  async (typescript, resolution) => {
    const options = ["--target", "es2022", "--lib", "es2022,dom,dom.iterable", ...resolution];
    expect(await compile(typescript, [...options, "--skipLibCheck"], "clientCode.ts")).toBe("");
  },
  60_000,
);
