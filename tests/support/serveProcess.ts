/** Runs the built command, or another program, as a person does. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { describeEnding } from "./program";

const MAIN = join(import.meta.dirname, "../../lib/cli/main.js");

/** Milliseconds for a command to print something, on a busy machine. Only a guard against one that hangs. */
const PRINT_MS = 50_000;
/** Milliseconds for a command to end when it is asked to, before it is killed. */
const END_MS = 20_000;

/** How a command ended. */
export interface EndedCommand {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export class CommandProcess {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  /** When it has ended. */
  readonly ended: Promise<EndedCommand>;
  #stdout = "";
  #stderr = "";
  readonly #waiting = new Set<() => void>();

  /** Starts it. @param program - the path of another program for Node */
  constructor(args: readonly string[], environment: object = {}, program = MAIN) {
    this.#child = spawn(process.execPath, [program, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    this.#child.stdout.on("data", (part: Buffer) => {
      this.#stdout += part.toString();
      for (const wake of this.#waiting) wake();
    });
    this.#child.stderr.on("data", (part: Buffer) => (this.#stderr += part.toString()));
    this.ended = new Promise((resolve) => {
      this.#child.on("close", (code, signal) => {
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
    // It closes as well. Without a listener, the test runner would end.
    this.#child.on("error", (error) => (this.#stderr += String(error)));
  }

  /** Its process. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Waits until what it printed matches. @throws Error (as a rejection) when it ends before, or doesn't print it in time */
  printed(pattern: RegExp, limitMs = PRINT_MS): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const fail = (how: string): void => {
        leave();
        reject(new Error(`The command ${how} before it printed ${pattern}: ${this.#stderr}`));
      };
      const look = (): void => {
        const match = pattern.exec(this.#stdout);
        if (match === null) return;
        leave();
        resolve(match);
      };
      const timer = setTimeout(() => fail(`ran for ${limitMs} ms`), limitMs);
      this.#waiting.add(look);
      void this.ended.then((ending) => fail(`ended, ${describeEnding(ending)},`));
      look();
    });
  }

  /** Reads no more of what it prints, as head does. */
  stopReading(): void {
    this.#child.stdout.destroy();
  }

  /** Asks it to end. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it. @throws Error (as a rejection) when it doesn't end in time; then it has been killed */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<EndedCommand> {
    let isForced = false;
    this.kill(signal);
    const timer = setTimeout(() => {
      isForced = true;
      this.kill("SIGKILL");
    }, END_MS);
    const ending = await this.ended;
    clearTimeout(timer);
    if (isForced) throw new Error(`It ran on for ${END_MS} ms after ${signal}: ${ending.stderr}`);
    return ending;
  }

  /** Waits until it is ready. Ends it if that fails. */
  protected async whenReady(ready: () => Promise<void>): Promise<this> {
    try {
      await ready();
      return this;
    } catch (error) {
      await this.stop("SIGKILL");
      throw error;
    }
  }
}

/** A server of the command, with its addresses. */
export class ServeProcess extends CommandProcess {
  /** The page's. */
  url = "";
  /** The stream's. */
  streamUrl = "";

  /** Starts `serve` at a free port and waits for its addresses. */
  static async start(args: readonly string[], environment: object = {}): Promise<ServeProcess> {
    const server = new ServeProcess(["serve", "--port", "0", ...args], environment);
    return server.whenReady(async () => {
      [, server.url = ""] = await server.printed(/^Open (http:\S+) /m);
      [, server.streamUrl = ""] = await server.printed(/^Stream \w+: (ws:\S+)$/m);
    });
  }
}

/** An edge of the command, with its addresses. */
export class EdgeProcess extends CommandProcess {
  /** The page's. */
  url = "";

  /** Starts `edge` at a free port and waits for its addresses. */
  static async start(args: readonly string[], environment: object = {}): Promise<EdgeProcess> {
    const edge = new EdgeProcess(["edge", "--port", "0", ...args], environment);
    return edge.whenReady(async () => {
      const [, url = ""] = await edge.printed(/^Streams: (ws:\S+)NAME$/m);
      edge.url = url.replace(/^ws/, "http");
    });
  }

  /** The address of a stream. */
  streamUrl(name: string): string {
    return `${this.url.replace(/^http/, "ws")}${name}`;
  }
}
