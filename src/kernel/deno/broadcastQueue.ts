import type { DenoJupyter } from "./denoHost";

/** A message for iopub. */
interface Broadcast {
  readonly messageType: string;
  readonly content: object;
  readonly metadata: object;
  readonly buffers: readonly Uint8Array[];
}

/** Sends messages one after another: Deno gives no order to those that it sends at once. */
export class BroadcastQueue {
  readonly #jupyter: DenoJupyter;
  readonly #onError: (error: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** @param onError - gets why a message could not be sent; the next ones are sent */
  constructor(jupyter: DenoJupyter, onError: (error: unknown) => void) {
    this.#jupyter = jupyter;
    this.#onError = onError;
  }

  /** Settles when everything is sent that was added until now. */
  get settled(): Promise<void> {
    return this.#last;
  }

  /** Sends a message, now if no other is on its way. The content may change afterwards. */
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
    this.#last = this.#waiting === 1 ? send() : this.#last.then(send);
  }
}
