import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "../../../src/cli/command";
import type { System } from "../../../src/cli/system";
import { disposedAfterEach } from "../../support/disposables";

const disposables = disposedAfterEach();
/** A folder of this test with a package, and a person's project. */
let folder: string;
let project: string;
let printed: string[];
let errors: string[];

const PACKAGE_JSON =
  '{ "scripts": { "dev": "x" }, "dependencies": { "jupyter-rfb-ts": "^1.0.0" } }\n';

beforeEach(() => {
  folder = disposables.folder();
  project = join(folder, "project");
  printed = [];
  errors = [];
  for (const [file, text] of Object.entries({
    "hello.ipynb": "{}",
    "page/server.mjs": "1",
    "page/package.json": PACKAGE_JSON,
    "page/node_modules/react/index.js": "no",
    "page/dist/index.html": "no",
    "page/users.json": "no",
    ".ipynb_checkpoints/hello.ipynb": "no",
  })) {
    write(join(folder, "package", "examples", file), text);
  }
  write(join(project, "package.json"), "{}");
});

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const read = (file: string): string => readFileSync(join(project, file), "utf8");

/** Runs the command in the person's project. */
function examples(...argv: string[]): Promise<number> {
  const system: System = {
    platform: "linux",
    env: {},
    homeDirectory: folder,
    workingDirectory: project,
    run: () => ({ status: 1, stdout: "", stderr: "" }),
    print: (line) => void printed.push(line),
    stopSignal: () => new AbortController().signal,
  };
  const own = { directory: join(folder, "package"), version: "1.0.0" };
  return runCommand(["examples", ...argv], system, own, (line) => void errors.push(line));
}

describe("the command examples", () => {
  it("copies the examples and says what to do with them", async () => {
    write(join(project, "node_modules", "jupyter-rfb-ts", "package.json"), "{}");
    expect(await examples()).toBe(0);
    expect(read("examples/hello.ipynb")).toBe("{}");
    expect(read("examples/page/package.json")).toBe(PACKAGE_JSON);
    for (const file of [
      "page/node_modules",
      "page/dist",
      "page/users.json",
      ".ipynb_checkpoints",
    ]) {
      expect(existsSync(join(project, "examples", file))).toBe(false);
    }
    expect(printed).toEqual([
      "Copied 3 files to examples (0 were there)",
      "",
      "Notebooks: jupyter lab examples",
      "  A notebook's first cell names the npm packages that it needs.",
      "Web pages, each with a README.md:",
      "  cd examples/page && npm install && npm run dev",
    ]);
  });

  it("takes another folder, and says where nothing has the package yet", async () => {
    expect(await examples("../a b/c")).toBe(0);
    expect(readFileSync(join(folder, "a b/c/hello.ipynb"), "utf8")).toBe("{}");
    expect(printed[0]).toBe("Copied 3 files to ../a b/c (0 were there)");
    expect(printed).toContain(
      "  They import jupyter-rfb-ts: run npm install jupyter-rfb-ts in ../a b/c or above.",
    );
  });

  it("keeps a file that differs and says so, until it is forced", async () => {
    await examples();
    write(join(project, "examples", "hello.ipynb"), "mine");
    rmSync(join(project, "examples", "page", "server.mjs"));
    expect(await examples()).toBe(0);
    expect(read("examples/hello.ipynb")).toBe("mine");
    expect(read("examples/page/server.mjs")).toBe("1");
    expect(printed).toContain("Copied 1 file to examples (1 was there)");
    expect(printed).toContain("Kept examples/hello.ipynb, which differs (--force overwrites it)");
    printed = [];
    expect(await examples("--force")).toBe(0);
    expect(read("examples/hello.ipynb")).toBe("{}");
    expect(printed[0]).toBe("Copied 1 file to examples (2 were there)");
  });

  it.each([
    ["file:../packed.tgz", "file:../../../packed.tgz"],
    ["link:../clone", "link:../../../clone"],
    ["https://example.org/packed.tgz", "https://example.org/packed.tgz"],
    ["^0.9.0", "^1.0.0"],
  ])("lets pages depend on the package as the project does: %s", async (wanted, expected) => {
    const dependencies = { "jupyter-rfb-ts": wanted };
    write(join(project, "package.json"), JSON.stringify({ dependencies }));
    await examples();
    const copied = JSON.parse(read("examples/page/package.json")) as object;
    expect(copied).toMatchObject({ dependencies: { "jupyter-rfb-ts": expected } });
    printed = [];
    await examples();
    expect(printed[0]).toBe("Copied 0 files to examples (3 were there)");
  });

  it("refuses a file, the package's own folder, and a part of it", async () => {
    write(join(project, "taken"), "");
    const own = join(folder, "package", "examples");
    const places = ["taken", own, join(own, "page")];
    for (const place of places) expect(await examples(place)).toBe(1);
    expect(errors).toEqual([
      `jupyter-rfb-ts: Cannot copy the examples to ${join(project, "taken")}: it is a file; name another DIR`,
      `jupyter-rfb-ts: Cannot copy the examples to ${own}: they are there; name another DIR`,
      `jupyter-rfb-ts: Cannot copy the examples to ${join(own, "page")}: they are there; name another DIR`,
    ]);
  });

  it("names a path that can't be written", async () => {
    // Who may write everywhere can still not make a folder below a file.
    write(join(project, "file"), "");
    expect(await examples("file/below")).toBe(1);
    expect(errors).toEqual([
      expect.stringMatching(
        /^jupyter-rfb-ts: Cannot write \S+file.below\S+: E\w+.*; name another D/,
      ),
    ]);
  });
});
