/** Runs the built command, or another program, as a person does. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";

const MAIN = join(import.meta.dirname, "../../lib/cli/main.js");

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
  }

  /** Its process. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Waits until what it printed matches. @throws Error (as a rejection) when it ends before */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    const matched = new Promise<RegExpExecArray>((resolve) => {
      const look = (): void => {
        const match = pattern.exec(this.#stdout);
        if (match === null) return;
        this.#waiting.delete(look);
        resolve(match);
      };
      this.#waiting.add(look);
      look();
    });
    const ended = this.ended.then(({ code, stderr }): never => {
      throw new Error(`The command ended with ${code} before it printed ${pattern}: ${stderr}`);
    });
    return Promise.race([matched, ended]);
  }

  /** Reads no more of what it prints, as head does. */
  stopReading(): void {
    this.#child.stdout.destroy();
  }

  /** Asks it to end. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
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
    const [, url = ""] = await server.printed(/^Open (http:\S+) /m);
    const [, streamUrl = ""] = await server.printed(/^Stream \w+: (ws:\S+)$/m);
    server.url = url;
    server.streamUrl = streamUrl;
    return server;
  }

  /** Ends it. */
  stop(): Promise<EndedCommand> {
    this.kill("SIGTERM");
    return this.ended;
  }
}

/** An edge of the command, with its addresses. */
export class EdgeProcess extends CommandProcess {
  /** The page's. */
  url = "";

  /** Starts `edge` at a free port and waits for its addresses. */
  static async start(args: readonly string[], environment: object = {}): Promise<EdgeProcess> {
    const edge = new EdgeProcess(["edge", "--port", "0", ...args], environment);
    const [, url = ""] = await edge.printed(/^Streams: (ws:\S+)NAME$/m);
    edge.url = url.replace(/^ws/, "http");
    return edge;
  }

  /** The address of a stream. */
  streamUrl(name: string): string {
    return `${this.url.replace(/^http/, "ws")}${name}`;
  }

  /** Ends it. */
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<EndedCommand> {
    this.kill(signal);
    return this.ended;
  }
}
