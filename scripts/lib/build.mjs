/**
 * Builds what the package has: lib/ (from TypeScript, with the bundles that pages load), dist/index.js (what VS Code and static
 * pages load) and labextension/ (what JupyterLab loads). Also installs the kernels and the extension into the environments for
 * development and tests.
 */
import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { relative, sep } from "node:path";
import { at, hostsPython, tslabBinary, venvPython } from "./paths.mjs";
import { runNode, say } from "./run.mjs";
import { filesUnder, fingerprint, forget, once } from "./stamp.mjs";

/** The projects of src/ that `tsc -b` builds, with those that they refer to. */
const projects = [
  "protocol",
  "framebuffer",
  "framebuffer/tsconfig.node.json",
  "framebuffer/tsconfig.browser.json",
  "rendering",
  "widgets",
  "kernel",
  "kernel/tsconfig.node.json",
  "lite",
  "cli",
  "picture",
  "view",
  "widget",
  "client",
];
const generator = "scripts/generateCoreWidgets.mjs";
const bundler = "scripts/lib/bundleClient.mjs";
const pageBundler = "scripts/lib/bundleDemo.mjs";
const widgetBundler = "scripts/lib/bundleWidget.mjs";
const liteBundler = "scripts/lib/bundleLite.mjs";
const anywidgetBundler = "scripts/lib/bundleAnywidget.mjs";
const generated = "src/widgets/generated/";

/** Builds everything that has changed since the last build. */
export function build() {
  const print = fingerprint(
    [
      ...["src", "schema", "style", "package.json", "package-lock.json"],
      ...["tsconfig.base.json", "install.json", generator, "scripts/lib/build.mjs"],
      ...[
        "scripts/lib/bundle.mjs",
        bundler,
        pageBundler,
        widgetBundler,
        liteBundler,
        anywidgetBundler,
      ],
    ],
    { skip: (path) => path.startsWith(generated) },
  );
  const whole = [
    "lib/kernel/index.js",
    "lib/cli/main.js",
    ...["index", "worker", "element", "react"].map((name) => `lib/client/${name}.js`),
    ...["index.html", "demo.css", "icon.svg", "demo.js"].map((name) => `lib/demo/${name}`),
    ...["index.js", "package.json"].map((name) => `lib/lite/${name}`),
    ...["frontEnd", "loader"].map((name) => `lib/anywidget/${name}.js`),
    "dist/index.js",
    ...["package.json", "lite.js"].map((name) => `labextension/${name}`),
    generated,
  ].every((path) => existsSync(at(path)));
  if (!whole) forget("lib/.stamps/build");
  once("lib/.stamps/build", print, () => {
    say("building lib/");
    runNode(generator, []);
    runNode("node_modules/typescript/bin/tsc", [
      "-b",
      ...projects.map((project) => `src/${project}`),
    ]);
    say("bundling lib/client/");
    runNode(bundler, []);
    say("bundling lib/demo/");
    runNode(pageBundler, []);
    say("bundling dist/index.js");
    runNode(widgetBundler, []);
    say("bundling lib/lite/");
    runNode(liteBundler, []);
    say("bundling lib/anywidget/");
    runNode(anywidgetBundler, []);
    removeOrphans();
    say("building labextension/");
    rmSync(at("labextension"), { recursive: true, force: true });
    runNode("node_modules/@jupyter/builder/lib/build-labextension.js", [
      "--core-package-file",
      "node_modules/@jupyterlab/core-meta/core.package.json",
      ".",
    ]);
    // The builder's own copy of package.json: nobody reads it.
    rmSync(at("labextension/schemas/jupyter-rfb-ts/package.json.orig"), { force: true });
    // A JupyterLite with the extension then serves the library to its notebooks, too.
    copyFileSync(at("lib/lite/index.js"), at("labextension/lite.js"));
  });
}

/** Removes from lib/ what was built from sources that are gone: it would be published. */
function removeOrphans() {
  for (const file of filesUnder(at("lib"))) {
    const built = relative(at("lib"), file).split(sep).join("/");
    const source = built.replace(/\.d\.ts$|\.js$/, ".ts");
    if (source !== built && !existsSync(at("src", source))) rmSync(file);
  }
}

/** Installs the kernels and the extension into .venv, by the command that users have. */
export function installIntoVenv() {
  installInto(".venv", venvPython);
}

/** Installs the kernels and the extension into .venv-hosts. */
export function installIntoHostsVenv() {
  installInto(".venv-hosts", hostsPython);
}

/** @param {string} folder
 * @param {string} python */
function installInto(folder, python) {
  const requirements = readFileSync(at(folder, ".stamps/venv"), "utf8");
  const installed = ["labextension", "install.json", "lib/cli", "dist/index.js", "nbextension"];
  const print = fingerprint(installed, { extra: [requirements, tslabBinary] });
  once(`${folder}/.stamps/install`, print, () => {
    say(`installing the tslab kernel and the extension into ${folder}`);
    runNode("lib/cli/main.js", ["install", "--sys-prefix", "--python", python]);
  });
}
