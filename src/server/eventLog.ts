import { constants, createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import type { Clock } from "../framebuffer/node";
import { PlainError } from "../protocol/errors";
import type { StreamRfbEvent } from "../protocol/parseClientMessage";

/** Events kept in memory. The oldest are dropped when there are more. */
const MAX_RECORDED = 10_000;

/** Bytes that may wait for a slow file. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Seconds that the last events may take to be written. A disk that hangs never ends. */
const CLOSE_SECONDS = 2;

/** Appends. Fails for a named pipe that nobody reads, instead of waiting for a reader. */
const FILE_FLAGS =
  constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NONBLOCK ?? 0);

/** What an {@link EventLog} is made of. */
export interface EventLogOptions {
  /** Whether to fill {@link EventLog.recorded}. */
  readonly keepsInMemory: boolean;
  /** The file to append to; null for none. */
  readonly path: string | null;
  readonly clock: Pick<Clock, "delay">;
  /** Called when events can't be written. */
  readonly onError: (error: unknown) => void;
  /** Opens the file. @defaultValue a file of the disk */
  readonly open?: (path: string) => Writable;
}

/** Records all events of a stream, in memory, in a file or both. */
export class EventLog {
  /** The events in memory, oldest first. */
  readonly recorded: StreamRfbEvent[] = [];
  readonly #options: EventLogOptions;
  #file: Writable | undefined;
  /** Whether too much waits to be written. Until all of it is, events are dropped. */
  #isBehind = false;

  constructor(options: EventLogOptions) {
    this.#options = options;
    const { path, open = openFile } = options;
    if (path === null) return;
    this.#file = open(path);
    this.#file.on("drain", () => (this.#isBehind = false));
    this.#file.on("error", (error) => {
      this.#file = undefined;
      options.onError(error);
    });
  }

  /** Records an event. */
  add(event: StreamRfbEvent): void {
    if (this.#options.keepsInMemory) {
      this.recorded.push(event);
      if (this.recorded.length > MAX_RECORDED) this.recorded.shift();
    }
    this.#write(event);
  }

  /** Forgets the events in memory. */
  clear(): void {
    this.recorded.length = 0;
  }

  /** Closes the file. Resolves when everything is written, or can't be in 2 s. */
  close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return Promise.resolve();
    const { clock, onError, path } = this.#options;
    return new Promise((resolve) => {
      const timer = clock.delay(CLOSE_SECONDS, () => {
        onError(
          new PlainError(`Cannot write ${path} in ${CLOSE_SECONDS} s: its last events are lost`),
        );
        file.destroy();
        resolve();
      });
      file.end(() => {
        timer.dispose();
        resolve();
      });
    });
  }

  #write(event: StreamRfbEvent): void {
    if (this.#file === undefined || this.#isBehind) return;
    this.#file.write(`${JSON.stringify(event)}\n`);
    if (this.#file.writableLength <= MAX_WAITING_BYTES) return;
    this.#isBehind = true;
    const { onError, path } = this.#options;
    onError(new PlainError(`Cannot write ${path} as fast as events come: some are dropped`));
  }
}

function openFile(path: string): Writable {
  // Node takes a number; its types do not know that.
  return createWriteStream(path, { flags: FILE_FLAGS as unknown as string });
}
