import { createWriteStream, type WriteStream } from "node:fs";
import type { StreamRfbEvent } from "../protocol/streamParse";

/** Events that are kept in memory; beyond that the oldest go. */
const MAX_RECORDED = 10_000;

/** Keeps all events, in memory and in a file, as far as that is wanted. */
export class EventLog {
  /** The events, oldest first. */
  readonly recorded: StreamRfbEvent[] = [];
  readonly #keeps: boolean;
  #file: WriteStream | undefined;

  /**
   * @param keeps - whether in memory
   * @param path - the file, to which is appended; null for none
   * @param onError - the file cannot be written; nothing more goes there
   */
  constructor(keeps: boolean, path: string | null, onError: (error: unknown) => void) {
    this.#keeps = keeps;
    if (path === null) return;
    this.#file = createWriteStream(path, { flags: "a" });
    this.#file.on("error", (error) => {
      this.#file = undefined;
      onError(error);
    });
  }

  /** Keeps an event. */
  add(event: StreamRfbEvent): void {
    if (this.#keeps) {
      this.recorded.push(event);
      if (this.recorded.length > MAX_RECORDED) this.recorded.shift();
    }
    this.#file?.write(`${JSON.stringify(event)}\n`);
  }

  /** Forgets what is in memory. */
  clear(): void {
    this.recorded.length = 0;
  }

  /** Closes the file when all is written. */
  close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    return file === undefined ? Promise.resolve() : new Promise((resolve) => file.end(resolve));
  }
}
