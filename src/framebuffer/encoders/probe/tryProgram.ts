import { execFile } from "node:child_process";
import { builtFile } from "./builtFile";

/** Loading a native module takes 0.2 s, much more on a slow disk. What takes longer than this, in milliseconds, hangs. */
const TIMEOUT_MS = 20_000;

/**
 * Runs one of the programs beside this file in a process of its own: what crashes there does not take the kernel with it. Never
 * rejects.
 *
 * @param name - the program's path from encoders/, without its extension
 * @param argument - what it gets as its only argument
 * @returns why it failed, for people; undefined when it ended well
 */
export function tryProgram(name: string, argument: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    try {
      execFile(
        process.execPath,
        [builtFile(name), argument],
        {
          // A debugger's port, or a module to load first, is the kernel's own.
          env: { ...process.env, NODE_OPTIONS: undefined },
          timeout: TIMEOUT_MS,
          killSignal: "SIGKILL",
          windowsHide: true,
        },
        (error, _stdout, stderr) =>
          resolve(error === null ? undefined : reasonOf(error, String(stderr))),
      );
    } catch (error) {
      // No process could be started: too little memory, or not allowed.
      resolve(error instanceof Error ? error.message : String(error));
    }
  });
}

function reasonOf(
  error: {
    readonly killed?: boolean | undefined;
    readonly signal?: NodeJS.Signals | null | undefined;
    readonly message: string;
  },
  stderr: string,
): string {
  if (error.killed === true) return "it took too long";
  if (typeof error.signal === "string") return `its process ended by ${error.signal}`;
  return stderr.trim().split("\n")[0] || error.message;
}
