import { AsyncLocalStorage } from "node:async_hooks";
import {
  isCaptured,
  type Comm,
  type CommOptions,
  type DisplayOptions,
  type Kernel,
  type MimeBundle,
  type OutputSink,
} from "../../src/widgets";

/**
 * A message that a kernel sent over a comm, as a frontend receives it: data that went through JSON,
 * and buffers.
 */
export interface SentMessage {
  readonly type: "comm_open" | "comm_msg" | "comm_close";
  readonly commId: string;
  /** The content's data. Empty for comm_close. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
  /** For comm_open only. */
  readonly targetName?: string;
  /** For comm_open only. */
  readonly metadata?: unknown;
}

/** A display_data or update_display_data. */
export interface Displayed {
  readonly data: MimeBundle;
  readonly displayId?: string;
  readonly update: boolean;
}

/** How a kernel accepts the comms of a target. */
export type AcceptComm = Parameters<Kernel["registerTarget"]>[1];

/**
 * A kernel that keeps what it sends, and lets a test play the frontend. Everything happens
 * synchronously.
 */
export abstract class TestKernel implements Kernel {
  /** The messages on all comms, in order. */
  readonly sent: SentMessage[] = [];
  /** What was displayed, in order. */
  readonly displayed: Displayed[] = [];
  /** The cell that is running. */
  cell: string | undefined;
  /** What was printed in cells by their names, as text. */
  cellText = "";
  readonly #places = new AsyncLocalStorage<string | OutputSink>();
  readonly #clearedListeners: ((cell: string) => void)[] = [];
  /** While it is set, sending throws it. */
  failure: Error | undefined;

  abstract openComm(options: CommOptions): Comm;
  abstract registerTarget(targetName: string, accept: AcceptComm): void;
  /** Delivers a comm_msg from a frontend. */
  abstract deliver(commId: string, data: unknown, buffers?: readonly Uint8Array[]): void;
  /** A frontend opens a comm. Returns its id. */
  abstract openFromFrontend(targetName: string, data?: unknown): string;
  /** A frontend closes a comm. */
  abstract closeFromFrontend(commId: string): void;

  runIn<Result>(place: string | OutputSink, callback: () => Result): Result {
    return this.#places.run(place, callback);
  }

  get isCapturing(): boolean {
    const place = this.#places.getStore();
    return typeof place === "object" && isCaptured(place);
  }

  /** The user's code prints. */
  print(text: string, name: "stdout" | "stderr" = "stdout"): void {
    const place = this.#places.getStore();
    if (typeof place === "object") this.#places.exit(() => place.print(name, text));
    else this.printIn(place ?? this.currentCell(), name, text);
  }

  display(data: MimeBundle, options: DisplayOptions = {}): void {
    const place = this.#places.getStore();
    if (typeof place === "object") {
      this.#places.exit(() => place.display(data, options));
      return;
    }
    const { displayId, update = false } = options;
    this.displayed.push({ data, update, ...(displayId === undefined ? {} : { displayId }) });
  }

  currentCell(): string {
    return this.cell ?? "cell 0";
  }

  printIn(cell: string, name: "stdout" | "stderr", text: string): void {
    this.cellText += `${cell} ${name}: ${text}`;
  }

  onCellCleared(listener: (cell: string) => void): void {
    this.#clearedListeners.push(listener);
  }

  /** A cell starts to run: its earlier outputs are gone. */
  runCell(cell: string): void {
    this.cell = cell;
    for (const listener of this.#clearedListeners) listener(cell);
  }

  /** Delivers a state update from a frontend. */
  update(
    commId: string,
    state: object,
    buffer_paths: unknown = [],
    buffers?: readonly Uint8Array[],
  ): void {
    this.deliver(commId, { method: "update", state, buffer_paths }, buffers);
  }

  /** Delivers a custom message from a frontend. */
  custom(commId: string, content: unknown, buffers?: readonly Uint8Array[]): void {
    this.deliver(commId, { method: "custom", content }, buffers);
  }

  /**
   * Returns the data of each comm_msg on a comm, in order. With a method, only those with this
   * method.
   */
  messages(commId: string, method?: string): Readonly<Record<string, unknown>>[] {
    return this.sent
      .filter((message) => message.type === "comm_msg" && message.commId === commId)
      .map(({ data }) => data)
      .filter((data) => method === undefined || data["method"] === method);
  }

  /** Returns the comm_open of a comm. */
  opening(commId: string): SentMessage {
    const found = this.sent.find(
      (message) => message.type === "comm_open" && message.commId === commId,
    );
    if (found === undefined) throw new Error(`Cannot find: comm ${commId} was never opened`);
    return found;
  }
}

/** Converts a value to JSON. Binary values are an error: they have to be sent as buffers. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (key, item: unknown) => {
    if (ArrayBuffer.isView(item) || item instanceof ArrayBuffer) {
      throw new Error(`Cannot send: ${key} is binary, in JSON`);
    }
    return item;
  });
}
