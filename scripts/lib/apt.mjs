/** Installs Debian packages without asking: only as root, as in continuous integration. */
import { existsSync, readFileSync } from "node:fs";
import { StepError, run, say } from "./run.mjs";
import { forget, lastFailure, noteFailure } from "./stamp.mjs";

/** Milliseconds after which a failed installation is retried: apt-get takes a minute to fail. */
const RETRY_MS = 24 * 60 * 60 * 1000;

/** Whether {@link tryAptInstall} may be called. Not on Ubuntu: its browser packages install snaps. */
export function hasApt() {
  const file = "/etc/os-release";
  const isDebian = existsSync(file) && /^ID=debian$/m.test(readFileSync(file, "utf8"));
  return isDebian && process.getuid?.() === 0;
}

/** What to install.
 * @typedef {object} AptWish
 * @property {string} what the usual name of what the packages provide; also names the stamp
 * @property {readonly string[]} packages
 * @property {() => boolean} isThere whether it is installed now */

/** Tries to install packages. If that fails, it prints why and isn't retried for a day.
 * @param {AptWish} wish */
export function tryAptInstall({ what, packages, isThere }) {
  const stamp = `lib/.stamps/apt-${what}`;
  const print = packages.join(" ");
  const failed = lastFailure(stamp, print, RETRY_MS);
  if (failed !== undefined) {
    say(
      `${what} isn't installed: apt-get failed on ${failed.toLocaleString("en")}. It is retried after a day; to retry ` +
        `now, delete ${stamp}`,
    );
    return;
  }
  say(`installing ${what} (apt-get)`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  try {
    run("apt-get", ["update"], { env });
    run("apt-get", ["install", "--yes", "--no-install-recommends", ...packages], { env });
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    say(`apt-get can't install ${packages.join(", ")} (see above)`);
  }
  if (isThere()) forget(stamp);
  else noteFailure(stamp, print);
}
