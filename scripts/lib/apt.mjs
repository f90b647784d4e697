/** Installs packages of Debian where that needs no one's consent: as root, which is how continuous integration runs. */
import { existsSync, readFileSync } from "node:fs";
import { StepError, run, say } from "./run.mjs";
import { forget, lastFailure, noteFailure } from "./stamp.mjs";

/** Milliseconds until packages that couldn't be installed are tried again: apt-get takes a minute to find that out. */
const RETRY_MS = 24 * 60 * 60 * 1000;

/** Whether {@link tryAptInstall} may be called. Not on Ubuntu, whose packages of browsers only point to snaps. */
export function hasApt() {
  const file = "/etc/os-release";
  const isDebian = existsSync(file) && /^ID=debian$/m.test(readFileSync(file, "utf8"));
  return isDebian && process.getuid?.() === 0;
}

/** What to install.
 * @typedef {object} AptWish
 * @property {string} what it is for, as a person calls it; names the stamp too
 * @property {readonly string[]} packages
 * @property {() => boolean} isThere whether it is there now */

/** Tries to install packages, and says when it can't: what needs them then goes without. Not for a day after that.
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
