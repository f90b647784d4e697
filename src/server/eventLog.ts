import { createWriteStream, type WriteStream } from "node:fs";
import type { StreamRfbEvent } from "../protocol/parseClientMessage";

/** Events kept in memory. The oldest are dropped when there are more. */
const MAX_RECORDED = 10_000;

/** Records all events of a stream, in memory, in a file or both. */
export class EventLog {
  /** The events in memory, oldest first. */
  readonly recorded: StreamRfbEvent[] = [];
  readonly #keepsInMemory: boolean;
  #file: WriteStream | undefined;

  /**
   * @param keepsInMemory - whether to fill {@link recorded}
   * @param path - the file to append to; null for none
   * @param onError - called when the file can't be written. Nothing more is written to it then.
   */
  constructor(keepsInMemory: boolean, path: string | null, onError: (error: unknown) => void) {
    this.#keepsInMemory = keepsInMemory;
    if (path === null) return;
    this.#file = createWriteStream(path, { flags: "a" });
    this.#file.on("error", (error) => {
      this.#file = undefined;
      onError(error);
    });
  }

  /** Records an event. */
  add(event: StreamRfbEvent): void {
    if (this.#keepsInMemory) {
      this.recorded.push(event);
      if (this.recorded.length > MAX_RECORDED) this.recorded.shift();
    }
    this.#file?.write(`${JSON.stringify(event)}\n`);
  }

  /** Forgets the events in memory. */
  clear(): void {
    this.recorded.length = 0;
  }

  /** Closes the file. Resolves when everything is written. */
  close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    return file === undefined ? Promise.resolve() : new Promise((resolve) => file.end(resolve));
  }
}
