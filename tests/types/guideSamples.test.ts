import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { disposedAfterAll } from "../support/disposables";
import { PROGRAM_PAGES, samplesOf, type Sample } from "../support/guides";

const run = promisify(execFile);
const REPOSITORY = resolve(__dirname, "..", "..");
const MODULES = join(REPOSITORY, "node_modules");

/** Modules with types that samples import. */
const IMPORTED = ["@types", "csstype", "fastify", "react"];

const OPTIONS = [
  ...["--noEmit", "--strict", "--skipLibCheck", "--pretty", "false", "--types", "node"],
  ...["--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--jsx", "react-jsx"],
  ...["--module", "esnext", "--moduleResolution", "bundler", "--esModuleInterop"],
];

const disposables = disposedAfterAll();
let folder: string;

beforeAll(() => {
  folder = disposables.folder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(REPOSITORY, join(folder, "node_modules", "jupyter-rfb-ts"), "dir");
  for (const name of IMPORTED) {
    symlinkSync(join(MODULES, name), join(folder, "node_modules", name), "dir");
  }
});

/** One module of a chapter's samples: each import once, on top, and a module even without any. */
function moduleOf(samples: readonly Sample[]): string {
  const lines = samples.flatMap(({ code }) => code.split("\n"));
  const isImport = (line: string): boolean => /^import .*;$/.test(line);
  const imports = new Set(lines.filter(isImport));
  return [...imports, ...lines.filter((line) => !isImport(line)), "export {};", ""].join("\n");
}

describe.each(PROGRAM_PAGES)("the samples of docs/%s", (page) => {
  it("compile with the built declarations, each chapter as a module", async () => {
    const chapters = new Map<string, Sample[]>();
    for (const sample of samplesOf(page)) {
      if (sample.reason !== undefined) continue;
      chapters.set(sample.chapter, [...(chapters.get(sample.chapter) ?? []), sample]);
    }
    expect(chapters.size).toBeGreaterThan(0);
    const files = [...chapters].map(([chapter, samples]) => {
      const file = `chapter_${chapter.replaceAll(/\W+/g, "_")}.tsx`;
      writeFileSync(join(folder, file), moduleOf(samples));
      return file;
    });
    const tsc = join(MODULES, "typescript-current", "bin", "tsc");
    const { stdout } = await run(process.execPath, [tsc, ...OPTIONS, ...files], {
      cwd: folder,
    }).catch((error: unknown) => error as { stdout: string });
    expect(stdout).toBe("");
  }, 60_000);
});
