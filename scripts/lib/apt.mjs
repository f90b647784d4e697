/** Installs packages of Debian where that needs no one's consent: as root, which is how continuous integration runs. */
import { existsSync, readFileSync } from "node:fs";
import { StepError, run, say } from "./run.mjs";

/** Whether {@link tryAptInstall} may be called. Not on Ubuntu, whose packages of browsers only point to snaps. */
export function hasApt() {
  const file = "/etc/os-release";
  const isDebian = existsSync(file) && /^ID=debian$/m.test(readFileSync(file, "utf8"));
  return isDebian && process.getuid?.() === 0;
}

/** Tries to install packages, and says when it can't: what needs them then goes without.
 * @param {string} what it is for, as a person calls it
 * @param {readonly string[]} packages */
export function tryAptInstall(what, packages) {
  say(`installing ${what} (apt-get)`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  try {
    run("apt-get", ["update"], { env });
    run("apt-get", ["install", "--yes", "--no-install-recommends", ...packages], { env });
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    say(`apt-get can't install ${packages.join(", ")} (see above)`);
  }
}
