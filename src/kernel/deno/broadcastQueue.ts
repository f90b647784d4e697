import type { DenoJupyter } from "./denoHost";

/** A message for iopub. */
interface Broadcast {
  readonly messageType: string;
  readonly content: object;
  readonly metadata: object;
  readonly buffers: readonly Uint8Array[];
}

/**
 * Sends messages in order. Deno 2.9 has a message, and all that is printed, in one queue of its
 * own when broadcast() returns. An async broadcast(), of an older Deno, gives no order to messages
 * that are sent at once: there they wait for each other, and what is printed may overtake them.
 */
export class BroadcastQueue {
  readonly #jupyter: DenoJupyter;
  readonly #onError: (error: unknown) => void;
  readonly #waits: boolean;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** @param onError - gets why a message could not be sent; the next ones are sent */
  constructor(jupyter: DenoJupyter, onError: (error: unknown) => void) {
    this.#jupyter = jupyter;
    this.#onError = onError;
    const broadcast: unknown = Reflect.get(jupyter, "broadcast");
    this.#waits = Object.prototype.toString.call(broadcast) === "[object AsyncFunction]";
  }

  /** Settles when everything is sent that was added until now. */
  get settled(): Promise<void> {
    return this.#last;
  }

  /** Sends a message, now if it needs to wait for no other. The content may change afterwards. */
  add({ messageType, content, metadata, buffers }: Broadcast): void {
    // Deno's own conversion knows neither toJSON() nor properties that are undefined.
    const plain = JSON.parse(JSON.stringify(content)) as object;
    const send = async (): Promise<void> => {
      try {
        await this.#jupyter.broadcast(messageType, plain, { metadata, buffers });
      } catch (error) {
        this.#onError(error);
      } finally {
        this.#waiting -= 1;
      }
    };
    this.#waiting += 1;
    if (this.#waits && this.#waiting > 1) this.#last = this.#last.then(send);
    else this.#last = Promise.all([this.#last, send()]).then(() => undefined);
  }
}
