/** Runs other programs for the set-up and says what went wrong when one fails. */
import { spawn, spawnSync } from "node:child_process";
import { root } from "./paths.mjs";

/** A step that failed for a reason that the message explains: it is shown without a stack. */
export class StepError extends Error {
  /** @param {string} message
   * @param {number} [exitCode] */
  constructor(message, exitCode = 1) {
    super(message);
    this.name = "StepError";
    this.exitCode = exitCode;
  }
}

/** Says which step runs now.
 * @param {string} text */
export function say(text) {
  console.log(`[jupyter-rfb-ts] ${text}`);
}

/** Runs a program in the repository's root and waits for it; its output goes to the terminal.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, hint?: string }} [options] hint: what to do when it fails
 * @throws StepError when the program is missing or fails */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...options.env },
  });
  const shown = [command, ...args].join(" ");
  const hint = options.hint === undefined ? "" : `\n${options.hint}`;
  if (done.error !== undefined) {
    throw new StepError(`Cannot run ${shown}: ${done.error.message}${hint}`);
  }
  if (done.status !== 0) {
    const how =
      done.signal === null ? `exit code ${done.status}` : `stopped by signal ${done.signal}`;
    throw new StepError(`Failed (${how}): ${shown}${hint}`, done.status ?? 1);
  }
}

/** Runs a program quietly.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {string | undefined} what it printed, or undefined when it is missing or fails */
export function ask(command, args) {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  return done.error === undefined && done.status === 0 ? done.stdout.trim() : undefined;
}

/** Runs a program that a person works with until it ends. Ctrl+C reaches the program, which ends itself.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 * @returns {Promise<number>} its exit code */
export function runInForeground(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...env },
    });
    const leaveToChild = () => undefined;
    const stopChild = () => child.kill("SIGTERM");
    process.on("SIGINT", leaveToChild);
    process.on("SIGTERM", stopChild);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      process.off("SIGINT", leaveToChild);
      process.off("SIGTERM", stopChild);
      resolve(signal === null ? (code ?? 1) : 0);
    });
  });
}

/** Runs a program of node_modules by its script, so that it works the same on every system.
 * @param {string} script path from the repository's root
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, hint?: string }} [options] */
export function runNode(script, args, options) {
  run(process.execPath, [script, ...args], options);
}

/** Runs npm: the one that started this script when there is one.
 * @param {readonly string[]} args */
export function runNpm(args) {
  const npm = process.env["npm_execpath"];
  if (npm !== undefined && /npm-cli\.[cm]?js$/.test(npm)) run(process.execPath, [npm, ...args]);
  else run(process.platform === "win32" ? "npm.cmd" : "npm", args);
}
