#!/usr/bin/env node
/**
 * Everything that is done with this repository, on any machine with Node and Python and nothing installed yet.
 * Each step is skipped when nothing that it depends on has changed.
 *
 *   node scripts/dev.mjs setup             make the environment: node_modules and .venv
 *   node scripts/dev.mjs build             build lib/, labextension/ and dist/index.js
 *   node scripts/dev.mjs package           build what npm publishes, without Python; npm pack and npm publish do it
 *   node scripts/dev.mjs start [args...]   open JupyterLab on an example; args go to `jupyter lab`
 *   node scripts/dev.mjs test [part] [args...]   all tests, or one part; args go to its test runner
 *   node scripts/dev.mjs test examples [args...]   the examples that need large packages, which are no part of all tests
 *   node scripts/dev.mjs test nodes [20] [22]...   what runs in Node, on each Node that is supported or on some of them
 *   node scripts/dev.mjs pictures          record the animated picture of README.md in JupyterLab
 *   node scripts/dev.mjs check             types, lint, format, boundaries, the public API and the bundles' sizes
 *   node scripts/dev.mjs api               write the reports of the public API, after a change that is meant
 *   node scripts/dev.mjs wheel             build the Python wheel in dist/
 *   node scripts/dev.mjs docs              build the docs site in docs/.vitepress/dist/; without Python it has no JupyterLite
 *   node scripts/dev.mjs docs:dev [args...]   serve the docs site with reload; args go to vitepress
 */
import { readdirSync, rmSync } from "node:fs";
import { delimiter } from "node:path";
import { build, installIntoHostsVenv, installIntoVenv } from "./lib/build.mjs";
import { ensureBrowsers } from "./lib/browsers.mjs";
import { ensureChromium } from "./lib/chromium.mjs";
import { buildDocs, serveDocs } from "./lib/docs.mjs";
import {
  checkNode,
  installAnywidgets,
  installLargePackages,
  installNodeModules,
  makeHostsVenv,
  makeVenv,
} from "./lib/environment.mjs";
import { jupyterArguments } from "./lib/jupyter.mjs";
import { chooseVersions, installNode, newestNode, ownNode, pathWith } from "./lib/nodes.mjs";
import { at, venvBin, venvPython } from "./lib/paths.mjs";
import { freePorts } from "./lib/ports.mjs";
import { StepError, run, runInForeground, runNode, runNodeTogether, say } from "./lib/run.mjs";
import { verdict } from "./lib/testParts.mjs";

function setup() {
  checkNode();
  installNodeModules();
  makeVenv();
}

/** What needs no Python. */
function setupNodeAndBuild() {
  checkNode();
  installNodeModules();
  build();
}

function setupAndBuild() {
  setup();
  build();
  installIntoVenv();
}

/** @param {readonly string[]} args passed to jupyter lab */
async function start(args) {
  setupAndBuild();
  const isRoot = process.getuid?.() === 0;
  const given = jupyterArguments(args, process.env, { examples: at("examples"), isRoot });
  say("starting JupyterLab; Ctrl+C twice ends it");
  return runInForeground(venvPython, ["-m", "jupyter", "lab", ...given], venvEnvironment());
}

/** The environment in which this repository's Jupyter finds its own kernels and extensions first.
 * @param {import("./lib/nodes.mjs").TestNode} [node] what kernels and commands run in */
function venvEnvironment(node = ownNode) {
  return {
    VIRTUAL_ENV: at(".venv"),
    PATH: [venvBin, pathWith(node, process.env["PATH"] ?? "")].join(delimiter),
    JUPYTER_PREFER_ENV_PATH: "1",
  };
}

const apiReport = "scripts/lib/apiReport.mjs";

/** Types, lint, format, boundaries, the public API and the bundles' sizes. */
async function check() {
  say("checking types");
  runNode("node_modules/typescript/bin/tsc", ["-b"]);
  await runNodeTogether([
    {
      title: "checking style",
      script: "node_modules/eslint/bin/eslint.js",
      args: ["--max-warnings", "0", "."],
    },
    {
      title: "checking format",
      script: "node_modules/prettier/bin/prettier.cjs",
      args: ["--check", "--log-level", "warn", "."],
      hint: "npm run format fixes it",
    },
    {
      title: "checking boundaries",
      script: "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
      args: ["src"],
    },
    { title: "checking the public API", script: apiReport, args: [] },
    {
      title: "checking sizes",
      script: "node_modules/size-limit/bin.js",
      args: [],
      hint: ".size-limit.json has the limits",
    },
  ]);
}

/** @param {string} project
 * @param {readonly string[]} args
 * @param {import("./lib/nodes.mjs").TestNode} [node] */
function vitest(project, args, node = ownNode) {
  say(`testing: ${project}, on Node ${node.version}`);
  runNode("node_modules/vitest/vitest.mjs", ["run", "--project", project, ...args], {
    env: venvEnvironment(node),
    node: node.program,
  });
}

/** Runs Playwright, with Jupyter servers of its own.
 * @param {string} config a file in ui-tests/
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env] */
async function playwright(config, args, env) {
  const ports = process.env["JUPYTER_TEST_PORTS"] ?? (await freePorts(2)).join();
  runNode(
    "node_modules/@playwright/test/cli.js",
    ["test", "--config", `ui-tests/${config}`, ...args],
    { env: { ...venvEnvironment(), JUPYTER_TEST_PORTS: ports, ...env } },
  );
}

/** Runs the tests of ui-tests/tests/.
 * @param {readonly string[]} args
 * @param {readonly import("./lib/nodes.mjs").TestNode[]} nodes those on which hello_world runs, besides this machine's own */
function uiTests(args, nodes) {
  say("testing: JupyterLab and Notebook in Chromium");
  return playwright("playwright.config.ts", args, { JUPYTER_TEST_NODES: JSON.stringify(nodes) });
}

/** What a part of the tests left out: nothing, if it returns nothing.
 * @typedef {void | import("./lib/testParts.mjs").LeftOut} PartResult */

/** The parts of the tests, in the order in which they run. The cheap ones come first.
 * @type {Record<string, (args: readonly string[]) => PartResult | Promise<PartResult>>} */
const testParts = {
  check: () => check(),
  unit: (args) => vitest("unit", args),
  integration: (args) => vitest("integration", args),
  browser: (args) => vitest("browser", args),
  hosts: (args) => {
    makeHostsVenv();
    installAnywidgets();
    installIntoHostsVenv();
    vitest("hosts", args);
  },
  browsers: (args) => {
    const leftOut = ensureBrowsers();
    if (leftOut?.isSkipped) return leftOut;
    makeHostsVenv();
    installIntoHostsVenv();
    vitest("browsers", args);
    return leftOut;
  },
  docs: async (args) => {
    await buildDocs();
    vitest("docs", args);
  },
  ui: (args) =>
    uiTests(
      args,
      [newestNode()].filter((node) => node !== ownNode),
    ),
};

/** Parts that run otherwise when all parts run: unit tests on the newest Node, as all others run on this machine's own.
 * @type {typeof testParts} */
const wholeRunParts = { unit: () => vitest("unit", [], newestNode()) };

/** Parts that run only when they are named.
 * @type {typeof testParts} */
const namedParts = {
  examples: (args) => {
    installLargePackages();
    say("testing: the examples that need large packages");
    return playwright("playwright.config.ts", args, { EXAMPLES_WITH_LARGE_PACKAGES: "1" });
  },
  nodes: async (args) => {
    const versions = chooseVersions(args);
    const nodes = versions.map(installNode).filter((node) => node !== undefined);
    const missing = versions.filter((version) => !nodes.some((node) => node.version === version));
    const reasons = missing.map((version) => `Node ${version} can't be installed (see above)`);
    if (nodes.length === 0) return { isSkipped: true, reasons };
    for (const node of nodes) {
      vitest("unit", [], node);
      vitest("integration", [], node);
    }
    await uiTests(["helloWorld.spec.ts", "--grep", "on Node"], nodes);
    return reasons.length === 0 ? undefined : { isSkipped: false, reasons };
  },
};

/** Parts that need Chromium. */
const chromiumParts = ["browser", "hosts", "docs", "ui", "examples", "nodes"];

/** @param {readonly string[]} args a part's name and arguments for its runner, or nothing for all */
async function test(args) {
  setupAndBuild();
  const [name, ...rest] = args;
  const parts = { ...testParts, ...namedParts };
  const part = name === undefined ? undefined : parts[name];
  if (name !== undefined && part === undefined) {
    throw new StepError(`test: expected one of ${Object.keys(parts).join(", ")}, got ${name}`, 2);
  }
  if (name === undefined || chromiumParts.includes(name)) {
    process.env["CHROMIUM_PATH"] = ensureChromium();
  }
  const wanted =
    name === undefined || part === undefined
      ? { ...testParts, ...wholeRunParts }
      : { [name]: part };
  /** @type {Map<string, import("./lib/testParts.mjs").LeftOut>} */
  const leftOut = new Map();
  for (const [title, run] of Object.entries(wanted)) {
    const result = await run(rest);
    if (result) leftOut.set(title, result);
  }
  say(verdict(name, leftOut));
}

async function pictures() {
  setupAndBuild();
  process.env["CHROMIUM_PATH"] = ensureChromium();
  say("recording docs/ripples.webp");
  await playwright("pictures.config.ts", []);
}

function wheel() {
  setupAndBuild();
  // The AMD module is there too.
  for (const name of readdirSync(at("dist")).filter((file) => file.endsWith(".whl"))) {
    rmSync(at("dist", name));
  }
  say("building dist/*.whl");
  run(venvPython, ["-m", "hatchling", "build", "-t", "wheel"]);
}

/** @type {Record<string, (args: readonly string[]) => void | number | Promise<void | number>>} */
const commands = {
  setup,
  build: setupAndBuild,
  package: setupNodeAndBuild,
  start,
  test,
  check: () => {
    setupAndBuild();
    return check();
  },
  pictures,
  api: () => {
    setupNodeAndBuild();
    runNode(apiReport, ["--update"]);
    say("etc/api/ is up to date");
  },
  wheel,
  docs: () => {
    setupNodeAndBuild();
    return buildDocs();
  },
  "docs:dev": (args) => {
    setupNodeAndBuild();
    return serveDocs(args);
  },
};

const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];
try {
  if (command === undefined) {
    throw new StepError(
      `dev.mjs: expected one of ${Object.keys(commands).join(", ")}, got ${name === "" ? "nothing" : name}`,
      2,
    );
  }
  process.exitCode = (await command(args)) ?? 0;
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  console.error(`\n[jupyter-rfb-ts] ${error.message}`);
  process.exitCode = error.exitCode;
}
