import type { Clock, PictureStatus } from "../framebuffer/node";
import { OK_STATUS } from "../hosting/changedTexts";
import { MAX_STATUS_TEXT, type StreamStatus } from "../protocol/streamMessages";
import type { Disposable } from "../protocol/transport";

/** The least time between two messages, in seconds: a source may fail and work in turn. */
const INTERVAL = 0.25;

/** What viewers read in place of an error, which may hold what they must not know. */
const HIDDEN_ERROR = "The server's program reported an error; its log has the details";

/** What {@link StatusNotices} need. */
export interface StatusNoticesOptions {
  readonly clock: Pick<Clock, "delay">;
  /** Whether viewers may read what errors say. */
  readonly showsErrors: boolean;
  /** Sends a status to all viewers. */
  send(status: StreamStatus): void;
}

/** Tells viewers what is wrong with the picture, a few times a second at most. */
export class StatusNotices implements Disposable {
  readonly #options: StatusNoticesOptions;
  #wanted = OK_STATUS;
  #sent = OK_STATUS;
  #pause: Disposable | undefined;

  constructor(options: StatusNoticesOptions) {
    this.#options = options;
  }

  /** The status that viewers were sent last, for one that joins. */
  get current(): StreamStatus {
    return this.#sent;
  }

  /** Takes what is wrong now; null if nothing is. */
  set(status: PictureStatus | null): void {
    this.#wanted = this.#messageOf(status);
    if (this.#pause === undefined) this.#send();
  }

  dispose(): void {
    this.#pause?.dispose();
  }

  #messageOf(status: PictureStatus | null): StreamStatus {
    if (status === null) return OK_STATUS;
    const { kind } = status;
    const mayBeRead = kind !== "error" || this.#options.showsErrors;
    const text = mayBeRead ? status.text.slice(0, MAX_STATUS_TEXT) : HIDDEN_ERROR;
    return { type: "status", kind, text };
  }

  #send(): void {
    const { kind, text } = this.#wanted;
    if (kind === this.#sent.kind && text === this.#sent.text) return;
    this.#sent = this.#wanted;
    this.#pause = this.#options.clock.delay(INTERVAL, () => {
      this.#pause = undefined;
      this.#send();
    });
    this.#options.send(this.#sent);
  }
}
