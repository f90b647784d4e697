import { ProtocolError } from "../../protocol/errors";
import {
  CommManager,
  DISPLAY,
  displayMethodOf,
  errorText,
  isCaptured,
  LAST_EXPRESSION,
  showBundle,
  widgetRuntime,
  type Comm,
  type CommCarrier,
  type CommOptions,
  type DisplayOptions,
  type Kernel,
  type MimeBundle,
  type OutputSink,
} from "../../widgets";
import { displayContent } from "../displayContent";
import { BroadcastQueue } from "./broadcastQueue";
import { ConsoleRouting } from "./consoleRouting";
import type { DenoHost, DenoResults } from "./denoHost";
import { SendBacklog } from "./sendBacklog";
import { parsePageMessages, RECEIVER, type PageMessage, type PageMessages } from "./pageMessages";

/** The key of what this library adds to the metadata of Jupyter's messages. */
const METADATA = "jupyter-rfb-ts";

/** The function that pages call, with the kernel behind it, for a second copy of this package. */
type Receiver = ((json: unknown) => void) & { readonly kernel: DenoKernel };

/**
 * Deno's kernel. It sends comm messages, but drops those that arrive: our page sends them as code
 * that calls a function on globalThis.
 *
 * Deno sends everything on behalf of the execute_request that came last, a cell or a page's
 * messages, and doesn't say which cell that is.
 */
export class DenoKernel implements Kernel, CommCarrier {
  droppedMessages = 0;
  lastDropReason: string | undefined;

  readonly #comms = new CommManager(this);
  readonly #routing = new ConsoleRouting();
  readonly #queue: BroadcastQueue;
  readonly #backlog = new SendBacklog({
    monotonic: () => widgetRuntime().monotonic(),
    delay: (seconds, callback) => widgetRuntime().delay(seconds, callback),
  });
  /** Whether our own page has spoken, which takes binary parts as base64. */
  #isBase64 = false;
  /** Grows when a cell or a page's messages have ended. */
  #run = 0;

  private constructor(host: DenoHost) {
    this.#queue = new BroadcastQueue(host.jupyter, (error) => this.report("a message", error));
    this.#backlog.watch(host);
    this.#routing.install(host.console);
    this.#showResults(host.results);
  }

  /**
   * Registers the function that pages call, and shows last expressions. If another copy of this
   * package has done so already, its kernel is returned.
   */
  static takeOver(host: DenoHost, scope: object = globalThis): DenoKernel {
    const owner = scope as { [RECEIVER]?: Receiver };
    const attached = owner[RECEIVER];
    if (attached !== undefined) return attached.kernel;
    const kernel = new DenoKernel(host);
    owner[RECEIVER] = Object.assign((json: unknown) => kernel.#receive(json), { kernel });
    return kernel;
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
    else this.#display(data, options);
  }

  runIn<Result>(place: string | OutputSink, callback: () => Result): Result {
    // Cells have no names here.
    return typeof place === "string" ? callback() : this.#routing.run(place, callback);
  }

  /**
   * The run of a cell or of a page's messages. Deno doesn't say when a cell begins, nor that one
   * has failed: it has the same run as the next cell, unless a page sends messages between them.
   */
  currentCell(): string {
    return String(this.#run);
  }

  get isCapturing(): boolean {
    return isCaptured(this.#routing.sink);
  }

  publish(
    messageType: string,
    content: object,
    buffers: readonly Uint8Array[] = [],
    metadata: object = {},
  ): void {
    // Deno takes several times as long for binary parts, whose bytes it passes on one by one.
    const isText = this.#isBase64 && buffers.length > 0;
    const texts = isText ? buffers.map((bytes) => widgetRuntime().toBase64(bytes)) : [];
    this.#queue.add({
      messageType,
      content,
      metadata: isText ? { ...metadata, [METADATA]: { buffers: texts } } : metadata,
      buffers: isText ? [] : buffers,
    });
  }

  report(what: string, error: unknown): void {
    widgetRuntime().logError(`Error in ${what}: ${errorText(error)}`);
  }

  /** Never throws: an error would reach no one. */
  #receive(json: unknown): void {
    // No cell runs now: what was shown before this isn't the present cell's, nor what this shows.
    this.#run += 1;
    try {
      const received = parsePageMessages(json);
      this.#isBase64 ||= received.takesBase64;
      for (const message of received.messages) this.#handle(message, received);
    } catch (error) {
      this.#drop(error);
    } finally {
      this.#run += 1;
    }
  }

  #handle({ type, content, buffers }: PageMessage, { page }: PageMessages): void {
    try {
      if (type === "comm_msg") {
        this.#comms.receiveMessage(content, buffers, { id: page, publish: undefined });
      } else if (type === "comm_open") this.#comms.receiveOpen(content, buffers);
      else this.#comms.receiveClose(content);
    } catch (error) {
      this.#drop(error);
    }
  }

  #drop(error: unknown): void {
    if (error instanceof ProtocolError) {
      this.droppedMessages += 1;
      this.lastDropReason = error.message;
    } else {
      this.report("a message's handler", error);
    }
  }

  #display(data: MimeBundle, { displayId, update = false }: DisplayOptions): void {
    if (update && displayId === undefined) {
      throw new TypeError("display: expected a displayId with update, got none");
    }
    const type = update ? "update_display_data" : "display_data";
    this.publish(type, displayContent(data, displayId));
  }

  /**
   * Deno calls a value's display method itself, but its bundles can't hold bytes, and it doesn't
   * know of values that have shown themselves.
   */
  #showResults(results: DenoResults): void {
    const original = results.broadcastResult.bind(results);
    const show: DenoResults["broadcastResult"] = async (executionCount, value) => {
      const method = displayMethodOf(value, LAST_EXPRESSION) ?? displayMethodOf(value);
      if (method === undefined) {
        await original(executionCount, value);
        return;
      }
      // Deno shows an error of a display method as that of the cell.
      const fail = (error: unknown): Promise<void> =>
        original(executionCount, {
          [DISPLAY]: () => {
            throw error;
          },
        });
      try {
        showBundle(method, {
          display: (data, options = {}) => {
            if (options.update === true) this.#display(data, options);
            else {
              const content = displayContent(data, options.displayId);
              this.publish("execute_result", { execution_count: executionCount, ...content });
            }
          },
          report: (error) => void fail(error).catch(() => undefined),
        });
      } catch (error) {
        await fail(error);
      }
    };
    // Called at the end of each cell that hasn't failed, also without a value.
    results.broadcastResult = async (executionCount, value) => {
      try {
        await show(executionCount, value);
      } finally {
        // Deno would show what it sends later at the next cell.
        await this.#queue.settled;
        await this.#backlog.passed();
        this.#run += 1;
      }
    };
  }
}
