/** The example render_service, started as its README says, with a NATS server of its own. */
import { join } from "node:path";
import { NatsServer } from "./natsServer";
import { CommandProcess } from "./serveProcess";

const FOLDER = join(import.meta.dirname, "../../examples/render_service");

/** What the web server answers to a request for a session. */
export interface SessionAnswer {
  readonly status: number;
  readonly name: string;
  readonly worker: string;
  readonly url: string;
  readonly error: string;
}

/** A worker that runs. */
export interface WorkerProcess {
  /** As it names itself in the answer to a request. */
  readonly name: string;
  readonly process: CommandProcess;
}

/** NATS, an edge, the web server, and workers. */
export class RenderService {
  readonly nats: NatsServer;
  readonly #processes: CommandProcess[] = [];
  /** The page's. */
  url = "";
  /** The edge's, for viewers. */
  edgeUrl = "";

  private constructor(nats: NatsServer) {
    this.nats = nats;
  }

  /** Starts all but the workers. */
  static async start(): Promise<RenderService> {
    const service = new RenderService(await NatsServer.start());
    try {
      const edge = service.#run("edge.mjs", ["0"]);
      [, service.edgeUrl = ""] = await edge.printed(/^The edge is at (ws:\S+:\d+)\/$/m);
      const web = service.#run("web.mjs", ["0"], { EDGE_URL: service.edgeUrl });
      [, service.url = ""] = await web.printed(/^open (http:\S+)$/m);
    } catch (error) {
      await service.stop();
      throw error;
    }
    return service;
  }

  /** @param sessions - how many it takes at the same time */
  async addWorker(sessions: number): Promise<WorkerProcess> {
    const environment = { MAX_SESSIONS: String(sessions), IDLE_SECONDS: "2" };
    const process = this.#run("worker.mjs", [], environment);
    const [, name = ""] = await process.printed(/^The worker (\S+) takes/m);
    return { name, process };
  }

  /** Asks for a session, as the page does. */
  async askForSession(headers: Record<string, string> = {}): Promise<SessionAnswer> {
    const response = await fetch(`${this.url}session`, { method: "POST", headers });
    return { status: response.status, ...((await response.json()) as object) } as SessionAnswer;
  }

  /** Asks whether a session lives, as the page does. @returns the status */
  async askWhetherAlive(name: string): Promise<number> {
    return (await fetch(`${this.url}session/${name}`)).status;
  }

  /** Ends all, NATS last. @returns the exit codes of those that had not ended before */
  async stop(): Promise<(number | null)[]> {
    try {
      const ended = await Promise.all(this.#processes.map((one) => one.stop()));
      return ended.filter(({ signal }) => signal !== "SIGKILL").map(({ code }) => code);
    } finally {
      await this.nats.stop();
    }
  }

  #run(file: string, args: readonly string[], environment: object = {}): CommandProcess {
    const settings = { NATS_URL: this.nats.url, NO_COLOR: "1", ...environment };
    const started = new CommandProcess(args, settings, join(FOLDER, file));
    this.#processes.push(started);
    return started;
  }
}
