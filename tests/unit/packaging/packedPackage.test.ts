import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packPackage, type PackedPackage } from "../../support/packedPackage";
import { relativeLinks } from "../../support/relativeLinks";

const root = resolve(import.meta.dirname, "..", "..", "..");
const repository = repositoryFiles();

const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, unknown>>;
};

let packed: PackedPackage;

// Several seconds on a slow disk.
beforeAll(() => {
  packed = packPackage();
}, 60_000);
afterAll(() => packed.dispose());

describe("the npm package's files", () => {
  it("are what users of the package, of the command and of the extension need", () => {
    expect(packed.files).toEqual(
      expect.arrayContaining([
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "dist/index.js",
        "examples/hello_world.ipynb",
        "install.json",
        "labextension/lite.js",
        "labextension/package.json",
        "labextension/schemas/jupyter-rfb-ts/plugin.json",
        "lib/anywidget/frontEnd.js",
        "lib/anywidget/loader.js",
        "lib/cli/main.js",
        "lib/kernel/index.d.ts",
        "lib/kernel/index.js",
        "lib/widget/index.js",
        "nbextension/extension.js",
        "package.json",
        "schema/plugin.json",
        "style/index.css",
      ]),
    );
    expect(packed.files).toContainEqual(
      expect.stringMatching(/^labextension\/static\/remoteEntry\..*\.js$/),
    );
  });

  it("are nothing else", () => {
    const known = [
      /^lib\/(protocol|framebuffer|rendering|widgets|kernel|lite|hosting|relay|server|cli|picture|view|widget|client)\/.*\.(js|d\.ts)$/,
      /^lib\/client\/(index|element|react)\.(mjs|d\.mts)$/,
      /^lib\/lite\/package\.json$/,
      /^lib\/anywidget\/(frontEnd|loader)\.js$/,
      /^lib\/demo\/(index\.html|demo\.js|demo\.css|icon\.svg)$/,
      /^labextension\/(package\.json|lite\.js|schemas\/jupyter-rfb-ts\/[\w.-]+\.json)$/,
      /^labextension\/static\/[\w.-]+\.(js|json)$/,
      /^(dist\/index|nbextension\/extension)\.js$/,
      /^(schema\/plugin\.json|style\/[\w-]+\.css)$/,
      /^docs\/([\w-]+\/)*[\w-]+\.(md|gif|png|svg|webp)$/,
      /^examples\/.*[\w-]+\.(css|html|ipynb|jpg|json|js|md|mjs|mp4|png|svg|ts|tsx)$/,
      /^(package|install)\.json$/,
      /^(README|CHANGELOG|CONTRIBUTING)\.md$/,
      /^LICENSE$/,
    ];
    expect(packed.files.filter((file) => !known.some((form) => form.test(file)))).toEqual([]);
  });

  it("are built, or in the repository: none was left by a program", () => {
    const left = packed.files.filter(
      (file) => !/^(lib|labextension|dist)\//.test(file) && !repository.has(file),
    );
    expect(left).toEqual([]);
  });

  it("have a source, in lib/", () => {
    const orphans = packed.files.filter((file) => {
      const source = file.replace(/^lib\//, "src/").replace(/(\.d\.m?ts|\.m?js)$/, ".ts");
      const isMade = file === "lib/lite/package.json";
      return file.startsWith("lib/") && !isMade && !existsSync(join(root, source));
    });
    expect(orphans).toEqual([]);
  });

  it("are at most 4.2 MB, packed", () => {
    expect(packed.size).toBeLessThan(4.2e6);
  });

  it("start the command as a program", () => {
    expect(readFileSync(join(packed.installed, "lib", "cli", "main.js"), "utf8")).toMatch(
      /^#!\/usr\/bin\/env node\n/,
    );
  });
});

describe("links", () => {
  /** Pages for those who have a clone: they may also link to what is only there. */
  const forContributors =
    /^(CONTRIBUTING|CHANGELOG|docs\/(ARCHITECTURE|PROTOCOL|PERFORMANCE))\.md$/;

  it("lead to files of the package, in README.md and the pages for users", () => {
    const pages = packed.files.filter(
      (file) => file.endsWith(".md") && !forContributors.test(file),
    );
    expect(pages).toContain("README.md");
    expect(deadLinks(pages, new Set(packed.files))).toEqual([]);
  });

  it("lead to files of the repository, in the pages for contributors", () => {
    const pages = packed.files.filter((file) => forContributors.test(file));
    expect(pages).toContain("docs/PROTOCOL.md");
    expect(deadLinks(pages, repository)).toEqual([]);
  });

  it("show pictures, in README.md", () => {
    const pictures = relativeLinks(readFileSync(join(root, "README.md"), "utf8")).filter((link) =>
      /\.(gif|png|svg|webp)$/.test(link),
    );
    expect(pictures).not.toEqual([]);
  });
});

describe("the installed package", () => {
  /** The file, relative to the package, that Node finds for a name. */
  const required = (name: string): string => {
    const require = createRequire(join(packed.project, "index.js"));
    return relative(packed.installed, require.resolve(name)).split(sep).join("/");
  };

  it.each(
    Object.entries(exports).flatMap(([name, target]) =>
      targets(target).map((path) => [name, path] as const),
    ),
  )("has for %s the file %s", (_name, path) => {
    expect(existsSync(join(packed.installed, path))).toBe(true);
  });

  it.each([
    [".", "lib/kernel/index.js"],
    ["./server", "lib/server/index.js"],
    ["./client", "lib/client/index.mjs"],
    ["./client/worker", "lib/client/worker.js"],
    ["./element", "lib/client/element.mjs"],
    ["./react", "lib/client/react.mjs"],
    ["./lite", "lib/lite/index.js"],
    ["./package.json", "package.json"],
  ])("gives Node for %s the file %s", (name, file) => {
    expect(required(posix.join("jupyter-rfb-ts", name))).toBe(file);
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
    expect(existsSync(join(packed.installed, path))).toBe(true);
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
        { cwd: packed.project, encoding: "utf8" },
      ).trim();
    expect(load("jupyter-rfb-ts/client")).toBe("true");
    expect(load("jupyter-rfb-ts/lib/client/index.mjs")).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
    expect(load(pathToFileURL(join(packed.installed, "lib/client/index.mjs")).href)).toBe("true");
  });
});

describe("what checkers of packages find", () => {
  it("is deliberate: publint", async () => {
    const tarball = new Uint8Array(readFileSync(packed.tarball)).buffer;
    const { messages } = await publint({ pack: { tarball } });
    expect(messages.map(({ code, path }) => [code, path.join(".")])).toEqual([
      // With "type": "commonjs" webpack would not take lib/client/*.js for ES modules; with "module"
      // neither Node before 20.19 nor tslab could require the rest.
      ["USE_TYPE", "name"],
      // Imports of "." and "./element" are made for their side effects, and the other entries are
      // one file each: there is nothing for a bundler to drop.
      ["USE_SIDE_EFFECTS", "name"],
      // JupyterLab's builder reads `main` and `browser`, and ignores `exports`.
      ["USE_EXPORTS_OR_IMPORTS_BROWSER", "browser"],
      // The builder copies package.json to labextension/, where JupyterLab reads its version.
      ["NESTED_PACKAGE_JSON_FIELD_IGNORED", "name"],
    ]);
  });

  it("is deliberate: are the types wrong?", () => {
    // To a file, since it exits before a slow pipe has taken everything.
    const report = join(packed.project, "attw.json");
    const output = openSync(report, "w");
    // It exits with 1 for what is expected below.
    const { stderr } = spawnSync(
      process.execPath,
      ["node_modules/@arethetypeswrong/cli/dist/index.js", packed.tarball, "--format", "json"],
      { cwd: root, encoding: "utf8", stdio: ["ignore", output, "pipe"] },
    );
    closeSync(output);
    const printed = readFileSync(report, "utf8");
    if (printed === "") throw new Error(`attw printed nothing: ${stderr}`);
    const { analysis } = JSON.parse(printed) as {
      readonly analysis: {
        readonly entrypoints: Readonly<Record<string, unknown>>;
        readonly problems: readonly unknown[];
      };
    };
    expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(exports));
    // They are for pages, and ES modules for Node, which imports them to prepare a page; "./lite" is
    // for a kernel in a page.
    const esModules = ["./client", "./element", "./react", "./lite"].map((entrypoint) => ({
      kind: "CJSResolvesToESM",
      entrypoint,
      resolutionKind: "node16-cjs",
    }));
    expect(analysis.problems).toEqual(esModules);
  }, 60_000);
});

/** The files that an entry of `exports` names. */
function targets(entry: unknown): string[] {
  if (typeof entry === "string") return [entry];
  return Object.values(entry as Readonly<Record<string, unknown>>).flatMap(targets);
}

/** What git has, or would have: neither what is ignored nor what was deleted. */
function repositoryFiles(): ReadonlySet<string> {
  const output = execFileSync("git", ["ls-files", "-z", "-co", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  return new Set(output.split("\0").filter((file) => file !== "" && existsSync(join(root, file))));
}

/** The relative links of pages that lead neither to one of the files nor to a folder of them. */
function deadLinks(pages: readonly string[], files: ReadonlySet<string>): string[] {
  return pages.flatMap((page) =>
    relativeLinks(readFileSync(join(root, page), "utf8"))
      .filter((link) => {
        const file = posix.join(posix.dirname(page), link).replace(/\/$/, "");
        return !files.has(file) && ![...files].some((other) => other.startsWith(`${file}/`));
      })
      .map((link) => `${page}: ${link}`),
  );
}
