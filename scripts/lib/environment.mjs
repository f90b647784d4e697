/**
 * Makes what development and tests need: node_modules, with the link by which notebooks find the package, the Python environments
 * .venv and .venv-hosts, and the packages of published anywidgets and of large examples.
 */
import { existsSync, lstatSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { at, hostsPython, root, venvPython } from "./paths.mjs";
import { StepError, ask, run, runNpm, say } from "./run.mjs";
import { fingerprint, once } from "./stamp.mjs";

const nodeNeeded = 20;
const pythonNeeded = [3, 9];

/** @throws StepError when this Node is too old */
export function checkNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < nodeNeeded) {
    throw new StepError(
      `Node ${nodeNeeded} or newer is needed, this is Node ${process.versions.node} (${process.execPath})`,
    );
  }
}

/**
 * Installs what package-lock.json names; no package's install script is run. Not by `npm ci`, which
 * deletes node_modules first, so that a small change of the lock file would take minutes.
 */
export function installNodeModules() {
  npmInstall("");
  linkPackage();
}

/** Installs the packages that some examples need, and that are too large for everyone: ui-tests/examples. */
export function installLargePackages() {
  npmInstall("ui-tests/examples/");
}

/** @param {string} folder relative to the root: empty, or with a slash at its end */
function npmInstall(folder) {
  const print = fingerprint([`${folder}package-lock.json`], {
    extra: [process.platform, process.arch, String(process.versions.modules)],
  });
  once(`${folder}node_modules/.stamps/npm`, print, () => {
    say(`installing ${folder}node_modules (npm)`);
    runNpm([
      ...["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"],
      // Inside `npm pack --dry-run --json` npm would inherit both, and install nothing.
      ...["--no-dry-run", "--no-json"],
      ...(folder === "" ? [] : ["--prefix", at(folder)]),
    ]);
  });
}

/** Lets notebooks in this repository import "jupyter-rfb-ts": node_modules/jupyter-rfb-ts leads to the root. */
function linkPackage() {
  const link = at("node_modules", "jupyter-rfb-ts");
  const stat = lstatSync(link, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink() && (readlinkSync(link) === ".." || readlinkSync(link) === root)) {
    return;
  }
  if (stat !== undefined) rmSync(link, { recursive: true });
  // Windows lets everyone make a junction, which is absolute, but not a symbolic link.
  if (process.platform === "win32") symlinkSync(root, link, "junction");
  else symlinkSync("..", link, "dir");
}

/** The version of a Python, and whether it is new enough.
 * @param {string} python */
function inspectPython(python) {
  const version = ask(python, [
    "-c",
    "import sys; print('.'.join(str(part) for part in sys.version_info[:3]))",
  ]);
  if (version === undefined) return undefined;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = pythonNeeded;
  const good = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return { version, good };
}

/** Finds the Python to make the environment with: $PYTHON, or the first good one on the PATH. */
function findPython() {
  const chosen = process.env["PYTHON"];
  const names = chosen !== undefined && chosen !== "" ? [chosen] : ["python3", "python", "py"];
  const wanted = `Python ${pythonNeeded.join(".")} or newer is needed`;
  const found = [];
  for (const name of names) {
    const python = inspectPython(name);
    if (python?.good) return { command: name, version: python.version };
    if (python !== undefined) found.push(`${name} is ${python.version}`);
  }
  const why = found.length > 0 ? found.join(", ") : `${names.join(", ")} cannot be run`;
  throw new StepError(
    `${wanted}: ${why}. Install it, or name one: PYTHON=/path/to/python3 npm start`,
  );
}

/** Makes .venv with JupyterLab, Notebook and what else requirements-dev.txt names. */
export function makeVenv() {
  makeEnvironment(".venv", venvPython, "requirements-dev.txt");
}

/** Makes .venv-hosts with the other places that show notebooks. */
export function makeHostsVenv() {
  makeEnvironment(".venv-hosts", hostsPython, "requirements-hosts.txt");
}

/** Installs the files of published anywidgets, and nothing that they need in Python, for tests of {@link makeHostsVenv}. */
export function installAnywidgets() {
  const [folder, requirements] = ["tests/hosts/.anywidgets", "requirements-anywidgets.txt"];
  once(`${folder}/.stamps/requirements`, fingerprint([requirements]), () => {
    say(`installing ${requirements} into ${folder} (pip)`);
    rmSync(at(folder), { recursive: true, force: true });
    run(hostsPython, [
      ...["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-deps"],
      // Only their Python code asks for a version of Python.
      ...["--ignore-requires-python", "--only-binary", ":all:"],
      ...["--target", at(folder), "--requirement", at(requirements)],
    ]);
  });
}

/** @param {string} folder
 * @param {string} inside its Python
 * @param {string} requirements a file */
function makeEnvironment(folder, inside, requirements) {
  const python = findPython();
  // A venv holds absolute paths: in another folder, or for another Python, it is made anew.
  const place = fingerprint([], { extra: [root, python.version] });
  const usable = () => existsSync(inside) && inspectPython(inside)?.good === true;
  if (!usable()) rmSync(at(folder), { recursive: true, force: true });
  once(`${folder}/.stamps/venv`, place, () => {
    say(`making ${folder} with Python ${python.version}`);
    rmSync(at(folder), { recursive: true, force: true });
    try {
      run(python.command, ["-m", "venv", at(folder)]);
    } catch (error) {
      rmSync(at(folder), { recursive: true, force: true });
      throw new StepError(
        `${python.command} cannot make a virtual environment (see above). On Debian and Ubuntu its venv module is a ` +
          `package of its own: apt install python3-venv. Another Python can be named: PYTHON=/path/to/python3 npm start`,
        error instanceof StepError ? error.exitCode : 1,
      );
    }
  });
  once(`${folder}/.stamps/requirements`, fingerprint([requirements]), () => {
    say(`installing ${requirements} into ${folder} (pip)`);
    run(inside, [
      ...["-m", "pip", "install", "--disable-pip-version-check", "--quiet"],
      ...["--requirement", at(requirements)],
    ]);
  });
}
