import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { natsServerPath } from "../../scripts/lib/nats.mjs";
import { freePort } from "../../scripts/lib/ports.mjs";
import { Program } from "./program";

/** A NATS server on 127.0.0.1. */
export class NatsServer {
  readonly #directory: string;
  readonly #config: string;
  readonly port: number;
  #process: Program | undefined;

  private constructor(port: number, config: string) {
    this.port = port;
    this.#config = config;
    this.#directory = mkdtempSync(join(tmpdir(), "rfb-nats-"));
  }

  /** @param config - more lines of its configuration */
  static async start(config = ""): Promise<NatsServer> {
    const server = new NatsServer(await freePort(), config);
    try {
      await server.start();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it, again after {@link kill}. */
  async start(): Promise<void> {
    const file = join(this.#directory, "nats.conf");
    writeFileSync(file, `listen: "127.0.0.1:${this.port}"\n${this.#config}\n`);
    const child = spawn(natsServerPath(), ["-c", file], { stdio: "ignore" });
    this.#process = new Program("nats-server", child);
    await this.#process.ready(() => accepts(this.port));
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    this.#process = undefined;
    await running.end("SIGKILL");
  }

  /** Stops and continues it, as where the network is cut. */
  freeze(): void {
    this.#process?.signal("SIGSTOP");
  }

  /** See {@link freeze}. */
  thaw(): void {
    this.#process?.signal("SIGCONT");
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
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
