import { inspect } from "node:util";
import { ProtocolError } from "../../protocol/errors";
import {
  CommManager,
  isCaptured,
  type Comm,
  type CommCarrier,
  type CommOptions,
  type CommPeer,
  type DisplayOptions,
  type Kernel,
  type MimeBundle,
  type OutputSink,
} from "../../widgets";
import { displayContent } from "../displayContent";
import { ClearedCells } from "./clearedCells";
import { CommIdleQueue } from "./commIdle";
import { installCorrections } from "./corrections";
import {
  newHeader,
  parseMessage,
  serializeMessage,
  sessionOf,
  targetOf,
  type IncomingMessage,
} from "./jupyterMessage";
import { readPageMetadata } from "./messageMetadata";
import { OutputRouting } from "./outputRouting";
import { QueuedPublisher } from "./queuedPublisher";
import { installRichDisplay, type CellScope, type RichDisplayHost } from "./richDisplay";
import { RunningCells } from "./runningCells";
import { endSoon, endWithParent } from "./shutdown";
import {
  answerInSession,
  learnCellChannel,
  neverWait,
  prepareSockets,
  replaceAll,
  type CellChannel,
  type HandleShellMessage,
  type PublishStatus,
  type TslabModule,
  type ZmqSocket,
} from "./tslabKernelInternals";
import { handleUnknown, isKnownToTslab } from "./unknownMessages";

/**
 * The key of the attached kernel on tslab's server class, so that a second copy of this package
 * uses the same kernel.
 */
const ATTACHED = Symbol.for("jupyter-rfb-ts.tslabKernel.1");

/**
 * A running tslab with comms and rich display, which it lacks. Neither its files nor its kernelspec
 * change.
 */
export class TslabKernel implements Kernel, CommCarrier, RichDisplayHost {
  droppedMessages = 0;
  lastDropReason: string | undefined;

  readonly #tslab: TslabModule;
  readonly #comms = new CommManager(this);
  readonly #idles = new CommIdleQueue((headers) => this.#sendIdles(headers));
  readonly #cells: RunningCells;
  readonly #cleared = new ClearedCells((what, error) => this.report(what, error));
  readonly #routing = new OutputRouting(this);
  /**
   * Header of the comm message that is being handled, which is the parent of whatever its handler
   * sends: frontends find the answer to a request_state, and the echo of an update, by their
   * parent.
   */
  #handled: string | undefined;
  /** All messages of a kernel have one session. This is the importing page's. */
  readonly #session: string;
  #writer: unknown;
  #channel: CellChannel;
  #publisher: QueuedPublisher | undefined;

  private constructor(tslab: TslabModule) {
    this.#tslab = tslab;
    this.#writer = tslab.writer();
    this.#channel = learnCellChannel(tslab, this.#writer);
    // The import that creates this kernel is part of a running cell.
    this.#cells = new RunningCells(this.#channel.parentJson);
    this.#session = sessionOf(this.#channel.parentJson);
  }

  /**
   * Replaces tslab's handlers and watches the cells' last expressions. If another copy of this
   * package has done so already, its kernel is returned.
   *
   * @throws Error when tslab isn't as expected, or one of its parts can't be replaced. Nothing has
   *   changed then.
   */
  static takeOver(tslab: TslabModule): TslabKernel {
    const server = tslab.server as object as { readonly [ATTACHED]?: TslabKernel };
    const attached = server[ATTACHED];
    if (attached !== undefined) return attached;
    const kernel = new TslabKernel(tslab);
    kernel.#replaceHandlers();
    return kernel;
  }

  #replaceHandlers(): void {
    const { server } = this.#tslab;
    const { handleShellMessage, publishStatus } = server;
    const session = this.#session;
    const receive = this.#receive.bind(this);
    const cells = this.#cells;
    const cleared = this.#cleared;
    const heard = (): void => this.#publisher?.heard();
    const print = (text: string): void => this.printIn(this.currentCell(), "stderr", text);
    const patchedHandle: HandleShellMessage = function (this: unknown, socket, ...frames) {
      if (receive(socket, frames)) return Promise.resolve();
      return handleShellMessage.call(this, socket, ...frames);
    };
    const patchedStatus: PublishStatus = function (this: unknown, status, parent) {
      prepareSockets(this);
      cells.follow(status, parent);
      if (status === "busy") {
        answerInSession(parent, session);
        cleared.started(parent);
        heard();
      }
      publishStatus.call(this, status, parent);
    };
    const { __tslab__: scope } = globalThis as { __tslab__?: unknown };
    const watchCells = (): void => installRichDisplay(scope, this);
    replaceAll(
      server,
      { handleShellMessage: patchedHandle, publishStatus: patchedStatus, [ATTACHED]: this },
      () => (this.#publisher = new QueuedPublisher(this.#channel.iopub, print, watchCells)),
    );
    installCorrections(this.#tslab, scope as CellScope);
    this.#routing.install(this.#tslab.exports);
    endWithParent();
  }

  get cell(): string | undefined {
    return this.#cleared.nameOf((JSON.parse(this.currentCell()) as { msg_id?: unknown }).msg_id);
  }

  onCellCleared(listener: (cell: string) => void): void {
    this.#cleared.listen(listener);
  }

  openComm(options: CommOptions): Comm {
    return this.#comms.open(options);
  }

  registerTarget(...args: Parameters<Kernel["registerTarget"]>): void {
    this.#comms.registerTarget(...args);
  }

  display(data: MimeBundle, options: DisplayOptions = {}): void {
    const { sink } = this.#routing;
    if (sink !== undefined) sink.display(data, options);
    else if (options.update !== true) this.displayIn(this.currentCell(), data, options.displayId);
    else if (options.displayId !== undefined) this.updateDisplay(options.displayId, data);
    else throw new TypeError("display: expected a displayId with update, got none");
  }

  runIn<Result>(place: string | OutputSink, callback: () => Result): Result {
    const isCell = typeof place === "string";
    const target = isCell ? { cell: place } : { cell: this.currentCell(), sink: place };
    return this.#routing.run(target, callback);
  }

  get isCapturing(): boolean {
    return isCaptured(this.#routing.sink);
  }

  currentCell(): string {
    return this.#routing.cell ?? this.#runningCell();
  }

  #runningCell(): string {
    return this.#current().parentJson;
  }

  displayIn(cell: string, data: MimeBundle, displayId?: string): void {
    this.#publish("display_data", cell, displayContent(data, displayId));
  }

  updateDisplay(displayId: string, data: MimeBundle): void {
    this.#publish("update_display_data", this.currentCell(), displayContent(data, displayId));
  }

  printIn(cell: string, name: "stdout" | "stderr", text: string): void {
    this.#publish("stream", cell, { name, text });
  }

  publish(
    messageType: string,
    content: object,
    buffers?: readonly Uint8Array[],
    metadata?: object,
  ): void {
    this.#publish(messageType, this.#handled ?? this.#runningCell(), content, buffers, metadata);
  }

  report(what: string, error: unknown): void {
    this.printIn(this.currentCell(), "stderr", `Error in ${what}: ${inspect(error)}\n`);
  }

  /** Handles a message on the shell or control channel. Returns false if tslab has to handle it. */
  #receive(socket: ZmqSocket, frames: readonly Uint8Array[]): boolean {
    // A message after shutdown_request can't be answered: tslab would throw.
    if (socket.closed) return true;
    try {
      neverWait(socket);
      // Messages for tslab are checked too: in tslab, an invalid one causes an unhandled rejection
      // in the user's cell.
      const message = parseMessage(frames, this.#channel.key);
      this.#routing.heard(message.headerJson);
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
        this.#receiveComm(socket, message);
        return true;
      case "comm_open":
        this.#withIdle(headerJson, () => this.#comms.receiveOpen(content, buffers));
        return true;
      case "comm_close":
        this.#withIdle(headerJson, () => this.#comms.receiveClose(content));
        return true;
      case "comm_info_request":
        this.#reply(socket, message, "comm_info_reply", {
          comms: this.#comms.info(targetOf(content)),
        });
        return true;
      case "execute_request":
        this.#cleared.requested(message);
        return false;
      case "shutdown_request":
        // tslab closes the sockets after its reply.
        this.#idles.dispose();
        this.#publisher?.dispose();
        endSoon();
        return false;
      default:
        return !isKnownToTslab(message.header.msg_type) && this.#answerUnknown(socket, message);
    }
  }

  #answerUnknown(socket: ZmqSocket, message: IncomingMessage): true {
    const reply = handleUnknown(message.header.msg_type);
    if (reply !== undefined) this.#reply(socket, message, reply.messageType, reply.content);
    return true;
  }

  #receiveComm(socket: ZmqSocket, message: IncomingMessage): void {
    const { content, buffers, header, headerJson, identities } = message;
    const { awaitsIdle, takesDirect } = readPageMetadata(message.metadata);
    const publish: CommPeer["publish"] = (type, answer, answerBuffers) =>
      this.#send(socket, identities, type, headerJson, answer, answerBuffers);
    const peer = { id: String(header["session"]), publish: takesDirect ? publish : undefined };
    const receive = (): void => this.#comms.receiveMessage(content, buffers, peer);
    if (awaitsIdle) this.#withIdle(headerJson, receive);
    else this.#handleAs(headerJson, receive);
  }

  /** Handles a comm message without a `busy`. {@link CommIdleQueue} sends its `idle` later. */
  #withIdle(headerJson: string, handle: () => void): void {
    try {
      this.#handleAs(headerJson, handle);
    } finally {
      this.#idles.add(headerJson);
    }
  }

  /** Makes a message the parent of everything that its handler sends. */
  #handleAs(headerJson: string, handle: () => void): void {
    this.#handled = headerJson;
    try {
      handle();
    } finally {
      this.#handled = undefined;
    }
  }

  #reply(socket: ZmqSocket, request: IncomingMessage, messageType: string, content: object): void {
    const { headerJson, identities } = request;
    this.#publish("status", headerJson, { execution_state: "busy" });
    this.#send(socket, identities, messageType, headerJson, { status: "ok", ...content });
    this.#publish("status", headerJson, { execution_state: "idle" });
  }

  #sendIdles(headers: readonly string[]): void {
    for (const header of headers) this.#publish("status", header, { execution_state: "idle" });
    // A frontend shows the latest status, whatever its parent: "busy" while a cell runs.
    if (this.#cells.any) {
      this.#publish("status", this.#runningCell(), { execution_state: "busy" });
    }
  }

  /**
   * The channel of the cell that is running, or that ran last. tslab creates a new writer for each
   * cell.
   */
  #current(): CellChannel {
    const writer = this.#tslab.writer();
    if (writer !== this.#writer) {
      this.#channel = this.#routing.outside(() => learnCellChannel(this.#tslab, writer));
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
    // tslab closes its sockets after a shutdown_request. The process is about to end.
    if (socket.closed) return;
    const header = newHeader(messageType, this.#session);
    const message = { identities, header, parentJson, metadata, content, buffers };
    void socket.send(serializeMessage(message, this.#channel.key));
  }
}
