import type { Disposable, Transport } from "../../src/protocol/transport";

/** What went over a linked transport. */
export interface Delivery {
  readonly message: unknown;
  readonly buffers: readonly Uint8Array[];
}

/** One end of a linked pair. */
export interface LinkedTransport<Outgoing extends object> extends Transport<Outgoing> {
  /** Everything that this end has sent, as the other end got it. */
  readonly sent: readonly Delivery[];
  /** Sends what no type allows, as a broken peer would. */
  sendRaw(message: unknown, buffers?: readonly Uint8Array[]): void;
}

/** Two transports that lead to each other, as a wire would: messages pass through JSON, buffers are copied, order is kept. */
export interface LinkedTransports<Left extends object, Right extends object> {
  readonly left: LinkedTransport<Left>;
  readonly right: LinkedTransport<Right>;
  /** Closes both ends: from now on send() throws, and what is under way is lost. */
  readonly close: () => void;
}

type Receiver = (message: unknown, buffers: readonly Uint8Array[]) => void;

class End<Outgoing extends object> implements LinkedTransport<Outgoing> {
  readonly isReliable: boolean;
  readonly sent: Delivery[] = [];
  peer: { receive(delivery: Delivery): void } | undefined;
  closed = false;
  #receiver: Receiver | undefined;

  constructor(isReliable: boolean) {
    this.isReliable = isReliable;
  }

  send(message: Outgoing, buffers: readonly Uint8Array[] = []): void {
    this.sendRaw(message, buffers);
  }

  sendRaw(message: unknown, buffers: readonly Uint8Array[] = []): void {
    if (this.closed) throw new Error("Cannot send: the transport is closed");
    const delivery: Delivery = {
      message: JSON.parse(JSON.stringify(message ?? null)) as unknown,
      buffers: buffers.map((buffer) => new Uint8Array(buffer)),
    };
    this.sent.push(delivery);
    queueMicrotask(() => this.peer?.receive(delivery));
  }

  onMessage(receiver: Receiver): Disposable {
    if (this.#receiver !== undefined) throw new Error("Cannot add a receiver: there is one");
    this.#receiver = receiver;
    return {
      dispose: () => {
        if (this.#receiver === receiver) this.#receiver = undefined;
      },
    };
  }

  receive({ message, buffers }: Delivery): void {
    if (!this.closed) this.#receiver?.(message, buffers);
  }
}

/** Makes a linked pair. A message arrives in a later microtask. */
export function linkTransports<Left extends object, Right extends object>({
  isReliable = false,
}: { readonly isReliable?: boolean } = {}): LinkedTransports<Left, Right> {
  const left = new End<Left>(isReliable);
  const right = new End<Right>(isReliable);
  left.peer = right;
  right.peer = left;
  return {
    left,
    right,
    close: () => {
      left.closed = true;
      right.closed = true;
    },
  };
}
