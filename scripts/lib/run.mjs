/** Runs other programs, and says what went wrong when one fails. */
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

/** Runs a program, in the repository's root by default, and waits for it; its output goes to the terminal.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, hint?: string, cwd?: string }} [options] hint: what to do when it fails
 * @throws StepError when the program is missing or fails */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: options.cwd ?? root,
    stdio: "inherit",
    env: { ...process.env, ...options.env },
  });
  const failed = failure({ command, args, hint: options.hint, ...done });
  if (failed !== undefined) throw failed;
}

/** What to say of a program that has ended; undefined if it did not fail.
 * @param {{ command: string, args: readonly string[], hint?: string | undefined, error?: Error | undefined,
 *   status?: number | null, signal?: string | null }} done
 * @returns {StepError | undefined} */
function failure({ command, args, hint, error, status, signal }) {
  const shown = [command, ...args].join(" ");
  const todo = hint === undefined ? "" : `\n${hint}`;
  if (error !== undefined) {
    return new StepError(`Cannot run ${shown}: ${error.message}${todo}`);
  }
  if (status === 0) return undefined;
  const how = typeof signal === "string" ? `stopped by signal ${signal}` : `exit code ${status}`;
  return new StepError(`Failed (${how}): ${shown}${todo}`, status ?? 1);
}

/** Runs programs of node_modules beside each other. Shows the output of each as a whole, when it ends.
 * @param {readonly { title: string, script: string, args: readonly string[], hint?: string }[]} steps
 * @throws StepError of the first that fails, when all have ended */
export async function runNodeTogether(steps) {
  const errors = await Promise.all(
    steps.map(async ({ title, script, args, hint }) => {
      const { output, error } = await collect(process.execPath, [script, ...args], hint);
      say(title);
      process.stdout.write(output);
      return error;
    }),
  );
  const first = errors.find((error) => error !== undefined);
  if (first !== undefined) throw first;
}

/** Runs a program and collects what it prints, errors in their place.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [hint]
 * @returns {Promise<{ output: string, error: StepError | undefined }>} */
function collect(command, args, hint) {
  return new Promise((resolve) => {
    const color = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...color } });
    /** @type {Buffer[]} */
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (/** @type {Buffer} */ chunk) => chunks.push(chunk));
    }
    const end = (/** @type {StepError | undefined} */ error) =>
      resolve({ output: Buffer.concat(chunks).toString(), error });
    child.on("error", (error) => end(failure({ command, args, hint, error })));
    child.on("close", (status, signal) => end(failure({ command, args, hint, status, signal })));
  });
}

/** Runs a program quietly.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {string | undefined} what it printed, or undefined when it is missing or fails */
export function ask(command, args) {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  return done.error === undefined && done.status === 0 ? done.stdout.trim() : undefined;
}

/** The signals by which a person stops a program. */
const ENDED_BY_PERSON = ["SIGINT", "SIGTERM"];

/** Runs a program that a person works with until it ends. Ctrl+C reaches the program, which ends itself.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 * @returns {Promise<number>} its exit code; 0 if a person ended it
 * @throws StepError (as a rejection) when the program is missing, or was ended by another signal */
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
    const leave = () => {
      process.off("SIGINT", leaveToChild);
      process.off("SIGTERM", stopChild);
    };
    child.on("error", (error) => {
      leave();
      reject(failure({ command, args, error }));
    });
    child.on("exit", (code, signal) => {
      leave();
      if (code !== null) resolve(code);
      else if (ENDED_BY_PERSON.includes(String(signal))) resolve(0);
      else reject(failure({ command, args, status: code, signal }));
    });
  });
}

/** Runs a program of node_modules by its script, so that it works the same on every system.
 * @param {string} script path from the repository's root
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, hint?: string, node?: string }} [options] node: another Node's program */
export function runNode(script, args, options) {
  run(options?.node ?? process.execPath, [script, ...args], options);
}

/** Runs npm: the one that started this script when there is one.
 * @param {readonly string[]} args */
export function runNpm(args) {
  const npm = process.env["npm_execpath"];
  if (npm !== undefined && /npm-cli\.[cm]?js$/.test(npm)) run(process.execPath, [npm, ...args]);
  else run(process.platform === "win32" ? "npm.cmd" : "npm", args);
}
