import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import { disposedAfterEach } from "../support/disposables";

const run = promisify(execFile);
const REPOSITORY = resolve(__dirname, "..", "..");

/** Uses what every page has and no worker, and what both have. */
const SAMPLE = `
export const title = document.title;
export const width = window.innerWidth;
export class Picture extends HTMLElement {}
export const canvas = new OffscreenCanvas(1, 1);
export const codec = VideoDecoder.isConfigSupported({ codec: "vp8" });
`;

const disposables = disposedAfterEach();
let folder: string;

beforeEach(() => {
  folder = disposables.folder();
});

/** Compiles the sample with the settings of a project of src/, and returns the errors. */
async function compileWith(project: string): Promise<string[]> {
  writeFileSync(join(folder, "sample.ts"), SAMPLE);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(REPOSITORY, "src", project, "tsconfig.json"),
      compilerOptions: {
        ...{ composite: false, noEmit: true, emitDeclarationOnly: false },
        ...{ rootDir: ".", tsBuildInfoFile: null },
      },
      include: ["sample.ts"],
      exclude: [],
    }),
  );
  const tsc = join(REPOSITORY, "node_modules", "typescript", "bin", "tsc");
  const args = [tsc, "--project", folder, "--pretty", "false"];
  const { stdout } = await run(process.execPath, args, { cwd: folder }).catch(
    // tsc prints its diagnostics to stdout, and fails.
    (error: unknown) => error as { stdout: string },
  );
  return stdout.split("\n").flatMap((line) => /error (TS\d+: .*)$/.exec(line)?.[1] ?? []);
}

describe("code that a worker runs", () => {
  it.each(["picture", "client/shared", "client/worker"])(
    "does not compile in src/%s when it names a part of a page",
    async (project) => {
      expect(await compileWith(project)).toEqual([
        expect.stringMatching(/^TS\d+: Cannot find name 'document'/),
        expect.stringMatching(/^TS\d+: Cannot find name 'window'/),
        expect.stringMatching(/^TS\d+: Cannot find name 'HTMLElement'/),
      ]);
    },
    60_000,
  );

  it("compiles in src/client, which a page runs, so the sample is correct", async () => {
    expect(await compileWith("client")).toEqual([]);
  }, 60_000);
});
