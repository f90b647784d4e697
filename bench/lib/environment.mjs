/** What a measurement needs: a Python environment with what we compare with, our own build in it, and a browser. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, release, totalmem } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { build } from "../../scripts/lib/build.mjs";
import { chromiumPath } from "../../scripts/lib/chromium.mjs";
import { checkNode, installNodeModules, makeVenv } from "../../scripts/lib/environment.mjs";
import { at, tslabBinary, venvBin, venvPython } from "../../scripts/lib/paths.mjs";
import { ask, run, runNode, say } from "../../scripts/lib/run.mjs";
import { fingerprint, once } from "../../scripts/lib/stamp.mjs";

/** The benchmark's Python. */
export const benchPython = venvPython.replace(venvBin, at(".bench-venv", binName()));

function binName() {
  return process.platform === "win32" ? "Scripts" : "bin";
}

/** Makes .bench-venv, which needs PyPI the first time.
 * @returns {string} its Python */
export function ensureBenchVenv() {
  checkNode();
  installNodeModules();
  makeVenv();
  const version = ask(venvPython, ["--version"]) ?? "";
  once(
    ".bench-venv/.stamps/bench",
    fingerprint(["bench/requirements.txt"], { extra: [version, at(".bench-venv")] }),
    () => {
      say("making .bench-venv with jupyter_rfb and PyAV (pip)");
      run(venvPython, ["-m", "venv", at(".bench-venv")]);
      run(benchPython, [
        ...["-m", "pip", "install", "--disable-pip-version-check", "--quiet"],
        ...["--requirement", at("bench", "requirements.txt")],
      ]);
    },
  );
  return benchPython;
}

/** Builds this package. */
export function ensureBuild() {
  checkNode();
  installNodeModules();
  build();
}

/** Installs the built extension and the kernels into .bench-venv. */
export function installIntoBenchVenv() {
  ensureBenchVenv();
  const print = fingerprint(["labextension", "install.json", "lib/cli"], {
    extra: [tslabBinary, readFileSync(at(".bench-venv/.stamps/bench"), "utf8")],
  });
  once(".bench-venv/.stamps/install", print, () => {
    say("installing the tslab kernel and the extension into .bench-venv");
    runNode("lib/cli/main.js", ["install", "--sys-prefix", "--python", benchPython]);
  });
}

const packages = ["sharp", "@julusian/jpeg-turbo", "jpeg-js", "node-av", "ws", "tslab"];
const distributions = [
  ...["jupyterlab", "jupyter_server", "jupyterlab_widgets", "ipykernel", "ipywidgets"],
  ...["jupyter_rfb", "simplejpeg", "Pillow", "av", "numpy", "tornado"],
];

/** The machine and the versions that are measured. What isn't installed is left out. */
export function aboutThisRun() {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    commit: commit(),
    machine: {
      cpu: cpu?.model ?? "unknown",
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      os: `${osName()}, kernel ${release()}`,
    },
    versions: {
      "jupyter-rfb-ts": packageVersion("jupyter-rfb-ts"),
      node: process.versions.node,
      ...Object.fromEntries(packages.map((name) => [name, packageVersion(name)])),
      ...pythonVersions(),
      chromium: chromiumVersion(),
    },
  };
}

/** The commit that is measured. What the benchmark itself writes doesn't make it dirty. */
function commit() {
  const name = ask("git", ["rev-parse", "--short=12", "HEAD"]);
  const own = [":!bench/results", ":!docs/PERFORMANCE.md"];
  const changes = ask("git", ["status", "--porcelain", "--", ".", ...own]);
  return name === undefined ? "unknown" : `${name}${changes ? "-dirty" : ""}`;
}

function osName() {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "Linux";
  } catch {
    return process.platform;
  }
}

/** @param {string} name
 * @returns {string | undefined} */
function packageVersion(name) {
  const require = createRequire(at("package.json"));
  const file =
    name === "jupyter-rfb-ts"
      ? at("package.json")
      : require.resolve
          .paths(name)
          ?.map((folder) => join(folder, name, "package.json"))
          .find((path) => readVersion(path) !== undefined);
  return file === undefined ? undefined : readVersion(file);
}

/** @param {string} file
 * @returns {string | undefined} */
function readVersion(file) {
  try {
    return /** @type {{ version?: string }} */ (JSON.parse(readFileSync(file, "utf8"))).version;
  } catch {
    return undefined;
  }
}

/** @returns {Record<string, string>} */
function pythonVersions() {
  const code = [
    "import json, sys, importlib.metadata as m",
    "found = {'python': '.'.join(map(str, sys.version_info[:3]))}",
    "for name in sys.argv[1:]:",
    "    try: found[name] = m.version(name)",
    "    except m.PackageNotFoundError: pass",
    "print(json.dumps(found))",
  ].join("\n");
  const text = ask(benchPython, ["-c", code, ...distributions]);
  return text === undefined ? {} : JSON.parse(text);
}

function chromiumVersion() {
  try {
    return ask(chromiumPath(), ["--version"])?.replace(/^Chromium /, "");
  } catch {
    return undefined;
  }
}

/** The variables with which the benchmark's Jupyter finds its own kernels and extensions first. */
export function benchEnvironment() {
  return {
    VIRTUAL_ENV: at(".bench-venv"),
    PATH: `${dirname(benchPython)}${delimiter}${process.env["PATH"] ?? ""}`,
    JUPYTER_PREFER_ENV_PATH: "1",
  };
}
