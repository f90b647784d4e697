import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  EmptyProject,
  developmentPython,
  listedExtension,
  pythonOf,
} from "../support/emptyProject";

const repository = resolve(import.meta.dirname, "..", "..");

describe("the wheel, in an empty Python environment", () => {
  let project: EmptyProject;
  let environment: string;
  let wheel: string;

  beforeAll(() => {
    project = new EmptyProject();
    environment = project.makeEnvironment({ pip: true });
    const build = ["-m", "hatchling", "build", "--target", "wheel", "--directory", project.folder];
    project.run(developmentPython, build, repository);
    const name = readdirSync(project.folder).find((file) => file.endsWith(".whl"));
    wheel = join(project.folder, name ?? "no wheel was built");
  });

  afterAll(() => {
    project.dispose();
  });

  const pip = (...args: string[]): string =>
    project.run(pythonOf(environment), ["-m", "pip", "--disable-pip-version-check", ...args]);

  it("has the version of package.json in its name", () => {
    const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
      version: string;
    };
    expect(wheel).toBe(join(project.folder, `jupyter_rfb_ts-${version}-py3-none-any.whl`));
  });

  it("puts the extension where JupyterLab finds it, with all its files", () => {
    const installed = join(environment, "share", "jupyter", "labextensions", "jupyter-rfb-ts");
    const files = (folder: string): string[] =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

    pip("install", "--no-deps", "--no-index", wheel);

    expect(files(installed)).toEqual(
      [...files(join(repository, "labextension")), "install.json"].sort(),
    );
    const module = join(environment, "share", "jupyter", "nbextensions", "jupyter-rfb-ts");
    expect(files(module)).toEqual(["extension.js", "index.js"]);
    expect(readFileSync(join(module, "index.js"))).toEqual(
      readFileSync(join(repository, "dist", "index.js")),
    );
    expect(listedExtension(project, environment)).toMatch(/enabled.*OK.*jupyter_rfb_ts/);
    expect(pip("show", "jupyter-rfb-ts")).toMatch(/Requires: jupyterlab[-_]widgets/i);

    pip("uninstall", "--yes", "jupyter-rfb-ts");

    expect(existsSync(installed)).toBe(false);
    expect(existsSync(module)).toBe(false);
    expect(listedExtension(project, environment)).toBeUndefined();
  });
});
