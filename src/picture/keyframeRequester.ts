/** Decides when to ask the session for a keyframe. Pure policy: the timers are injected. */
import type { Disposable } from "../protocol/transport";
import type { Timers } from "./timers";

/**
 * How long to wait for a keyframe before asking again, in milliseconds. Far above any round trip.
 */
const FIRST_WAIT_MS = 2000;
/**
 * The longest wait between two requests, in milliseconds. Each wait is twice the one before, up to
 * this limit.
 */
const LONGEST_WAIT_MS = 32_000;
/**
 * How often a request is repeated while no further frame arrives that cannot be shown. After that
 * the session is probably gone, or does not know the request.
 */
const MAX_REPEATS = 5;

/** What a {@link KeyframeRequester} depends on. */
export interface KeyframeRequesterOptions {
  readonly timers: Timers;
  /** Sends a request to the session. */
  send(reason: string): void;
}

/**
 * Requests a keyframe: a frame that depends on no other. Repeats the request only after a long
 * wait, because every request costs the session a whole frame.
 */
export class KeyframeRequester implements Disposable {
  readonly #options: KeyframeRequesterOptions;
  #reason: string | undefined;
  #waiting: Disposable | undefined;
  #wait = FIRST_WAIT_MS;
  #repeats = 0;
  #isDisposed = false;

  constructor(options: KeyframeRequesterOptions) {
    this.#options = options;
  }

  /**
   * Requests a keyframe, unless one is expected already.
   *
   * @param reason - Why a frame cannot be shown.
   */
  request(reason: string): void {
    if (this.#isDisposed) return;
    this.#reason = reason;
    this.#repeats = 0;
    if (this.#waiting === undefined) this.#send(reason);
  }

  /**
   * Waits for a keyframe that was requested by another message: a hello is answered with one too.
   */
  expect(): void {
    if (this.#isDisposed) return;
    this.#waiting?.dispose();
    this.#waiting = this.#options.timers.after(this.#wait, () => this.#repeat());
  }

  /** Ends the request: a keyframe was painted. */
  fulfil(): void {
    this.#waiting?.dispose();
    this.#waiting = undefined;
    this.#reason = undefined;
    this.#wait = FIRST_WAIT_MS;
    this.#repeats = 0;
  }

  /** Stops the timer. Nothing is requested afterwards. */
  dispose(): void {
    this.fulfil();
    this.#isDisposed = true;
  }

  #send(reason: string): void {
    this.expect();
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS);
    this.#options.send(reason);
  }

  #repeat(): void {
    this.#waiting = undefined;
    if (this.#reason === undefined || this.#repeats === MAX_REPEATS) return;
    this.#repeats += 1;
    this.#send(this.#reason);
  }
}
