/**
 * A real tslab kernel process, driven over ZeroMQ the way a Jupyter server drives it.
 *
 * Signs and checks messages with its own code, not with the library's, so that an error in either shows.
 *
 *     const tslab = await TslabProcess.start();
 *     const { stdout } = await tslab.execute("1 + 1");
 *     await tslab.dispose();
 */
import { spawn, type ChildProcess } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Dealer, Subscriber } from "zeromq";
import { freePorts } from "../../scripts/lib/ports.mjs";
import { endingOf } from "./program";

/** The repository's root. */
export const REPOSITORY: string = resolve(__dirname, "..", "..");

/** The folder of the built library, for `require()` in a cell. Tests run after the build. */
export const BUILT_LIBRARY: string = join(REPOSITORY, "lib");

/** Only a guard against a test that hangs: nothing ever waits for a time to pass. In milliseconds. */
const DEADLINE_MS = 60_000;

/** Another process may take a free port between the look for it and its use. */
const START_ATTEMPTS = 5;

const DELIMITER = "<IDS|MSG>";

/** The content of a message. */
export type Content = Readonly<Record<string, unknown>>;

/** A message from the kernel. Its signature was good. */
export interface KernelMessage {
  readonly channel: "iopub" | "shell" | "control";
  /** The page that a message on the shell channel was for; undefined for the process's own. */
  readonly page?: string | undefined;
  readonly type: string;
  /** The id of the message that this one belongs to. */
  readonly parentId: string | undefined;
  readonly header: Content;
  readonly parent: Content;
  readonly metadata: Content;
  readonly content: Content;
  readonly buffers: readonly Buffer[];
}

/** What an execute_request came to. */
export interface Execution {
  /** The id of the execute_request, which is the parent id of all the cell's output. */
  readonly id: string;
  readonly status: string;
  /** All iopub messages of the cell until its idle. */
  readonly messages: readonly KernelMessage[];
  /** All that was printed to stdout until then. */
  readonly stdout: string;
  /** All that was printed to stderr until then. */
  readonly stderr: string;
}

/** What can be different about a message that is sent. */
export interface SendOptions {
  /** @defaultValue none */
  readonly metadata?: object;
  readonly buffers?: readonly Uint8Array[];
  readonly channel?: "shell" | "control";
  /** Further parts of the header. */
  readonly header?: object;
  /** The page that sends it (see {@link TslabProcess.openPage}). @defaultValue the process's own */
  readonly page?: string;
  /** The signature instead of the right one. */
  readonly signature?: string;
  /** JSON parts (header, parent header, metadata, content) instead of the right ones, signed. */
  readonly parts?: readonly string[];
}

/** What JupyterLab says of a notebook's cells when it runs one. */
export interface ExecuteOptions {
  /** The cell that runs. */
  readonly cellId?: string;
}

/** How the kernel is started. */
export interface StartOptions {
  /** Starts jslab, the JavaScript kernel. */
  readonly js?: boolean;
}

/** A front end that reads nothing until `readUntil` is called. */
export interface SlowReader {
  /** Reads on up to the first message that matches, which `what` names. Returns what it read. */
  readUntil(what: string, matches: (message: KernelMessage) => boolean): Promise<KernelMessage[]>;
  close(): void;
}

/** A tslab kernel process and the sockets to it. Dispose it when done. */
export class TslabProcess {
  /** All messages from the kernel since the start, in order of arrival on each channel. */
  readonly messages: KernelMessage[] = [];
  /** The folder that the kernel runs in. Cells can import "jupyter-rfb-ts" there. */
  readonly folder: string;

  readonly #child: ChildProcess;
  readonly #key: string;
  readonly #shell = new Dealer({ linger: 0, receiveHighWaterMark: 0 });
  readonly #pages = new Map<string, Dealer>();
  readonly #replaced: Dealer[] = [];
  readonly #shellPort: number | undefined;
  readonly #iopubPort: number | undefined;
  readonly #controlPort: number | undefined;
  readonly #control = new Dealer({ linger: 0 });
  readonly #iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  readonly #waiting = new Set<() => void>();
  readonly #exited: Promise<number | null>;
  #sending: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #processOutput = "";

  private constructor(folder: string, ports: readonly number[], js: boolean) {
    this.folder = folder;
    this.#key = randomUUID();
    const [shell, control, iopub, stdin, hb] = ports;
    const connectionFile = join(folder, "connection.json");
    writeFileSync(
      connectionFile,
      JSON.stringify({
        transport: "tcp",
        ip: "127.0.0.1",
        shell_port: shell,
        control_port: control,
        iopub_port: iopub,
        stdin_port: stdin,
        hb_port: hb,
        key: this.#key,
        signature_scheme: "hmac-sha256",
      }),
    );
    const tslab = join(REPOSITORY, "node_modules", "tslab", "bin", "tslab");
    const args = [tslab, "kernel", "--config-path", connectionFile, ...(js ? ["--js"] : [])];
    this.#child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const collect = (chunk: Buffer): void => {
      this.#processOutput += chunk.toString();
      this.#changed();
    };
    this.#child.stdout?.on("data", collect);
    this.#child.stderr?.on("data", collect);
    this.#exited = endingOf(this.#child).then(({ code, error }) => {
      this.#failure ??= error;
      this.#changed();
      return code;
    });
    this.#shellPort = shell;
    this.#iopubPort = iopub;
    this.#controlPort = control;
    this.#shell.connect(`tcp://127.0.0.1:${shell}`);
    this.#control.connect(`tcp://127.0.0.1:${control}`);
    this.#iopub.connect(`tcp://127.0.0.1:${iopub}`);
    this.#iopub.subscribe();
    this.#read("shell", this.#shell);
    this.#read("control", this.#control);
    this.#read("iopub", this.#iopub);
  }

  /** Starts a kernel and waits until it answers on all channels. */
  static async start(options: StartOptions = {}): Promise<TslabProcess> {
    for (let attempt = 1; ; attempt++) {
      const tslab = new TslabProcess(makeFolder(), await freePorts(5), options.js ?? false);
      try {
        await tslab.#connect();
        return tslab;
      } catch (error) {
        await tslab.dispose();
        const portTaken = /Address already in use/.test(String(error));
        if (!portTaken || attempt === START_ATTEMPTS) throw error;
      }
    }
  }

  /** Whether the process has not ended. */
  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What the process itself wrote, outside all cells. */
  get processOutput(): string {
    return this.#processOutput;
  }

  /** Sends a message. Returns its id. */
  send(type: string, content: object, options: SendOptions = {}): string {
    const id = randomUUID();
    const header = {
      msg_id: id,
      msg_type: type,
      session: options.page ?? "tests",
      username: "tests",
      date: new Date().toISOString(),
      version: "5.3",
      ...options.header,
    };
    const metadata = JSON.stringify(options.metadata ?? {});
    const parts = options.parts ?? [
      JSON.stringify(header),
      "{}",
      metadata,
      JSON.stringify(content),
    ];
    const signature = options.signature ?? this.#sign(parts);
    const frames = [DELIMITER, signature, ...parts, ...(options.buffers ?? [])];
    const shell = options.page === undefined ? this.#shell : this.#pages.get(options.page);
    if (shell === undefined) throw new Error(`Cannot send: page ${options.page} is not open`);
    const socket = options.channel === "control" ? this.#control : shell;
    // zeromq.js allows one send at a time.
    this.#sending = this.#sending.then(() => socket.send(frames));
    return id;
  }

  /**
   * Connects one more page: a session of its own, with a shell channel of its own. A page of the
   * same name connects again. Its old connection stays open, and a message over it is an error.
   *
   * @param options - `reads: false` makes it read nothing.
   */
  openPage(name: string, { reads = true } = {}): void {
    const limits = reads
      ? { receiveHighWaterMark: 0 }
      : { receiveHighWaterMark: 1, receiveBufferSize: 65_536 };
    const shell = new Dealer({ linger: 0, routingId: name, ...limits });
    const old = this.#pages.get(name);
    if (old !== undefined) this.#replaced.push(old);
    shell.connect(`tcp://127.0.0.1:${this.#shellPort}`);
    this.#pages.set(name, shell);
    if (reads) this.#read("shell", shell, name);
  }

  /**
   * Connects one more front end on iopub, shell and control, which reads one message. Returns a
   * function that disconnects it.
   */
  async visit(): Promise<() => void> {
    const iopub = new Subscriber({ linger: 0 });
    const requests = [new Dealer({ linger: 0 }), new Dealer({ linger: 0 })];
    const [shell, control] = requests;
    shell?.connect(`tcp://127.0.0.1:${this.#shellPort}`);
    control?.connect(`tcp://127.0.0.1:${this.#controlPort}`);
    iopub.connect(`tcp://127.0.0.1:${this.#iopubPort}`);
    iopub.subscribe();
    const first = iopub.receive();
    let isThere = false;
    void first.then(() => (isThere = true));
    // The kernel knows of it once something comes.
    while (!isThere) await this.execute("0");
    return () => {
      for (const socket of [iopub, ...requests]) socket.close();
    };
  }

  /**
   * Connects one more front end on iopub. It reads one message, and then none until `readUntil`
   * is called.
   */
  async openSlowReader(): Promise<SlowReader> {
    const iopub = new Subscriber({
      linger: 0,
      receiveHighWaterMark: 1,
      receiveBufferSize: 65_536,
    });
    iopub.connect(`tcp://127.0.0.1:${this.#iopubPort}`);
    iopub.subscribe();
    let isThere = false;
    void iopub.receive().then(() => (isThere = true));
    while (!isThere) await this.execute("0");
    const readUntil: SlowReader["readUntil"] = async (what, matches) => {
      const read: KernelMessage[] = [];
      let isOver = false;
      const loop = async (): Promise<void> => {
        for await (const frames of iopub) {
          const message = this.#parse("iopub", frames);
          read.push(message);
          isOver = matches(message);
          if (isOver) break;
        }
        this.#changed();
      };
      this.#watchLoop(loop(), iopub);
      await this.#until(what, () => isOver);
      return read;
    };
    return { readUntil, close: () => iopub.close() };
  }

  /** Runs a cell and waits for its reply and its idle. */
  async execute(code: string, options?: ExecuteOptions): Promise<Execution> {
    return this.finish(this.startExecution(code, options));
  }

  /** Sends a cell to be run, without waiting for it. Returns the id of its execute_request. */
  startExecution(code: string, { cellId }: ExecuteOptions = {}): string {
    const content = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    };
    return this.send("execute_request", content, { metadata: { cellId } });
  }

  /** Waits for the reply and the idle of a cell. */
  async finish(id: string): Promise<Execution> {
    const reply = await this.waitFor(
      `the execute_reply to ${id}`,
      (message) => message.type === "execute_reply" && message.parentId === id,
    );
    await this.waitForIdle(id);
    const messages = this.outputOf(id);
    const printed = (name: string): string =>
      messages
        .filter((message) => message.type === "stream" && message.content.name === name)
        .map((message) => String(message.content.text))
        .join("");
    return {
      id,
      status: String(reply.content.status),
      messages,
      stdout: printed("stdout"),
      stderr: printed("stderr"),
    };
  }

  /** The iopub messages so far that have this parent. */
  outputOf(parentId: string): KernelMessage[] {
    return this.messages.filter(
      (message) => message.channel === "iopub" && message.parentId === parentId,
    );
  }

  /** Waits for the `idle` of a message. */
  waitForIdle(parentId: string): Promise<KernelMessage> {
    return this.waitFor(`the idle of ${parentId}`, (message) => isIdleOf(message, parentId));
  }

  /** Waits for a message, which may have come already. `what` names it where it does not come. */
  async waitFor(
    what: string,
    matches: (message: KernelMessage) => boolean,
  ): Promise<KernelMessage> {
    let found: KernelMessage | undefined;
    let looked = 0;
    await this.#until(what, () => {
      while (found === undefined && looked < this.messages.length) {
        const message = this.messages[looked++];
        if (message !== undefined && matches(message)) found = message;
      }
      return found !== undefined;
    });
    if (found === undefined) throw new Error(`${what} did not come`);
    return found;
  }

  /** Waits until so many messages have come that match. */
  async waitForCount(
    what: string,
    count: number,
    matches: (message: KernelMessage) => boolean,
  ): Promise<KernelMessage[]> {
    const found: KernelMessage[] = [];
    let looked = 0;
    await this.#until(`${count} of ${what}`, () => {
      for (; looked < this.messages.length; looked++) {
        const message = this.messages[looked];
        if (message !== undefined && matches(message)) found.push(message);
      }
      return found.length >= count;
    });
    return found;
  }

  /** Interrupts the kernel as Jupyter does. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** Asks the kernel to shut down, as Jupyter does, and waits until its process has ended. Returns its exit code. */
  async shutdown(): Promise<number | null> {
    this.send("shutdown_request", { restart: false }, { channel: "control" });
    await this.#until("the end of the process", () => !this.isRunning);
    return this.#exited;
  }

  /** Ends the process, closes the sockets and removes the folder. Idempotent. */
  async dispose(): Promise<void> {
    if (this.isRunning) this.#child.kill("SIGKILL");
    await this.#exited;
    await this.#sending.catch(() => undefined);
    const pages = [...this.#pages.values(), ...this.#replaced];
    for (const socket of [this.#shell, this.#control, this.#iopub, ...pages]) socket.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #lostSends(): number {
    return this.#processOutput.split(/Socket is (?:busy writing|blocked by a bind)/).length - 1;
  }

  async #connect(): Promise<void> {
    // What the kernel publishes before it knows of the subscription is lost, so ask until a status
    // comes through. On a busy machine tslab may send twice at once, or before its socket is bound,
    // which loses its reply.
    for (;;) {
      const lost = this.#lostSends;
      const id = this.send("kernel_info_request", {});
      const isAnswered = (): boolean =>
        this.messages.some((one) => one.type === "kernel_info_reply" && one.parentId === id);
      await this.#until("kernel_info_reply", () => isAnswered() || this.#lostSends > lost);
      if (isAnswered() && this.messages.some((one) => one.channel === "iopub")) break;
    }
    await this.waitFor("a status", (message) => message.type === "status");
  }

  #read(channel: KernelMessage["channel"], socket: Dealer | Subscriber, page?: string): void {
    const loop = async (): Promise<void> => {
      for await (const frames of socket) {
        if (page !== undefined && this.#pages.get(page) !== socket) {
          throw new Error(`The kernel sent a message over the old connection of page ${page}`);
        }
        this.messages.push({ ...this.#parse(channel, frames), page });
        this.#changed();
      }
    };
    this.#watchLoop(loop(), socket);
  }

  /** An error while a socket is read fails whatever the test waits for. */
  #watchLoop(loop: Promise<void>, socket: Dealer | Subscriber): void {
    loop.catch((error: unknown) => {
      if (socket.closed) return;
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#changed();
    });
  }

  #parse(channel: KernelMessage["channel"], frames: readonly Buffer[]): KernelMessage {
    const at = frames.findIndex((frame) => frame.toString() === DELIMITER);
    const [signature, ...rest] = frames.slice(at + 1);
    const parts = rest.slice(0, 4).map((part) => part.toString());
    if (at < 0 || signature?.toString() !== this.#sign(parts)) {
      throw new Error(`The kernel sent a message with a wrong signature: ${parts.join(" ")}`);
    }
    const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part) as Content);
    if (!header || !parent || !metadata || !content) {
      throw new Error(`The kernel sent a message of ${parts.length} parts`);
    }
    return {
      channel,
      type: String(header.msg_type),
      parentId: typeof parent.msg_id === "string" ? parent.msg_id : undefined,
      header,
      parent,
      metadata,
      content,
      buffers: rest.slice(4),
    };
  }

  #sign(parts: readonly string[]): string {
    const hmac = createHmac("sha256", this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look();
  }

  #until(what: string, isDone: () => boolean): Promise<void> {
    return new Promise((done, fail) => {
      const finish = (error?: Error): void => {
        clearTimeout(guard);
        this.#waiting.delete(look);
        if (error) fail(error);
        else done();
      };
      const look = (): void => {
        if (this.#failure) finish(this.#failure);
        else if (isDone()) finish();
        else if (!this.isRunning) finish(this.#describe(`The kernel ended before ${what}`));
        else if (/Address already in use/.test(this.#processOutput)) {
          finish(this.#describe("The kernel could not bind"));
        }
      };
      const guard = setTimeout(() => {
        finish(this.#describe(`${what} did not come within ${DEADLINE_MS} ms`));
      }, DEADLINE_MS);
      this.#waiting.add(look);
      look();
    });
  }

  #describe(what: string): Error {
    const last = this.messages
      .slice(-10)
      .map(({ channel, type, content }) => `${channel} ${type} ${JSON.stringify(content)}`);
    return new Error([`${what}. Last messages:`, ...last, this.#processOutput].join("\n"));
  }
}

/** Whether a message is the `idle` of the message with this id. */
export function isIdleOf(message: KernelMessage, parentId: string): boolean {
  return (
    message.type === "status" &&
    message.parentId === parentId &&
    message.content.execution_state === "idle"
  );
}

/** A new folder for a kernel, with what a user's project has: this package, tslab, and Node's types. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "jupyter-rfb-ts-tslab-"));
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  symlinkSync(REPOSITORY, join(modules, "jupyter-rfb-ts"), "dir");
  for (const name of ["tslab", "@types"]) {
    symlinkSync(join(REPOSITORY, "node_modules", name), join(modules, name), "dir");
  }
  return folder;
}
