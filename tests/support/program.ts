/** Programs that tests start: when they are ready, how they ended, and their end with the test. */
import type { ChildProcess } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

/** Milliseconds for a program to be ready, on a busy machine. Only a guard against one that hangs. */
const START_MS = 60_000;
/** Milliseconds for a program to end when it is asked to, before it is killed. */
const END_MS = 10_000;
/** Milliseconds for one answer to a request, on a busy machine. */
const ANSWER_MS = 10_000;

/** How a program ended: an exit code, a signal, or the reason why it could not be started. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

/** Waits until a program has ended. It may have no exit code: a signal ended it, or it could not be started. */
export function endingOf(child: ChildProcess): Promise<Ending> {
  const { exitCode, signalCode } = child;
  if (exitCode !== null || signalCode !== null) {
    return Promise.resolve({ code: exitCode, signal: signalCode });
  }
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    // Without a listener, a missing program would end the test runner. Other errors end nothing.
    child.on("error", (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
  });
}

/** An ending in words. */
export function describeEnding({ code, signal, error }: Ending): string {
  if (error !== undefined) return `it couldn't be started: ${error.message}`;
  return signal === null ? `exit code ${code}` : `killed by ${signal}`;
}

/** Details of a {@link Program}. */
export interface ProgramOptions {
  /** Whether it leads a group of its own (spawned as `detached`), which is ended with it. @defaultValue false */
  readonly isGroup?: boolean;
  /** What it wrote, for errors. */
  readonly log?: () => string;
}

/** A program that runs. */
export class Program {
  /** When it has ended. */
  readonly ended: Promise<Ending>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #isGroup: boolean;
  readonly #log: () => string;
  #ending: Ending | undefined;

  /** @param name - as errors call it */
  constructor(name: string, child: ChildProcess, options: ProgramOptions = {}) {
    this.#name = name;
    this.#child = child;
    this.#isGroup = options.isGroup ?? false;
    this.#log = options.log ?? (() => "");
    this.ended = endingOf(child);
    void this.ended.then((ending) => (this.#ending = ending));
  }

  /** Waits until it is ready. @throws Error (as a rejection) when it ends before, or isn't ready in time; then it has ended */
  async ready(isReady: () => Promise<boolean>, limitMs = START_MS): Promise<void> {
    const limit = Date.now() + limitMs;
    try {
      while (!(await isReady())) {
        this.#expectRunning();
        if (Date.now() > limit) throw this.#problem(`isn't ready after ${limitMs} ms`);
        await wait(20);
      }
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  /** Waits for what it says first. @throws as {@link ready} */
  async first<Value>(saying: Promise<Value>, limitMs = START_MS): Promise<Value> {
    const timer = new AbortController();
    try {
      return await Promise.race([
        saying,
        this.ended.then((ending): never => {
          throw this.#problem(`ended before it was ready: ${describeEnding(ending)}`);
        }),
        wait(limitMs, undefined, { signal: timer.signal }).then((): never => {
          throw this.#problem(`isn't ready after ${limitMs} ms`);
        }),
      ]);
    } catch (error) {
      await this.end();
      throw error;
    } finally {
      timer.abort();
    }
  }

  /** Sends it a signal, and to what it started if it leads a group. */
  signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (this.#isGroup) process.kill(-pid, signal);
      else this.#child.kill(signal);
    } catch {
      // The group has ended.
    }
  }

  /** Ends it, and kills it if it doesn't end in time. Idempotent. @returns how it ended */
  async end(signal: NodeJS.Signals = "SIGTERM", limitMs = END_MS): Promise<Ending> {
    if (this.#ending === undefined) this.signal(signal);
    const timer = setTimeout(() => this.signal("SIGKILL"), limitMs);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
      // What it started may be left.
      if (this.#isGroup) this.signal("SIGKILL");
    }
  }

  #expectRunning(): void {
    if (this.#ending === undefined) return;
    throw this.#problem(`ended before it was ready: ${describeEnding(this.#ending)}`);
  }

  #problem(what: string): Error {
    const log = this.#log();
    return new Error(`${this.#name} ${what}${log === "" ? "" : `\n${log.slice(-2000)}`}`);
  }
}

/** Whether a server answers a request with success, or at all within 10 s. */
export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })).ok;
  } catch {
    return false;
  }
}
