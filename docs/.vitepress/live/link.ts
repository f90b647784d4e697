/** Two transports that lead to each other, within a page. */
import type { Transport } from "../../../src/protocol/transport";

type Receiver = Parameters<Transport<object>["onMessage"]>[0];

class End<Outgoing extends object> implements Transport<Outgoing> {
  readonly isReliable = true;
  #receiver: Receiver | undefined;
  #deliver: Receiver = () => undefined;

  leadTo(other: End<object>): void {
    this.#deliver = (message, buffers) => other.#receiver?.(message, buffers);
  }

  send(message: Outgoing, buffers: readonly Uint8Array[] = []): void {
    queueMicrotask(() => this.#deliver(message, buffers));
  }

  onMessage(receiver: Receiver) {
    this.#receiver = receiver;
    return { dispose: () => void (this.#receiver = undefined) };
  }
}

/** Makes the transports of a session and of its view. A message arrives in a later microtask. */
export function linkEnds<Left extends object, Right extends object>() {
  const [session, view] = [new End<Left>(), new End<Right>()];
  session.leadTo(view);
  view.leadTo(session);
  return { session, view };
}
