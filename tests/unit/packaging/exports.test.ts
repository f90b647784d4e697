import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..", "..", "..");

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly typesVersions: { readonly "*": Readonly<Record<string, readonly string[]>> };
}
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

describe("the package's exports", () => {
  it("are what the documentation describes, and package.json for tools", () => {
    expect(Object.keys(manifest.exports)).toEqual([
      ...[".", "./server", "./client", "./client/worker", "./element", "./react"],
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

describe("the packed package", () => {
  let project: string;
  let installed: string;

  beforeAll(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), "jupyter-rfb-ts-exports-")));
    installed = join(project, "node_modules", "jupyter-rfb-ts");
    mkdirSync(installed, { recursive: true });
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", project];
    const output = execFileSync(npm, pack, {
      ...{ cwd: root, encoding: "utf8", shell: process.platform === "win32" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [tarball] = JSON.parse(output) as { readonly filename: string }[];
    // npm's tarballs have everything in one folder, "package".
    const unpack = ["-xzf", tarball?.filename ?? "", "-C", installed, "--strip-components=1"];
    execFileSync("tar", unpack, { cwd: project });
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  /** The file, relative to the package, that Node finds for a name. */
  const required = (name: string): string => {
    const require = createRequire(join(project, "index.js"));
    return relative(installed, require.resolve(name)).split(sep).join("/");
  };

  it.each(
    Object.entries(manifest.exports).flatMap(([name, target]) =>
      (typeof target === "string" ? [target] : Object.values(target)).map(
        (path) => [name, path] as const,
      ),
    ),
  )("has for %s the file %s", (_name, path) => {
    expect(existsSync(join(installed, path))).toBe(true);
  });

  it.each([
    [".", "lib/kernel/index.js"],
    ["./server", "lib/server/index.js"],
    ["./client", "lib/client/index.mjs"],
    ["./client/worker", "lib/client/worker.js"],
    ["./element", "lib/client/element.mjs"],
    ["./react", "lib/client/react.mjs"],
    ["./package.json", "package.json"],
  ])("gives Node for %s the file %s", (name, file) => {
    expect(required(join("jupyter-rfb-ts", name).split(sep).join("/"))).toBe(file);
  });

  it.each([
    "lib/kernel/tslab/tslabKernel.js",
    "lib/kernel/index.js",
    "lib/kernel",
    "lib/client/index.js",
    "schema/plugin.json",
    "style/index.css",
    "install.json",
  ])("refuses %s, which is not an export", (path) => {
    expect(existsSync(join(installed, path))).toBe(true);
    const name = `jupyter-rfb-ts/${path}`;
    const refused = expect.objectContaining({ code: "ERR_PACKAGE_PATH_NOT_EXPORTED" }) as Error;
    expect(() => required(name)).toThrow(refused);
  });

  it("loads in a module of Node, and refuses a deep import there too", () => {
    const load = (name: string): string =>
      execFileSync(
        process.execPath,
        [
          "--input-type=module",
          "--eval",
          `import(${JSON.stringify(name)}).then(
             (module) => console.log(Object.keys(module).includes("RemoteFramebufferView")),
             (error) => console.log(error.code));`,
        ],
        { cwd: project, encoding: "utf8" },
      ).trim();
    expect(load("jupyter-rfb-ts/client")).toBe("true");
    expect(load("jupyter-rfb-ts/lib/client/index.mjs")).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
    expect(load(pathToFileURL(join(installed, "lib/client/index.mjs")).href)).toBe("true");
  });
});
