import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { natsServerPath } from "../../scripts/lib/nats.mjs";

/** A NATS server on 127.0.0.1. */
export class NatsServer {
  readonly #directory: string;
  readonly #config: string;
  readonly port: number;
  #process: ChildProcess | undefined;

  private constructor(port: number, config: string) {
    this.port = port;
    this.#config = config;
    this.#directory = mkdtempSync(join(tmpdir(), "rfb-nats-"));
  }

  /** @param config - more lines of its configuration */
  static async start(config = ""): Promise<NatsServer> {
    const server = new NatsServer(await freePort(), config);
    await server.start();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it, again after {@link kill}. */
  async start(): Promise<void> {
    const file = join(this.#directory, "nats.conf");
    writeFileSync(file, `listen: "127.0.0.1:${this.port}"\n${this.#config}\n`);
    this.#process = spawn(natsServerPath(), ["-c", file], { stdio: "ignore" });
    while (!(await accepts(this.port))) {
      if (this.#process.exitCode !== null)
        throw new Error(`nats-server ended: ${this.#process.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    this.#process = undefined;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGKILL");
    await ended;
  }

  /** Stops and continues it, as where the network is cut. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  /** See {@link freeze}. */
  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
