/**
 * Remembers what a step was done with, so that it is done again only when that has changed, and which step failed, so that it
 * isn't tried in vain each time.
 */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { at, root } from "./paths.mjs";

/** The files in a folder and below, or the path itself when it is a file. Sorted, absolute.
 * @param {string} path
 * @returns {string[]} */
export function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesUnder(join(path, entry.name)));
}

/** A hash of the content and the names of files, and of some more texts.
 * @param {readonly string[]} paths files or folders, relative to the root
 * @param {{ extra?: readonly string[], skip?: (path: string) => boolean }} [options] skip is given paths
 *   relative to the root, with forward slashes */
export function fingerprint(paths, { extra = [], skip = () => false } = {}) {
  const hash = createHash("sha256");
  for (const text of extra) hash.update(text).update("\0");
  for (const file of paths.flatMap((path) => filesUnder(at(path)))) {
    const name = relative(root, file).split(sep).join("/");
    if (skip(name)) continue;
    hash.update(name).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

/** Does a step unless the stamp says that it was done with the same fingerprint.
 * @param {string} stamp the stamp's file, relative to the root
 * @param {string} print
 * @param {() => void} step
 * @returns {boolean} whether the step was done now */
export function once(stamp, print, step) {
  const file = at(stamp);
  if (existsSync(file) && readFileSync(file, "utf8") === print) return false;
  // An interrupted step leaves a partial result, which matches no fingerprint.
  forget(stamp);
  step();
  writeStamp(stamp, print);
  return true;
}

/** Copies a folder, unless the stamp says that all of it was copied with the same fingerprint.
 * @param {string} stamp
 * @param {string} print
 * @param {string} from
 * @param {string} to what it has is replaced; all are relative to the root */
export function copyOnce(stamp, print, from, to) {
  if (!existsSync(at(to))) forget(stamp);
  once(stamp, print, () => {
    rmSync(at(to), { recursive: true, force: true });
    cpSync(at(from), at(to), { recursive: true });
  });
}

/** Remembers that a step failed now.
 * @param {string} stamp a file that {@link once} doesn't use, relative to the root
 * @param {string} print what it failed with */
export function noteFailure(stamp, print) {
  writeStamp(stamp, print);
}

/** When a step failed with the same fingerprint.
 * @param {string} stamp that of {@link noteFailure}
 * @param {string} print
 * @param {number} withinMs milliseconds after which a failure no longer counts
 * @returns {Date | undefined} */
export function lastFailure(stamp, print, withinMs) {
  const file = at(stamp);
  if (!existsSync(file) || readFileSync(file, "utf8") !== print) return undefined;
  const { mtime } = statSync(file);
  const age = Date.now() - mtime.getTime();
  // A failure in the future is of a clock that was wrong then, or is now.
  return age >= -CLOCK_MS && age < withinMs ? mtime : undefined;
}

/** Milliseconds by which the clock of files may be ahead of this process's. */
const CLOCK_MS = 1000;

/** Has a step done again.
 * @param {string} stamp */
export function forget(stamp) {
  rmSync(at(stamp), { force: true });
}

/** @param {string} stamp
 * @param {string} print */
function writeStamp(stamp, print) {
  const file = at(stamp);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, print);
}
