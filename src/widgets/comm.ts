import { type Check, string } from "../protocol/checks";
import { describeValue, ProtocolError } from "../protocol/errors";
import { Fields } from "../protocol/fields";
import type { Comm, CommOptions, Kernel, Peer } from "./kernel";
import { widgetRuntime } from "./runtime";

/** What a kernel does for its comms. */
export interface CommCarrier {
  /** Sends a comm_open, comm_msg or comm_close. */
  publish(
    messageType: string,
    content: object,
    buffers?: readonly Uint8Array[],
    metadata?: object,
  ): void;
  /** Reports what the handler of a comm or a target threw. `what` names it. */
  report(what: string, error: unknown): void;
}

/** One page of a front end, for all its comms. */
export interface CommPeer {
  readonly id: string;
  /** Sends a message to this page only; undefined where that isn't possible. */
  readonly publish: CommCarrier["publish"] | undefined;
}

/** Accepts a comm that the other end opened. */
export type AcceptComm = Parameters<Kernel["registerTarget"]>[1];

type Receiver = Pick<CommOptions, "onMessage" | "onClose">;

/**
 * How many ids of comms that were closed here are remembered. What the other end sent before it
 * heard of that needs no answer.
 */
const MAX_CLOSED = 1000;

interface OpenComm {
  readonly targetName: string;
  readonly receiver: Receiver;
}

/**
 * The comms of one kernel: opens and closes them, and hands what arrives to their handlers.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
 */
export class CommManager {
  readonly #carrier: CommCarrier;
  readonly #open = new Map<string, OpenComm>();
  readonly #targets = new Map<string, AcceptComm>();
  /** The newest comms that were closed here. */
  readonly #closed = new Set<string>();

  constructor(carrier: CommCarrier) {
    this.#carrier = carrier;
  }

  /**
   * Opens a comm and sends comm_open.
   *
   * @throws Error when a comm with this id is open already.
   */
  open(options: CommOptions): Comm {
    const id = options.id ?? widgetRuntime().createId();
    if (this.#open.has(id)) throw new Error(`Cannot open comm ${id}: it is open already`);
    const content = { comm_id: id, target_name: options.targetName, data: options.data };
    this.#carrier.publish("comm_open", content, options.buffers, options.metadata);
    this.#open.set(id, { targetName: options.targetName, receiver: options });
    return this.#createComm(id);
  }

  /**
   * Accepts the comms that the other end opens with this target name. A later call replaces an
   * earlier one.
   */
  registerTarget(targetName: string, accept: AcceptComm): void {
    this.#targets.set(targetName, accept);
  }

  /** Returns the open comms of one target, or of all, as comm_info_reply lists them. */
  info(targetName?: string): Record<string, { target_name: string }> {
    // The other end may have chosen "__proto__" as an id: Object.fromEntries makes it an own
    // property.
    return Object.fromEntries(
      [...this.#open]
        .filter(([, comm]) => targetName === undefined || comm.targetName === targetName)
        .map(([id, comm]) => [id, { target_name: comm.targetName }]),
    );
  }

  /**
   * Handles a comm_open from the other end. Answers an unknown target with comm_close.
   *
   * @throws ProtocolError when the content isn't valid, or a comm with this id is open.
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
    // The comm opens before accept() is called, so that accept() can send on it.
    let receiver: Receiver | undefined;
    this.#open.set(id, {
      targetName,
      receiver: {
        onMessage: (message, parts, peer) => receiver?.onMessage(message, parts, peer),
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
   * Hands a comm_msg to the comm's handler. Answers an unknown comm with comm_close, unless it was
   * closed here.
   *
   * @param peer - the page that sent it; undefined if that is unknown
   * @throws ProtocolError when the content isn't valid.
   */
  receiveMessage(content: unknown, buffers: readonly Uint8Array[], peer?: CommPeer): void {
    const { comm_id: id, data } = parse("comm_msg", content);
    const comm = this.#open.get(id);
    if (comm === undefined) {
      if (!this.#closed.has(id)) this.#sendClose(id);
      return;
    }
    const { receiver, targetName } = comm;
    this.#call(targetName, () => receiver.onMessage(data, buffers, peer && this.#peer(id, peer)));
  }

  /**
   * Forgets a comm that the other end closed. Doesn't answer for an unknown comm, since two ends
   * could then answer each other endlessly.
   *
   * @throws ProtocolError when the content isn't valid.
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
        this.#remember(id);
        this.#sendClose(id);
      },
    };
  }

  #peer(commId: string, { id, publish }: CommPeer): Peer {
    return {
      id,
      isReachable: publish !== undefined,
      send: (data, buffers) => {
        if (publish === undefined || !this.#open.has(commId)) {
          throw new Error(`Cannot send on comm ${commId} to page ${id}`);
        }
        publish("comm_msg", { comm_id: commId, data }, buffers);
      },
    };
  }

  #remember(id: string): void {
    this.#closed.add(id);
    const [oldest] = this.#closed;
    if (this.#closed.size > MAX_CLOSED && oldest !== undefined) this.#closed.delete(oldest);
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

/** The id of a comm. */
const COMM_ID: Check<string> = { ...string(1), expected: "an id" };

function parse(
  what: string,
  content: unknown,
): { comm_id: string; target_name: unknown; data: unknown } {
  const fields = new Fields(what, content);
  return {
    comm_id: fields.read("comm_id", COMM_ID),
    target_name: fields.value("target_name"),
    data: fields.value("data"),
  };
}
