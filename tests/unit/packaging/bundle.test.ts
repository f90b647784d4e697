import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..", "..", "..");
const labextension = join(root, "labextension");

/** The text of all files of a folder that end so, joined. */
function textOf(directory: string, ending: string): string {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(join(directory, file), "utf8"))
    .join("\n");
}

describe("the extension's bundle", () => {
  const bundle = textOf(join(labextension, "static"), ".js");

  it("holds the widget's model and view and its style", () => {
    expect(bundle).toContain("RemoteFrameBufferModel");
    expect(bundle).toContain("RemoteFrameBufferView");
    expect(bundle).toContain(".jupyter-rfb");
  });

  // Texts that a minifier leaves alone, each of which stands in lib/ where it is expected.
  const kernelOnly = [
    { text: "lastWriteDisplayData", file: "lib/kernel/tslabKernelInternals.js" },
    { text: "jupyter.widget.control", file: "lib/kernel" },
    { text: "jpeg-js", file: "lib/framebuffer/encoders/jpeg.js" },
    { text: "pngjs", file: "lib/framebuffer/encoders/png.js" },
    { text: "createHmac", file: "lib/kernel" },
    { text: "Cannot show a widget", file: "lib/kernel/kernel.js" },
  ];

  it.each(kernelOnly)("does not hold the kernel side's $text", ({ text, file }) => {
    const path = join(root, file);
    const kernel = file.endsWith(".js") ? readFileSync(path, "utf8") : textOf(path, ".js");
    expect(kernel).toContain(text);
    expect(bundle).not.toContain(text);
  });

  it("requires no module of Node", () => {
    expect(bundle).not.toMatch(
      /require\(["'](node:)?(fs|path|zlib|crypto|child_process|net)["']\)/,
    );
  });

  it("leaves @jupyter-widgets/base to JupyterLab, which has the only one that works", () => {
    const build = JSON.parse(readFileSync(join(labextension, "package.json"), "utf8")) as {
      jupyterlab: { _build: { load: string; extension: string; style: string } };
    };
    expect(build.jupyterlab._build).toMatchObject({ extension: "./extension", style: "./style" });
    expect(existsSync(join(labextension, build.jupyterlab._build.load))).toBe(true);
    expect(bundle).not.toContain("WidgetModel.serializers");
    expect(bundle).not.toContain("unpack_models");
  });
});

describe("the npm package", () => {
  const packed = packedFiles();

  it("has what users of the package, of the command and of the extension need", () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "install.json",
        "labextension/package.json",
        "labextension/schemas/jupyter-rfb-ts/plugin.json",
        "lib/cli/main.js",
        "lib/kernel/index.d.ts",
        "lib/kernel/index.js",
        "lib/widget/index.js",
        "package.json",
        "schema/plugin.json",
        "style/index.css",
      ]),
    );
    expect(packed.some((file) => /^labextension\/static\/remoteEntry\..*\.js$/.test(file))).toBe(
      true,
    );
  });

  it("has the pictures that its README shows", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path]) => path);
    expect(pictures).not.toEqual([]);
    expect(packed).toEqual(expect.arrayContaining(pictures));
  });

  it("has nothing else", () => {
    const known = [
      /^lib\/(protocol|framebuffer|kernel|cli|view|widget)\/.*\.(js|d\.ts)$/,
      /^labextension\/(package\.json|schemas\/jupyter-rfb-ts\/[\w.-]+\.json)$/,
      /^labextension\/static\/[\w.-]+\.(js|json)$/,
      /^(schema\/plugin\.json|style\/[\w-]+\.css|docs\/[A-Z]+\.md|docs\/screenshot\.png)$/,
      /^(package\.json|install\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
    ];
    expect(packed.filter((file) => !known.some((form) => form.test(file)))).toEqual([]);
  });

  it("has no file in lib/ without a source", () => {
    const orphans = packed.filter((file) => {
      const source = file.replace(/^lib\//, "src/").replace(/(\.d\.ts|\.js)$/, ".ts");
      return file.startsWith("lib/") && !existsSync(join(root, source));
    });
    expect(orphans).toEqual([]);
  });

  it("starts its command as a program", () => {
    expect(readFileSync(join(root, "lib", "cli", "main.js"), "utf8")).toMatch(
      /^#!\/usr\/bin\/env node\n/,
    );
  });
});

/** What `npm pack` would put into the tarball. */
function packedFiles(): string[] {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { stdout, status, stderr } = spawnSync(
    npm,
    ["pack", "--dry-run", "--json", "--ignore-scripts"],
    { cwd: root, encoding: "utf8", shell: process.platform === "win32" },
  );
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const [tarball] = JSON.parse(stdout) as { files: { path: string }[] }[];
  return (tarball?.files ?? []).map((file) => file.path);
}
