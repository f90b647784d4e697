import { spawnSync } from "node:child_process";

/** The result of a program. */
export interface Ended {
  /** The exit code; null if the program did not start, or a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the command needs of its machine, so that a test can replace it. */
export interface System {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly workingDirectory: string;
  /** Runs a program and waits for it. */
  run(program: string, args: readonly string[]): Ended;
  /** Prints one line for the user. */
  print(line: string): void;
  /**
   * Returns a signal that Ctrl+C aborts, instead of ending the program. A second Ctrl+C ends it.
   */
  stopSignal(): AbortSignal;
}

/** Runs a program without a shell. See {@link System.run}. */
export function runProgram(program: string, args: readonly string[]): Ended {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) return { status: null, stdout: "", stderr: startProblem(error) };
  return { status, stdout, stderr };
}

/** Why a program did not start. */
function startProblem(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "there is no such program";
  if (error.code === "EACCES") return "it isn't a program, or you may not run it";
  return error.message;
}

/** Aborts on Ctrl+C (SIGINT) or SIGTERM. See {@link System.stopSignal}. */
export function awaitStop(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}
