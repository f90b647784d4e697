/** Detects a server that ignores a repeated hello. Pure policy: timers are injected. */
import type { Timers } from "../../picture/index";
import type { Disposable } from "../../protocol/transport";

/**
 * How long a server may take to follow a repeated hello, in milliseconds. A pdum.rfb server never
 * does.
 */
const FOLLOW_TIMEOUT_MS = 2000;

/** Watches whether a server follows a change between "images only" and "video too". */
export class FormatWatch implements Disposable {
  readonly #timers: Timers;
  readonly #onIgnored: () => void;
  /** Whether video arrived over the current connection. */
  #hasVideo = false;
  #timer: Disposable | undefined;

  /** @param onIgnored - The server has not followed the change in time. */
  constructor(timers: Timers, onIgnored: () => void) {
    this.#timers = timers;
    this.#onIgnored = onIgnored;
  }

  /** A new connection begins. Its first hello asks for the current format. */
  restart(): void {
    this.#hasVideo = false;
    this.settle();
  }

  /** A repeated hello asks for another format. */
  change(imageOnly: boolean): void {
    this.settle();
    // A stream that already has the wanted format does not change.
    if (this.#hasVideo !== imageOnly) return;
    this.#timer = this.#timers.after(FOLLOW_TIMEOUT_MS, this.#onIgnored);
  }

  /** A frame has arrived. */
  noteFrame(isVideo: boolean, imageOnly: boolean): void {
    this.#hasVideo ||= isVideo;
    if (isVideo && !imageOnly) this.settle();
  }

  /** The server has answered the hello. */
  settle(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  /** Stops the timer. */
  dispose(): void {
    this.settle();
  }
}
