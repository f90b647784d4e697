import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { rspack as Rspack } from "@rspack/core";
import { beforeAll, describe, expect, it } from "vitest";
import { disposedAfterAll } from "../../support/disposables";

const root = resolve(import.meta.dirname, "..", "..", "..");
const labextension = join(root, "labextension");

/** The joined text of all files of a folder with an ending. */
function textOf(directory: string, ending: string): string {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(join(directory, file), "utf8"))
    .join("\n");
}

/**
 * Bundles the kernel's side as JupyterLab's builder, with the same bundler, would bundle it into
 * the extension.
 */
async function bundleKernel(output: string): Promise<void> {
  // A dependency of the builder, not of this package.
  const builder = createRequire(import.meta.url).resolve("@jupyter/builder/package.json");
  const { rspack } = createRequire(builder)("@rspack/core") as { rspack: typeof Rspack };
  const compiler = rspack({
    mode: "production",
    context: root,
    entry: "./lib/kernel/index.js",
    output: { path: output },
    target: "node",
    externals: /^tslab/,
  });
  const failed = await new Promise<boolean>((done, fail) => {
    compiler.run((error, stats) => {
      if (error !== null) fail(error);
      else done(stats?.hasErrors() ?? true);
    });
  });
  await new Promise((done) => {
    compiler.close(done);
  });
  if (failed) throw new Error("Cannot bundle lib/kernel/index.js");
}

describe("the extension's bundle", () => {
  const bundle = textOf(join(labextension, "static"), ".js");

  it("holds the widget's model and view and its style", () => {
    expect(bundle).toContain("RemoteFrameBufferModel");
    expect(bundle).toContain("RemoteFrameBufferView");
    expect(bundle).toContain(".jupyter-rfb");
  });

  // .size-limit.json has the most.
  it("has more than 20 KB, gzipped, so that the budget measures all of it", () => {
    expect(gzipSync(bundle).length).toBeGreaterThan(20 * 1024);
  });

  // Texts that a bundler and its minifier do not change.
  const kernelOnly = [
    { part: "the way into tslab", text: "lastWriteDisplayData" },
    { part: "the comms", text: "no Jupyter kernel is attached" },
    { part: "the connection", text: "createHmac" },
    { part: "the kernel", text: "Cannot show a widget" },
    { part: "the encoders", text: "@julusian/jpeg-turbo" },
  ];

  it.each(kernelOnly)("does not hold $part of the kernel's side", ({ text }) => {
    expect(bundle).not.toContain(text);
  });

  // Shows that the cases above can fail.
  describe("with the kernel's side bundled in", () => {
    const disposables = disposedAfterAll();
    let output: string;
    beforeAll(async () => {
      output = disposables.folder();
      await bundleKernel(output);
    });

    it.each(kernelOnly)("would hold $part", ({ text }) => {
      expect(textOf(output, ".js")).toContain(text);
    });
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
    // Only the package's own code has it.
    expect(bundle).not.toContain("IPY_MODEL_");
  });
});
