import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, copyFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

const run = promisify(execFile);
const REPOSITORY = resolve(__dirname, "..", "..");
const MODULES = join(REPOSITORY, "node_modules");

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jupyter-rfb-ts-types-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(REPOSITORY, join(folder, "node_modules", "jupyter-rfb-ts"), "dir");
  for (const name of ["@types", "ndarray"]) {
    symlinkSync(join(MODULES, name), join(folder, "node_modules", name), "dir");
  }
  copyFileSync(join(__dirname, "samples", "userCode.ts"), join(folder, "userCode.ts"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function compile(typescript: string, options: readonly string[]): Promise<string> {
  const tsc = join(MODULES, typescript, "bin", "tsc");
  const args = ["--noEmit", "--strict", "--esModuleInterop", "--types", "node", ...options];
  try {
    const { stdout } = await run(process.execPath, [tsc, ...args, "userCode.ts"], { cwd: folder });
    return stdout;
  } catch (error) {
    // tsc prints its diagnostics to stdout.
    return (error as { stdout?: string }).stdout ?? String(error);
  }
}

it("compiles with tslab's TypeScript 5.0.4 and its module resolution, declarations checked", async () => {
  const options = ["--target", "es2020", "--module", "commonjs", "--moduleResolution", "node10"];
  expect(await compile("typescript-5.0", options)).toBe("");
}, 60_000);

it("compiles with the current TypeScript and nodenext", async () => {
  const options = ["--target", "es2022", "--module", "nodenext"];
  expect(await compile("typescript", options)).toBe("");
}, 60_000);
