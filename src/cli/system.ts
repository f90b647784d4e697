import { spawnSync } from "node:child_process";

/** How a program ended. */
export interface Ended {
  /** The exit code; null when it could not be started or was stopped by a signal. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the command needs of the machine that it runs on, so that a test can stand in for it. */
export interface System {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly workingDirectory: string;
  /** Runs a program and waits for it. */
  run(program: string, args: readonly string[]): Ended;
  /** Prints one line for the person. */
  print(line: string): void;
  /** From now on a person's wish to end the program does not kill it, but aborts the signal; a second wish kills it. */
  stopSignal(): AbortSignal;
}

/** Runs a program for real, without a shell. */
export function runProgram(program: string, args: readonly string[]): Ended {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) return { status: null, stdout: "", stderr: error.message };
  return { status, stdout, stderr };
}

/** Waits for Ctrl+C, or for a polite request of the system to end. */
export function awaitStop(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}
