/**
 * A way for comm messages to a kernel that drops them: Deno's. Each goes as code, in a silent
 * execute_request, which calls a function that the library has registered in the kernel
 * (docs/PROTOCOL.md).
 */
import { bytesOfBase64, toBase64 } from "../protocol/base64";
import { reportOnConsole } from "../view/index";
import { MessageQueue, type RoutedMessage } from "./messageQueue";
import { MODULE_NAME } from "./module";
import { subscribe, type Signal } from "./signal";

/** The name of the symbol under which the kernel registers the function. */
const RECEIVER = "jupyter-rfb-ts.deno.1";

/** The comm target on which a widget manager asks for all widgets. */
const CONTROL_TARGET = "jupyter.widget.control";

/** What cells and handlers show. */
const OUTPUT_TYPES = ["stream", "display_data", "update_display_data", "execute_result", "error"];

/** The part of a Jupyter message that is used here. */
export interface JupyterMessage {
  readonly header: { readonly msg_id: string; readonly msg_type: string };
  readonly channel?: string;
  content: object;
  metadata?: Readonly<Record<string, unknown>>;
  buffers?: readonly (ArrayBuffer | ArrayBufferView)[] | undefined;
}

/** The part of JupyterLab's future that is used here. */
export interface Future {
  readonly msg: JupyterMessage;
  readonly done: Promise<unknown>;
  readonly isDisposed: boolean;
  readonly onIOPub: (message: JupyterMessage) => unknown;
  registerMessageHook(hook: (message: JupyterMessage) => boolean): void;
  dispose(): void;
}

/** The part of JupyterLab's kernel connection that is used here. */
export interface KernelConnection {
  readonly clientId: string;
  readonly anyMessage: Signal;
  readonly connectionStatusChanged: Signal;
  sendShellMessage(message: JupyterMessage, expectReply?: boolean, disposeOnDone?: boolean): Future;
}

/**
 * Replaces how a kernel connection sends comm messages, for all widgets of the kernel.
 *
 * Our own views' messages need no reply. They wait while an earlier batch of them is unanswered, so
 * that moves can be merged. Any other message first sends those that wait, so the order is kept.
 */
export class ExecuteRoute {
  readonly #kernel: KernelConnection;
  readonly #send: KernelConnection["sendShellMessage"];
  readonly #waiting = new MessageQueue();
  /** The header of the last message that waits. */
  #header: JupyterMessage["header"] | undefined;
  #isScheduled = false;
  /** Requests with messages that waited, and that the kernel has not yet answered. */
  #underWay = 0;
  /** How often the connection was there again. */
  #connections = 0;
  /** The cell that ran last: what handlers print appears there. */
  #cell: Future | undefined;
  /** The newest request: what is printed later, in Deno, belongs to it. */
  #newest: Future | undefined;
  /** The comms on which a widget manager asks for all widgets. */
  readonly #controls = new Set<string>();

  constructor(kernel: KernelConnection) {
    this.#kernel = kernel;
    this.#send = kernel.sendShellMessage.bind(kernel);
    kernel.sendShellMessage = (...args) => this.#route(...args);
    // The signals end with the connection. This one comes before the message is handled.
    subscribe(kernel.anyMessage, restoreBuffers);
    subscribe(kernel.connectionStatusChanged, (status) => {
      if (status === "connected") this.#resume();
    });
  }

  /** Answers may have been lost with the connection: nothing waits for them any more. */
  #resume(): void {
    this.#connections += 1;
    this.#underWay = 0;
    this.#schedule();
  }

  #route(...args: Parameters<KernelConnection["sendShellMessage"]>): Future {
    const [message] = args;
    const { msg_type: type } = message.header;
    if (isCommType(type)) return this.#routeComm({ ...message, type });
    if (type !== "execute_request") return this.#send(...args);
    this.#flush();
    const future = this.#send(...args);
    if (!isSilent(message.content)) this.#cell = future;
    return future;
  }

  #routeComm(message: JupyterMessage & { readonly type: RoutedMessage["type"] }): Future {
    const { type, header, content, buffers = [] } = message;
    const routed = { type, content, buffers: buffers.map(encoded) };
    if (type === "comm_msg" && awaitsNothing(message)) {
      this.#waiting.add(routed);
      this.#header = header;
      // After it the page may be gone.
      if (isGoodbye(content)) this.#flush();
      else this.#schedule();
      return forgotten(message);
    }
    this.#flush();
    const opening = this.#missingOpening(routed);
    return this.#execute(header, opening === undefined ? [routed] : [opening, routed]);
  }

  /** The comm_open of a widget manager's request, if that was sent before this route was there. */
  #missingOpening({ type, content }: RoutedMessage): RoutedMessage | undefined {
    const { comm_id, target_name, data } = content as Readonly<Record<string, unknown>>;
    if (typeof comm_id !== "string") return undefined;
    if (type === "comm_close") this.#controls.delete(comm_id);
    if (type === "comm_open" && target_name === CONTROL_TARGET) this.#controls.add(comm_id);
    const { method } = (data ?? {}) as { readonly method?: unknown };
    if (type !== "comm_msg" || method !== "request_states") return undefined;
    if (this.#controls.has(comm_id)) return undefined;
    this.#controls.add(comm_id);
    const opening = { comm_id, target_name: CONTROL_TARGET, data: {} };
    return { type: "comm_open", content: opening, buffers: [] };
  }

  /** Sends what waits at the end of this job: moves come just before a receipt. */
  #schedule(): void {
    if (this.#isScheduled || this.#underWay > 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (this.#underWay === 0) this.#flush();
    });
  }

  #flush(): void {
    const header = this.#header;
    const messages = this.#waiting.take();
    if (messages.length === 0 || header === undefined) return;
    try {
      const future = this.#execute(header, messages);
      this.#underWay += 1;
      const connection = this.#connections;
      const end = (): void => {
        if (connection !== this.#connections) return;
        this.#underWay -= 1;
        this.#schedule();
      };
      future.done.then(end, end);
    } catch (error) {
      // The kernel is dead.
      reportOnConsole("Cannot send to the kernel", error);
    }
  }

  #execute(header: JupyterMessage["header"], messages: readonly RoutedMessage[]): Future {
    const request: JupyterMessage = {
      ...{ channel: "shell", parent_header: {}, metadata: {}, buffers: [] },
      // The kernel's answers name the message by its id.
      header: { ...header, msg_type: "execute_request" },
      content: {
        code: callingCode({ page: this.#kernel.clientId, base64: true, messages }),
        silent: true,
        store_history: false,
        user_expressions: {},
        allow_stdin: false,
        stop_on_error: false,
      },
    };
    const future = this.#send(request, true, false);
    future.registerMessageHook((message) => this.#passOn(message));
    this.#replaceNewest(future);
    return future;
  }

  #replaceNewest(future: Future): void {
    const previous = this.#newest;
    this.#newest = future;
    const dispose = (): void => previous?.dispose();
    previous?.done.then(dispose, dispose);
  }

  /** Shows output of handlers at the cell that ran last. @returns whether others may handle it */
  #passOn(message: JupyterMessage): boolean {
    const cell = this.#cell;
    if (!OUTPUT_TYPES.includes(message.header.msg_type)) return true;
    if (cell === undefined || cell.isDisposed) return true;
    void cell.onIOPub(message);
    return false;
  }
}

/**
 * Code that passes messages to the kernel. They are JSON in a string literal, and so can neither
 * end the literal nor be read as code.
 */
export function callingCode(messages: object): string {
  const json = JSON.stringify(JSON.stringify(messages))
    // Older parsers end a line at these, and some read HTML's comments.
    .replace(/[\u2028\u2029<]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
  // undefined is no result: Deno shows none.
  return `void globalThis[Symbol.for(${JSON.stringify(RECEIVER)})]?.(${json})`;
}

function isCommType(type: string): type is RoutedMessage["type"] {
  return type === "comm_open" || type === "comm_msg" || type === "comm_close";
}

function isSilent(content: object): boolean {
  return (content as { readonly silent?: unknown }).silent === true;
}

/** Whether a message is our own view's, which disposes of its future at once. */
function awaitsNothing({ metadata }: JupyterMessage): boolean {
  const { idle } = (metadata?.[MODULE_NAME] ?? {}) as { readonly idle?: unknown };
  return idle === false;
}

function isGoodbye(content: object): boolean {
  const { data } = content as {
    readonly data?: { readonly content?: { readonly type?: unknown } };
  };
  return data?.content?.type === "goodbye";
}

/** Stands for the future of a message that waits. */
function forgotten(msg: JupyterMessage): Future {
  return {
    msg,
    done: Promise.resolve(),
    isDisposed: true,
    onIOPub: () => undefined,
    registerMessageHook: () => undefined,
    dispose: () => undefined,
  };
}

function encoded(buffer: ArrayBuffer | ArrayBufferView): string {
  if (buffer instanceof ArrayBuffer) return toBase64(new Uint8Array(buffer));
  return toBase64(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength));
}

/** Binary parts come as base64: Deno takes long for others. */
function restoreBuffers(args: unknown): void {
  const { msg, direction } = (args ?? {}) as {
    readonly msg?: JupyterMessage;
    readonly direction?: unknown;
  };
  if (direction !== "recv" || msg?.channel !== "iopub" || !isCommType(msg.header.msg_type)) return;
  const { [MODULE_NAME]: own, ...others } = msg.metadata ?? {};
  const { buffers } = (own ?? {}) as { readonly buffers?: unknown };
  if (!Array.isArray(buffers)) return;
  msg.buffers = buffers.map((text) => new DataView(bytesOfBase64(String(text)).buffer));
  msg.metadata = others;
}
