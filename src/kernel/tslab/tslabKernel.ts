/** Makes a running tslab a kernel with comms and rich display, without any change to tslab's files or its kernelspec. */
import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { ProtocolError, errorMessage } from "../../protocol/errors";
import { CommManager, type CommCarrier } from "../../widgets/comm";
import { CommIdleQueue } from "./commIdle";
import { parseMessage, serializeMessage, type IncomingMessage } from "./jupyterMessage";
import {
  encodeBundle,
  setKernel,
  type Comm,
  type CommOptions,
  type Kernel,
  type MimeBundle,
} from "../../widgets/kernel";
import { installRichDisplay, type RichDisplayHost } from "./richDisplay";
import {
  findTslab,
  learnCellChannel,
  neverWait,
  processModuleCache,
  replaceAll,
  UnsupportedTslabError,
  type CellChannel,
  type HandleShellMessage,
  type PublishStatus,
  type TslabModule,
  type ZmqSocket,
} from "./tslabKernelInternals";

/** What came in and was of no use. */
export interface KernelDiagnostics {
  /** How many messages were dropped since the import: badly signed, unparsable, or not what the protocol allows. */
  readonly droppedMessages: number;
  /** Why the last one was dropped. */
  readonly lastDropReason: string | undefined;
}

/** What {@link attachToTslab} came to. */
export type AttachResult =
  | {
      readonly state: "attached";
      readonly kernel: Kernel;
      readonly diagnostics: KernelDiagnostics;
    }
  | {
      /** `absent`: this process is no tslab kernel. `unsupported`: it is one, of a version that we do not know. */
      readonly state: "absent" | "unsupported";
      readonly reason: string;
    };

/** The key in a comm message's metadata under which a view says what it awaits. */
const IDLE_METADATA = "jupyter-rfb-ts";

/** Where the attached kernel is kept, on tslab's server class: a second copy of this package takes the same one. */
const ATTACHED = Symbol.for("jupyter-rfb-ts.tslabKernel.1");

/**
 * Attaches to the tslab that runs this process's cells, and makes it the kernel that widgets use.
 *
 * Called when the package is imported, any number of times, also from several copies of the package. Never throws: where
 * there is no tslab, or one that is not as expected, nothing is changed, and the error comes when a widget is used.
 *
 * @param cache - The modules to look for tslab in; the process's own by default.
 */
export function attachToTslab(cache = processModuleCache()): AttachResult {
  const result = attach(cache);
  if (result.state === "attached") setKernel(result.kernel);
  else setKernel(undefined, result.reason);
  return result;
}

function attach(cache: ReturnType<typeof processModuleCache>): AttachResult {
  let version = "of an unknown version";
  try {
    const tslab = findTslab(cache);
    if (typeof tslab === "string") return { state: "absent", reason: tslab };
    version = tslab.version;
    const server = tslab.server as object as { readonly [ATTACHED]?: TslabKernel };
    const kernel = server[ATTACHED] ?? new TslabKernel(tslab);
    if (server[ATTACHED] === undefined) kernel.takeOver();
    return { state: "attached", kernel, diagnostics: kernel };
  } catch (error) {
    const reason =
      error instanceof UnsupportedTslabError
        ? error.message
        : new UnsupportedTslabError(version, errorMessage(error)).message;
    return { state: "unsupported", reason };
  }
}

class TslabKernel implements Kernel, CommCarrier, RichDisplayHost, KernelDiagnostics {
  droppedMessages = 0;
  lastDropReason: string | undefined;

  readonly #tslab: TslabModule;
  readonly #comms = new CommManager(this);
  readonly #idles = new CommIdleQueue((headers) => this.#sendIdles(headers));
  /** The ids of the execute_requests that are not over. */
  readonly #running = new Set<unknown>();
  /**
   * Header of the comm message that is being handled. What is sent because of it answers it: frontends look for the answer to a
   * request_state, and for the echo of an update, by this parent.
   */
  #handled: string | undefined;
  #writer: unknown;
  #channel: CellChannel;

  constructor(tslab: TslabModule) {
    this.#tslab = tslab;
    this.#writer = tslab.writer();
    this.#channel = learnCellChannel(tslab, this.#writer);
    // The cell that imports us.
    this.#running.add((JSON.parse(this.#channel.parentJson) as { msg_id?: unknown }).msg_id);
  }

  /**
   * Replaces tslab's handlers and watches the cells' last expressions.
   *
   * @throws Error when tslab does not let one of them be replaced. All are as they were then.
   */
  takeOver(): void {
    const { server } = this.#tslab;
    const { handleShellMessage, publishStatus } = server;
    const receive = this.#receive.bind(this);
    const follow = this.#follow.bind(this);
    const patchedHandle: HandleShellMessage = function (this: unknown, socket, ...frames) {
      if (receive(socket, frames)) return Promise.resolve();
      return handleShellMessage.call(this, socket, ...frames);
    };
    const patchedStatus: PublishStatus = function (this: unknown, status, parent) {
      follow(status, parent);
      publishStatus.call(this, status, parent);
    };
    const { __tslab__: scope } = globalThis as { __tslab__?: unknown };
    replaceAll(
      server,
      { handleShellMessage: patchedHandle, publishStatus: patchedStatus, [ATTACHED]: this },
      () => installRichDisplay(scope, this),
    );
    neverWait(this.#channel.iopub);
  }

  openComm(options: CommOptions): Comm {
    return this.#comms.open(options);
  }

  registerTarget(...args: Parameters<Kernel["registerTarget"]>): void {
    this.#comms.registerTarget(...args);
  }

  display(data: MimeBundle, options: { displayId?: string; update?: boolean } = {}): void {
    if (!options.update) this.displayIn(this.currentCell(), data, options.displayId);
    else if (options.displayId !== undefined) this.updateDisplay(options.displayId, data);
    else throw new TypeError("display: expected a displayId with update, got none");
  }

  currentCell(): string {
    return this.#current().parentJson;
  }

  displayIn(cell: string, data: MimeBundle, displayId?: string): void {
    this.#publish("display_data", cell, displayContent(data, displayId));
  }

  updateDisplay(displayId: string, data: MimeBundle): void {
    this.#publish("update_display_data", this.currentCell(), displayContent(data, displayId));
  }

  printError(cell: string, text: string): void {
    this.#publish("stream", cell, { name: "stderr", text });
  }

  publish(
    messageType: string,
    content: object,
    buffers?: readonly Uint8Array[],
    metadata?: object,
  ): void {
    this.#publish(messageType, this.#handled ?? this.currentCell(), content, buffers, metadata);
  }

  report(what: string, error: unknown): void {
    this.printError(this.currentCell(), `Error in ${what}: ${inspect(error)}\n`);
  }

  /** Handles a message on the shell or control channel. Returns whether it is done; if not, it is tslab's. */
  #receive(socket: ZmqSocket, frames: readonly Uint8Array[]): boolean {
    // What still comes after shutdown_request cannot be answered, and tslab fails at it.
    if (socket.closed) return true;
    try {
      neverWait(socket);
      // Also what is tslab's is checked here: there a bad message ends in an unhandled rejection in the user's cell.
      const message = parseMessage(frames, this.#channel.key);
      return this.#dispatch(socket, message);
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.droppedMessages += 1;
        this.lastDropReason = error.message;
      } else {
        this.report("a message's handler", error);
      }
      return true;
    }
  }

  #dispatch(socket: ZmqSocket, message: IncomingMessage): boolean {
    const { content, buffers, headerJson } = message;
    switch (message.header.msg_type) {
      case "comm_msg":
        if (awaitsNoIdle(message.metadata)) {
          this.#handleAs(headerJson, () => this.#comms.receiveMessage(content, buffers));
        } else {
          this.#withIdle(headerJson, () => this.#comms.receiveMessage(content, buffers));
        }
        return true;
      case "comm_open":
        this.#withIdle(headerJson, () => this.#comms.receiveOpen(content, buffers));
        return true;
      case "comm_close":
        this.#withIdle(headerJson, () => this.#comms.receiveClose(content));
        return true;
      case "comm_info_request":
        this.#replyCommInfo(socket, message);
        return true;
      case "shutdown_request":
        // tslab closes the sockets after its reply.
        this.#idles.dispose();
        return false;
      default:
        return false;
    }
  }

  /** A comm message has no `busy`, and its `idle` comes later: see {@link CommIdleQueue}. */
  #withIdle(headerJson: string, handle: () => void): void {
    try {
      this.#handleAs(headerJson, handle);
    } finally {
      this.#idles.add(headerJson);
    }
  }

  /** What is sent while a message is handled answers it. */
  #handleAs(headerJson: string, handle: () => void): void {
    this.#handled = headerJson;
    try {
      handle();
    } finally {
      this.#handled = undefined;
    }
  }

  #replyCommInfo(socket: ZmqSocket, request: IncomingMessage): void {
    const { target_name: target } = (request.content ?? {}) as { target_name?: unknown };
    this.#publish("status", request.headerJson, { execution_state: "busy" });
    const comms = this.#comms.info(typeof target === "string" ? target : undefined);
    this.#send(socket, request.identities, "comm_info_reply", request.headerJson, {
      status: "ok",
      comms,
    });
    this.#publish("status", request.headerJson, { execution_state: "idle" });
  }

  #sendIdles(headers: readonly string[]): void {
    for (const header of headers) this.#publish("status", header, { execution_state: "idle" });
    // A frontend shows the last status that came, whatever its parent: while a cell runs, the kernel is busy.
    if (this.#running.size > 0) {
      this.#publish("status", this.currentCell(), { execution_state: "busy" });
    }
  }

  /** Keeps account of the cells that run, from the statuses that tslab publishes. */
  #follow(status: string, parent: unknown): void {
    const header = (parent as { header?: { msg_id?: unknown; msg_type?: unknown } } | undefined)
      ?.header;
    if (header?.msg_type !== "execute_request") return;
    if (status === "busy") this.#running.add(header.msg_id);
    if (status !== "idle" || !this.#running.has(header.msg_id)) return;
    // Cells end in the order in which they came, so those before this one are over too.
    for (const id of this.#running) {
      this.#running.delete(id);
      if (id === header.msg_id) break;
    }
  }

  #current(): CellChannel {
    const writer = this.#tslab.writer();
    if (writer !== this.#writer) {
      this.#channel = learnCellChannel(this.#tslab, writer);
      this.#writer = writer;
    }
    return this.#channel;
  }

  #publish(
    messageType: string,
    parentJson: string,
    content: object,
    buffers?: readonly Uint8Array[],
    metadata?: object,
  ): void {
    const { iopub } = this.#channel;
    this.#send(iopub, [messageType], messageType, parentJson, content, buffers, metadata);
  }

  #send(
    socket: ZmqSocket,
    identities: readonly (Uint8Array | string)[],
    messageType: string,
    parentJson: string,
    content: object,
    buffers: readonly Uint8Array[] = [],
    metadata: object = {},
  ): void {
    // After shutdown_request; the process is about to end.
    if (socket.closed) return;
    const header = {
      msg_id: randomUUID(),
      msg_type: messageType,
      session: sessionOf(parentJson),
      username: "kernel",
      date: new Date().toISOString(),
      version: "5.3",
    };
    const message = { identities, header, parentJson, metadata, content, buffers };
    void socket.send(serializeMessage(message, this.#channel.key));
  }
}

/**
 * Whether the sender of a comm message has forgotten it already, so that its `idle` would only be one more message in the way
 * of a frame. docs/PROTOCOL.md describes the metadata.
 */
function awaitsNoIdle(metadata: unknown): boolean {
  if (typeof metadata !== "object" || metadata === null) return false;
  const own = (metadata as Record<string, unknown>)[IDLE_METADATA];
  return typeof own === "object" && own !== null && (own as { idle?: unknown }).idle === false;
}

/**
 * The session of a header. tslab gives each message the session of the request that it answers, and so must we: JupyterLab cancels
 * messages that it has not handled yet when one with another session comes, as if the kernel had been restarted.
 */
function sessionOf(headerJson: string): string {
  const { session } = JSON.parse(headerJson) as { session?: unknown };
  return typeof session === "string" ? session : "";
}

function displayContent(data: MimeBundle, displayId: string | undefined): object {
  return {
    data: encodeBundle(data),
    metadata: {},
    transient: displayId === undefined ? {} : { display_id: displayId },
  };
}
