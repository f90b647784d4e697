import { execFile } from "node:child_process";
import { errorMessage } from "../../../protocol/errors";
import { builtFile } from "./builtFile";

/**
 * In milliseconds. Loading a native module takes 0.2 s, more on a slow disk; a longer run hangs.
 */
const TIMEOUT_MS = 20_000;

/**
 * Runs a program of this folder in a child process, so that a crash doesn't end the kernel. Never
 * rejects.
 *
 * @param name - the program's path from encoders/, without its extension
 * @param argument - its only command-line argument
 * @returns why it failed, in words; undefined when it succeeded
 */
export function tryProgram(name: string, argument: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    try {
      execFile(
        process.execPath,
        [builtFile(name), argument],
        {
          // Options such as a debugger's port are meant for the kernel alone.
          env: { ...process.env, NODE_OPTIONS: undefined },
          timeout: TIMEOUT_MS,
          killSignal: "SIGKILL",
          windowsHide: true,
        },
        (error, _stdout, stderr) =>
          resolve(error === null ? undefined : reasonOf(error, String(stderr))),
      );
    } catch (error) {
      // The process didn't start: too little memory, or no permission.
      resolve(errorMessage(error));
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
