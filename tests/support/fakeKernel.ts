import {
  setKernel,
  type Comm,
  type CommOptions,
  type Kernel,
  type MimeBundle,
} from "../../src/widgets/kernel";
import { openWidgets } from "../../src/widgets";

/** What a kernel sent over one comm, as a frontend would get it: JSON that went through JSON, and buffers. */
export interface SentMessage {
  readonly type: "comm_open" | "comm_msg" | "comm_close";
  readonly commId: string;
  /** Content's data. For comm_open and comm_msg. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
  /** Only for comm_open. */
  readonly targetName?: string;
  /** Only for comm_open. */
  readonly metadata?: unknown;
}

/** One display_data or update_display_data. */
export interface Displayed {
  readonly data: MimeBundle;
  readonly displayId?: string;
  readonly update: boolean;
}

type Handlers = Pick<CommOptions, "onMessage" | "onClose">;

/** A kernel that records what is sent and lets a test play the frontend. */
export class FakeKernel implements Kernel {
  /** Everything sent, in order. */
  readonly sent: SentMessage[] = [];
  /** Everything displayed, in order. */
  readonly displayed: Displayed[] = [];
  /** Set to make the next sends throw. */
  failure: Error | undefined;
  readonly #comms = new Map<string, Handlers>();
  readonly #targets = new Map<string, Parameters<Kernel["registerTarget"]>[1]>();
  #nextId = 0;

  openComm(options: CommOptions): Comm {
    const id = options.id ?? `comm-${this.#nextId++}`;
    if (this.#comms.has(id)) throw new Error(`Cannot open comm ${id}: it is open`);
    this.#record({
      type: "comm_open",
      commId: id,
      data: throughJson(options.data),
      buffers: options.buffers ?? [],
      targetName: options.targetName,
      metadata: options.metadata,
    });
    this.#comms.set(id, options);
    return this.#comm(id);
  }

  registerTarget(targetName: string, accept: Parameters<Kernel["registerTarget"]>[1]): void {
    this.#targets.set(targetName, accept);
  }

  display(data: MimeBundle, options: { displayId?: string; update?: boolean } = {}): void {
    const { displayId, update = false } = options;
    this.displayed.push({ data, update, ...(displayId === undefined ? {} : { displayId }) });
  }

  /** Delivers a comm_msg from a frontend. The data goes through JSON, so it is a fresh copy. */
  deliver(commId: string, data: unknown, buffers: readonly Uint8Array[] = []): void {
    const handlers = this.#comms.get(commId);
    if (handlers === undefined) throw new Error(`Cannot deliver: comm ${commId} is not open`);
    const json = JSON.stringify(data) as string | undefined;
    handlers.onMessage(json === undefined ? undefined : JSON.parse(json), buffers);
  }

  /** Delivers a state update from a frontend. */
  update(commId: string, state: object, buffer_paths: unknown = [], buffers?: Uint8Array[]): void {
    this.deliver(commId, { method: "update", state, buffer_paths }, buffers);
  }

  /** Delivers a custom message from a frontend. */
  custom(commId: string, content: unknown, buffers?: Uint8Array[]): void {
    this.deliver(commId, { method: "custom", content }, buffers);
  }

  /** A frontend opens a comm. Gives its id. */
  openFromFrontend(targetName: string, data: unknown = {}): string {
    const accept = this.#targets.get(targetName);
    if (accept === undefined) throw new Error(`Cannot open: no target ${targetName}`);
    const id = `frontend-${this.#nextId++}`;
    this.#comms.set(id, accept(this.#comm(id), data, []));
    return id;
  }

  /** A frontend closes a comm. */
  closeFromFrontend(commId: string): void {
    const handlers = this.#comms.get(commId);
    this.#comms.delete(commId);
    handlers?.onClose();
  }

  /** Whether a comm is open. */
  isOpen(commId: string): boolean {
    return this.#comms.has(commId);
  }

  /** The data of all comm_msg of a comm, in order; with a method, only those. */
  messages(commId: string, method?: string): Readonly<Record<string, unknown>>[] {
    return this.sent
      .filter((m) => m.type === "comm_msg" && m.commId === commId)
      .map((m) => m.data)
      .filter((data) => method === undefined || data["method"] === method);
  }

  /** The comm_open of a comm. */
  opening(commId: string): SentMessage {
    const found = this.sent.find((m) => m.type === "comm_open" && m.commId === commId);
    if (found === undefined) throw new Error(`Cannot find: comm ${commId} was never opened`);
    return found;
  }

  #comm(id: string): Comm {
    return {
      id,
      send: (data, buffers = []) => {
        if (!this.#comms.has(id)) return;
        this.#record({ type: "comm_msg", commId: id, data: throughJson(data), buffers });
      },
      close: () => {
        if (!this.#comms.delete(id)) return;
        this.#record({ type: "comm_close", commId: id, data: {}, buffers: [] });
      },
    };
  }

  #record(message: SentMessage): void {
    if (this.failure !== undefined) throw this.failure;
    this.sent.push(message);
  }
}

/** What arrives of a value at the other end. Bytes have to go as buffers: in JSON they are an error. */
function throughJson(value: object): Record<string, unknown> {
  const json = JSON.stringify(value, (key, item: unknown) => {
    if (ArrayBuffer.isView(item) || item instanceof ArrayBuffer) {
      throw new Error(`Cannot send: ${key} is binary, in JSON`);
    }
    return item;
  });
  return JSON.parse(json) as Record<string, unknown>;
}

/** Makes widgets use a new fake kernel. */
export function installFakeKernel(): FakeKernel {
  const kernel = new FakeKernel();
  setKernel(kernel);
  return kernel;
}

/** Closes all widgets and takes their kernel away. */
export function removeFakeKernel(): void {
  for (const widget of openWidgets()) widget.close();
  setKernel(undefined);
}
