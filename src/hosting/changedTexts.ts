import type { StreamConfig, StreamServerMessage, StreamStatus } from "../protocol/streamMessages";
import type { StreamSocket } from "./streamSocket";

/** Nothing is wrong with the picture. Viewers assume so until they are told otherwise. */
export const OK_STATUS: StreamStatus = { type: "status", kind: "ok", text: "" };

/** The text messages to a viewer, each kind sent only when it says something new. */
export class ChangedTexts {
  readonly #socket: StreamSocket;
  /** What was said last, by the type of message. */
  readonly #last = new Map<string, string>([["status", JSON.stringify(OK_STATUS)]]);

  constructor(socket: StreamSocket) {
    this.#socket = socket;
  }

  /** Whether a config was sent, which is the first message to a viewer. */
  get hasConfig(): boolean {
    return this.#last.has("config");
  }

  /** Sends a message, if it differs from the last of its type. */
  send(message: StreamServerMessage): void {
    this.#sendIfNew(message, message);
  }

  /**
   * Sends how frames travel, if that has changed. A new size alone is not a change, because each
   * frame has its size.
   */
  sendConfig(config: StreamConfig): void {
    this.#sendIfNew(config, { ...config, width: 0, height: 0 });
  }

  /** Makes the next {@link sendConfig} send its message even if nothing has changed. */
  repeatConfig(): void {
    this.#last.delete("config");
  }

  /** Sends a message. */
  sendAlways(message: StreamServerMessage): void {
    if (this.#socket.isOpen) this.#socket.sendText(JSON.stringify(message));
  }

  #sendIfNew(message: StreamServerMessage, compared: object): void {
    const key = JSON.stringify(compared);
    if (key === this.#last.get(message.type)) return;
    this.#last.set(message.type, key);
    this.sendAlways(message);
  }
}
