/** Finds Firefox and WebKitGTK, which tests drive besides Chromium, and installs them where that is possible. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hasApt, tryAptInstall } from "./apt.mjs";
import { say } from "./run.mjs";

/** The packages of Debian. WebKit draws on a display, and takes H.264 from GStreamer; Firefox from the same libraries. */
const packages = {
  Firefox: ["firefox-esr", "gstreamer1.0-libav"],
  WebKitGTK: ["webkit2gtk-driver", "xvfb", "gstreamer1.0-libav"],
};

/** Firefox's program.
 * @returns {string | undefined} */
export function firefoxPath() {
  const chosen = process.env["FIREFOX_PATH"];
  if (chosen !== undefined && chosen !== "") return chosen;
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

/** The browsers that aren't there.
 * @returns {(keyof typeof packages)[]} */
function missingBrowsers() {
  /** @type {(keyof typeof packages)[]} */
  const missing = [];
  if (firefoxPath() === undefined) missing.push("Firefox");
  if (webkitPaths() === undefined) missing.push("WebKitGTK");
  return missing;
}

/** Installs the browsers that aren't there, on Debian as root; elsewhere says which aren't tested.
 * @returns {boolean} whether there is one to test */
export function ensureBrowsers() {
  const missing = missingBrowsers();
  if (missing.length > 0 && hasApt()) {
    tryAptInstall(missing.join(" and "), [...new Set(missing.flatMap((name) => packages[name]))]);
  }
  const left = missingBrowsers();
  for (const name of left) {
    say(
      `${name} isn't tested: it isn't installed. On Debian: apt install ${packages[name].join(" ")}`,
    );
  }
  return left.length < Object.keys(packages).length;
}
