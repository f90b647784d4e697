import type { Comm, CommOptions } from "../../src/widgets";
import { TestKernel, toJson, type AcceptComm, type SentMessage } from "./testKernel";

/** A kernel without a wire: it records what is sent, and hands over what the test delivers. */
export class FakeKernel extends TestKernel {
  readonly #comms = new Map<string, Pick<CommOptions, "onMessage" | "onClose">>();
  readonly #targets = new Map<string, AcceptComm>();
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

  registerTarget(targetName: string, accept: AcceptComm): void {
    this.#targets.set(targetName, accept);
  }

  deliver(commId: string, data: unknown, buffers: readonly Uint8Array[] = []): void {
    const handlers = this.#comms.get(commId);
    if (handlers === undefined) throw new Error(`Cannot deliver: comm ${commId} is not open`);
    // A copy, since the receiver may keep and change it.
    const json = JSON.stringify(data) as string | undefined;
    handlers.onMessage(json === undefined ? undefined : JSON.parse(json), buffers);
  }

  openFromFrontend(targetName: string, data: unknown = {}): string {
    const accept = this.#targets.get(targetName);
    if (accept === undefined) throw new Error(`Cannot open: no target ${targetName}`);
    const id = `frontend-${this.#nextId++}`;
    this.#comms.set(id, accept(this.#comm(id), data, []));
    return id;
  }

  closeFromFrontend(commId: string): void {
    const handlers = this.#comms.get(commId);
    this.#comms.delete(commId);
    handlers?.onClose();
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

function throughJson(value: object): Record<string, unknown> {
  return JSON.parse(toJson(value)) as Record<string, unknown>;
}
