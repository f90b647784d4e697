/** When the session is asked for a frame that needs no other. Pure policy: the timers are injected. */
import type { Disposable } from "../protocol/transport";
import type { Timers } from "./timers";

/** Time in which a keyframe should have come, in milliseconds, before it is asked for again. Far above any round trip. */
const FIRST_WAIT_MS = 2000;
/** The longest time between two wishes, in milliseconds: each wait is twice the one before it, up to this. */
const LONGEST_WAIT_MS = 32_000;
/** Wishes that are sent again though no further frame came that cannot be shown. Then nobody is there, or nobody understands. */
const MAX_REPEATS = 5;

/** What a {@link KeyframeRequester} needs of the world. */
export interface KeyframeRequesterOptions {
  readonly timers: Timers;
  /** Asks the session. */
  send(reason: string): void;
}

/** Asks for a keyframe once, and again only when none comes for long: each costs the session a whole frame. */
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

  /** A frame came that cannot be shown. */
  need(reason: string): void {
    if (this.#isDisposed) return;
    this.#reason = reason;
    this.#repeats = 0;
    if (this.#waiting === undefined) this.#ask(reason);
  }

  /** The session was asked by other means: a hello brings a whole frame too. */
  asked(): void {
    if (this.#isDisposed) return;
    this.#waiting?.dispose();
    this.#waiting = this.#options.timers.after(this.#wait, () => this.#again());
  }

  /** A frame that needs no other was painted. */
  fulfil(): void {
    this.#waiting?.dispose();
    this.#waiting = undefined;
    this.#reason = undefined;
    this.#wait = FIRST_WAIT_MS;
    this.#repeats = 0;
  }

  /** Asks no more. */
  dispose(): void {
    this.fulfil();
    this.#isDisposed = true;
  }

  #ask(reason: string): void {
    this.asked();
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS);
    this.#options.send(reason);
  }

  #again(): void {
    this.#waiting = undefined;
    if (this.#reason === undefined || this.#repeats === MAX_REPEATS) return;
    this.#repeats += 1;
    this.#ask(this.#reason);
  }
}
