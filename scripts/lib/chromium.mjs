/** Finds the browser that most tests drive, the system's Chromium or else Playwright's own, and installs one where there is none. */
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { hasApt, tryAptInstall } from "./apt.mjs";
import { StepError, ask, runNode, say } from "./run.mjs";

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Chromium without windows: the same engine. */
const headlessShell = "/usr/bin/chromium-headless-shell";

/** How tests start Chromium: as root, without a GPU, and quiet on the network. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @param {string} path */
const runs = (path) => existsSync(path) && ask(path, ["--version"]) !== undefined;

/** @returns {string | undefined} the system's Chromium */
function systemChromium() {
  const chosen = process.env["CHROMIUM_PATH"];
  if (chosen !== undefined && chosen !== "") {
    if (runs(chosen)) return chosen;
    throw new StepError(`CHROMIUM_PATH: expected a Chromium that runs, got ${chosen}`);
  }
  return candidates.find(runs);
}

/** @returns {string | undefined} Playwright's own Chromium, when it is installed */
function playwrightChromium() {
  const require = createRequire(import.meta.url);
  /** @type {typeof import("@playwright/test")} */
  const { chromium } = require("@playwright/test");
  const path = chromium.executablePath();
  return existsSync(path) ? path : undefined;
}

/** The browser's executable.
 * @throws StepError when there is none */
export function chromiumPath() {
  const path = systemChromium() ?? playwrightChromium();
  if (path === undefined) {
    throw new StepError("Cannot find Chromium: npm test installs one, or set CHROMIUM_PATH");
  }
  return path;
}

/** The description of Chromium's own Vulkan driver, which needs no graphics card: for WebGPU outside the browser.
 * @returns {string | undefined} the file's path, where there is one */
export function softwareVulkan() {
  // Debian's /usr/bin/chromium is a script.
  return [dirname(realpathSync(chromiumPath())), "/usr/lib/chromium"]
    .map((folder) => join(folder, "vk_swiftshader_icd.json"))
    .find((file) => existsSync(file));
}

/**
 * The browser of the tests: CHROMIUM_PATH, or Chromium without windows, with which the tests take half the time, or else another
 * Chromium. Installs one where there is none, on Debian also the one without windows.
 */
export function ensureChromium() {
  if ((process.env["CHROMIUM_PATH"] ?? "") !== "") return chromiumPath();
  const isThere = () => runs(headlessShell);
  if (!isThere() && hasApt()) {
    tryAptInstall({
      what: "chromium-headless-shell",
      packages: ["chromium-headless-shell"],
      isThere,
    });
  }
  const found = isThere() ? headlessShell : (systemChromium() ?? playwrightChromium());
  if (found !== undefined) return found;
  say("installing Chromium (playwright)");
  runNode("node_modules/@playwright/test/cli.js", ["install", "chromium"]);
  return chromiumPath();
}
