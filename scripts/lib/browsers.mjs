/** Finds Firefox and WebKitGTK, which tests drive besides Chromium, and installs them where that is possible. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hasApt, tryAptInstall } from "./apt.mjs";
import { StepError } from "./run.mjs";

/** The packages of Debian. WebKit draws on a display, and takes H.264 from GStreamer; Firefox from the same libraries. */
const packages = {
  Firefox: ["firefox-esr", "gstreamer1.0-libav"],
  WebKitGTK: ["webkit2gtk-driver", "xvfb", "gstreamer1.0-libav"],
};

/** Firefox's program: that of FIREFOX_PATH, or the system's.
 * @returns {string | undefined}
 * @throws StepError when FIREFOX_PATH leads nowhere */
export function firefoxPath() {
  const chosen = process.env["FIREFOX_PATH"];
  if (chosen !== undefined && chosen !== "") {
    if (existsSync(chosen)) return chosen;
    throw new StepError(`FIREFOX_PATH: expected the path of a Firefox, got ${chosen}`);
  }
  return ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => existsSync(path));
}

/** What WebKitGTK's tests start.
 * @returns {{ driver: string, browser: string, display: string } | undefined} */
export function webkitPaths() {
  const [driver, display] = ["/usr/bin/WebKitWebDriver", "/usr/bin/Xvfb"];
  const browser = miniBrowser();
  if (browser === undefined || !existsSync(driver) || !existsSync(display)) return undefined;
  return { driver, browser, display };
}

/** The browser that WebKitGTK has for tests: its folder names system and version.
 * @returns {string | undefined} */
function miniBrowser() {
  const libraries = ["/usr/lib", "/usr/libexec"].flatMap((folder) => [
    folder,
    ...foldersOf(folder, /-linux-gnu/),
  ]);
  return libraries
    .flatMap((folder) => foldersOf(folder, /^webkit2?gtk-/))
    .map((folder) => join(folder, "MiniBrowser"))
    .filter((path) => existsSync(path))
    .sort()
    .at(-1);
}

/** @param {string} folder
 * @param {RegExp} name
 * @returns {string[]} paths */
function foldersOf(folder, name) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((entry) => name.test(entry))
    .map((entry) => join(folder, entry));
}

/** Whether each browser is there.
 * @type {Record<keyof typeof packages, () => boolean>} */
const isThere = {
  Firefox: () => firefoxPath() !== undefined,
  WebKitGTK: () => webkitPaths() !== undefined,
};

/** @type {(keyof typeof packages)[]} */
const names = ["Firefox", "WebKitGTK"];

/** Installs the browsers that aren't there, on Debian as root. One by one: a package that Debian doesn't have keeps no other out.
 * @returns {import("./testParts.mjs").LeftOut | undefined} the browsers that can't be tested; undefined if all can */
export function ensureBrowsers() {
  const missing = () => names.filter((name) => !isThere[name]());
  if (hasApt()) {
    for (const name of missing()) {
      tryAptInstall({ what: name, packages: packages[name], isThere: isThere[name] });
    }
  }
  const left = missing();
  if (left.length === 0) return undefined;
  return {
    isSkipped: left.length === names.length,
    reasons: left.map(
      (name) => `${name} isn't installed (on Debian: apt install ${packages[name].join(" ")})`,
    ),
  };
}
