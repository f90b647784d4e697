/**
 * The kernel's comms: which are open, who handles those that the other end opens, and who gets what arrives.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
 */
import { randomUUID } from "node:crypto";
import { describeValue, ProtocolError } from "../protocol/errors";
import type { Comm, CommOptions, Kernel } from "./kernel";

/** What the comms need of the kernel that carries them. */
export interface CommCarrier {
  /** Sends a comm_open, comm_msg or comm_close. */
  publish(
    messageType: string,
    content: object,
    buffers?: readonly Uint8Array[],
    metadata?: object,
  ): void;
  /** Tells the user that a receiver threw. `what` says which one. */
  report(what: string, error: unknown): void;
}

/** How a comm that the other end opened is taken on. */
export type AcceptComm = Parameters<Kernel["registerTarget"]>[1];

type Receiver = Pick<CommOptions, "onMessage" | "onClose">;

interface OpenComm {
  readonly targetName: string;
  readonly receiver: Receiver;
}

/** All comms of one kernel. */
export class CommManager {
  readonly #carrier: CommCarrier;
  readonly #open = new Map<string, OpenComm>();
  readonly #targets = new Map<string, AcceptComm>();

  constructor(carrier: CommCarrier) {
    this.#carrier = carrier;
  }

  /**
   * Opens a comm and sends comm_open.
   *
   * @throws Error when a comm with this id is open already.
   */
  open(options: CommOptions): Comm {
    const id = options.id ?? randomUUID();
    if (this.#open.has(id)) throw new Error(`Cannot open comm ${id}: it is open already`);
    const content = { comm_id: id, target_name: options.targetName, data: options.data };
    this.#carrier.publish("comm_open", content, options.buffers, options.metadata);
    this.#open.set(id, { targetName: options.targetName, receiver: options });
    return this.#createComm(id);
  }

  /** Handles comms that the other end opens with this target name. A later call replaces an earlier one. */
  registerTarget(targetName: string, accept: AcceptComm): void {
    this.#targets.set(targetName, accept);
  }

  /** The open comms for comm_info_reply, of one target or of all. */
  info(targetName?: string): Record<string, { target_name: string }> {
    // The other end chose some of the ids: "__proto__" is one like any other.
    return Object.fromEntries(
      [...this.#open]
        .filter(([, comm]) => targetName === undefined || comm.targetName === targetName)
        .map(([id, comm]) => [id, { target_name: comm.targetName }]),
    );
  }

  /**
   * Handles a comm_open of the other end. A target that nobody registered is answered with comm_close.
   *
   * @throws ProtocolError when the content is not that of a comm_open, or the comm is open already.
   */
  receiveOpen(content: unknown, buffers: readonly Uint8Array[]): void {
    const { comm_id: id, target_name: targetName, data } = parse("comm_open", content);
    if (typeof targetName !== "string") {
      throw new ProtocolError(
        `comm_open.target_name: expected a string, got ${describeValue(targetName)}`,
      );
    }
    if (this.#open.has(id)) {
      throw new ProtocolError(`comm_open.comm_id: expected a new id, got ${id}, which is open`);
    }
    const accept = this.#targets.get(targetName);
    if (accept === undefined) {
      this.#sendClose(id);
      return;
    }
    // Open before accept is called, so that it can answer.
    let receiver: Receiver | undefined;
    this.#open.set(id, {
      targetName,
      receiver: {
        onMessage: (message, parts) => receiver?.onMessage(message, parts),
        onClose: () => receiver?.onClose(),
      },
    });
    const comm = this.#createComm(id);
    try {
      receiver = accept(comm, data, buffers);
    } catch (error) {
      this.#carrier.report(`comm target ${targetName}`, error);
      comm.close();
    }
  }

  /**
   * Hands a comm_msg to the comm's receiver. A comm that is not open is answered with comm_close.
   *
   * @throws ProtocolError when the content is not that of a comm_msg.
   */
  receiveMessage(content: unknown, buffers: readonly Uint8Array[]): void {
    const { comm_id: id, data } = parse("comm_msg", content);
    const comm = this.#open.get(id);
    if (comm === undefined) {
      this.#sendClose(id);
      return;
    }
    this.#call(comm.targetName, () => comm.receiver.onMessage(data, buffers));
  }

  /**
   * Forgets a comm that the other end closed. One that is not open is left without an answer, or two ends could close in turn
   * for ever.
   *
   * @throws ProtocolError when the content is not that of a comm_close.
   */
  receiveClose(content: unknown): void {
    const { comm_id: id } = parse("comm_close", content);
    const comm = this.#open.get(id);
    if (comm === undefined) return;
    this.#open.delete(id);
    this.#call(comm.targetName, () => comm.receiver.onClose());
  }

  #createComm(id: string): Comm {
    const mine = this.#open.get(id);
    const isOpen = (): boolean => mine !== undefined && this.#open.get(id) === mine;
    return {
      id,
      send: (data, buffers): void => {
        if (!isOpen()) throw new Error(`Cannot send on comm ${id}: it is closed`);
        this.#carrier.publish("comm_msg", { comm_id: id, data }, buffers);
      },
      close: (): void => {
        if (!isOpen()) return;
        this.#open.delete(id);
        this.#sendClose(id);
      },
    };
  }

  #sendClose(id: string): void {
    this.#carrier.publish("comm_close", { comm_id: id, data: {} });
  }

  #call(targetName: string, handler: () => void): void {
    try {
      handler();
    } catch (error) {
      this.#carrier.report(`comm ${targetName}`, error);
    }
  }
}

function parse(
  what: string,
  content: unknown,
): { comm_id: string; target_name: unknown; data: unknown } {
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new ProtocolError(`${what}: expected an object, got ${describeValue(content)}`);
  }
  const { comm_id, target_name, data } = content as Record<string, unknown>;
  if (typeof comm_id !== "string" || comm_id === "") {
    throw new ProtocolError(`${what}.comm_id: expected an id, got ${describeValue(comm_id)}`);
  }
  return { comm_id, target_name, data };
}
