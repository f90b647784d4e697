import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  EmptyProject,
  listedExtension,
  listedKernels,
  pythonOf,
  runCell,
} from "../support/emptyProject";

const repository = resolve(import.meta.dirname, "..", "..");
const npx = (...args: string[]): [string, string[]] => ["npx", ["--no-install", ...args]];

describe("the packed npm package, in an empty folder with an empty Python environment", () => {
  let project: EmptyProject;
  let environment: string;
  let data: string;
  let said: string;

  beforeAll(() => {
    project = new EmptyProject();
    project.run("npm", ["pack", repository, "--ignore-scripts", "--silent"]);
    const tarball = readdirSync(project.folder).find((file) => file.endsWith(".tgz"));
    const { version } = createRequire(import.meta.url)("tslab/package.json") as {
      version: string;
    };
    project.run("npm", ["init", "--yes", "--silent"]);
    project.run("npm", [
      ...["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"],
      ...[`./${tarball}`, `tslab@${version}`],
    ]);
    environment = project.makeEnvironment({ pip: false });
    data = join(environment, "share", "jupyter");
    said = project.run(...npx("jupyter-rfb-ts", "install", "--python", pythonOf(environment)));
  });

  afterAll(() => {
    project.dispose();
  });

  it("says what it wrote", () => {
    for (const path of [
      ...["kernels/tslab", "kernels/jslab", "labextensions/jupyter-rfb-ts"],
      "nbextensions/jupyter-rfb-ts",
    ]) {
      expect(said).toContain(`Wrote ${join(data, path)}`);
    }
  });

  it("lets Jupyter find the kernels and JupyterLab the extension", () => {
    expect(listedKernels(project, environment)).toMatchObject({
      tslab: join(data, "kernels", "tslab"),
      jslab: join(data, "kernels", "jslab"),
    });
    expect(listedExtension(project, environment)).toMatch(/enabled.*OK/);
  });

  it("puts the AMD module where VS Code looks, for kernels of a Python environment", () => {
    const folder = join(data, "nbextensions", "jupyter-rfb-ts");
    const installed = join(project.folder, "node_modules", "jupyter-rfb-ts");
    expect(readdirSync(folder).sort()).toEqual(["extension.js", "index.js"]);
    expect(readFileSync(join(folder, "index.js"))).toEqual(
      readFileSync(join(installed, "dist", "index.js")),
    );
    const doctor = project.run(
      ...npx("jupyter-rfb-ts", "doctor", "--python", pythonOf(environment)),
    );
    expect(doctor).toContain(`module for VS Code: ${folder}`);
  });

  it("lets a cell of the installed kernel import the library and subclass a frame buffer", () => {
    const printed = runCell(
      project,
      environment,
      "tslab",
      `import { RemoteFrameBuffer, type RfbEvent } from "jupyter-rfb-ts";
       class Red extends RemoteFrameBuffer {
         get_frame() { return { data: new Uint8Array([255, 0, 0]), shape: [1, 1, 3] }; }
         handle_event(event: RfbEvent) { if (event.event_type === "resize") this.request_draw(); }
       }
       const frame = new Red({ css_width: "20px" }).snapshot().data;
       console.log("snapshot of", frame.shape, Array.from(frame.data));`,
    );
    expect(printed).toMatch(/snapshot of .*1.*1.*3.*255.*0.*0/s);
    expect(printed).toContain("status: ok");
  });

  it("copies the examples, which find the package, and leaves them alone the second time", () => {
    const printed = project.run(...npx("jupyter-rfb-ts", "examples"));
    expect(printed).toMatch(/^Copied [1-9]\d* files to examples \(0 were there\)$/m);
    expect(printed).not.toContain("run npm install jupyter-rfb-ts");
    const copied = join(project.folder, "examples");
    const own = join(repository, "examples");
    expect(readFileSync(join(copied, "hello_world.ipynb"))).toEqual(
      readFileSync(join(own, "hello_world.ipynb")),
    );
    const pages = readdirSync(own).filter((name) => existsSync(join(own, name, "package.json")));
    expect(pages.length).toBeGreaterThan(0);
    for (const page of pages) {
      expect(printed).toMatch(new RegExp(`^  cd examples.${page} && npm install && npm `, "m"));
      expect(readdirSync(join(copied, page))).not.toContain("node_modules");
      const { dependencies } = JSON.parse(
        readFileSync(join(copied, page, "package.json"), "utf8"),
      ) as { dependencies: Readonly<Record<string, string>> };
      // No registry is asked for a package that the project has as a file.
      const [, file = ""] = /^file:(.*)$/.exec(dependencies["jupyter-rfb-ts"] ?? "") ?? [];
      expect(existsSync(resolve(copied, page, file))).toBe(true);
      const server = createRequire(join(copied, page, "x.js")).resolve("jupyter-rfb-ts/server");
      expect(server).toContain(join("node_modules", "jupyter-rfb-ts", "lib"));
    }
    expect(project.run(...npx("jupyter-rfb-ts", "examples"))).toContain("Copied 0 files");
  });

  it("takes a folder instead of an environment, and uninstalls it alone", () => {
    const prefix = join(project.folder, "elsewhere");
    const python = pythonOf(environment);
    project.run(...npx("jupyter-rfb-ts", "install", "--prefix", prefix, "--python", python));
    expect(readdirSync(join(prefix, "share", "jupyter")).sort()).toEqual([
      "kernels",
      "labextensions",
      "nbextensions",
    ]);

    project.run(...npx("jupyter-rfb-ts", "uninstall", "--prefix", prefix));

    expect(existsSync(prefix)).toBe(false);
    expect(existsSync(join(data, "labextensions", "jupyter-rfb-ts"))).toBe(true);
  });

  it("leaves nothing after uninstall", () => {
    project.run(...npx("jupyter-rfb-ts", "uninstall", "--python", pythonOf(environment)));

    expect(existsSync(data)).toBe(false);
    expect(Object.keys(listedKernels(project, environment))).not.toContain("tslab");
    expect(listedExtension(project, environment)).toBeUndefined();
  });

  it("installs for the user, whom every environment's Jupyter then offers it, and uninstalls it", () => {
    const python = ["--python", pythonOf(environment)];
    // What Jupyter itself keeps there: the kernel of a test above was started with it.
    const before = readdirSync(project.userData, { recursive: true });
    project.run(...npx("jupyter-rfb-ts", "install", "--user", ...python));

    expect(listedKernels(project, environment)).toMatchObject({
      tslab: join(project.userData, "kernels", "tslab"),
      jslab: join(project.userData, "kernels", "jslab"),
    });
    expect(listedExtension(project, environment)).toMatch(/enabled.*OK/);
    expect(existsSync(data)).toBe(false);

    project.run(...npx("jupyter-rfb-ts", "uninstall", "--user", ...python));

    expect(readdirSync(project.userData, { recursive: true })).toEqual(before);
    expect(Object.keys(listedKernels(project, environment))).not.toContain("tslab");
    expect(listedExtension(project, environment)).toBeUndefined();
  });
});
