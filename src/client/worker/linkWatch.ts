/**
 * Detects a connection that is dead though nobody has closed it: a laptop that slept, a network
 * that drops packets without a word. Pure policy: the timers are injected.
 */
import type { Timers } from "../../picture/index";
import type { Disposable } from "../../protocol/transport";

/**
 * The time between two looks at the connection, in milliseconds. Silence is counted in looks, not
 * by a clock: a sleeping computer looks once when it wakes, and must not conclude anything from
 * that.
 */
const LOOK_INTERVAL_MS = 1000;
/** After this many looks without a message the server is asked for one. */
const PING_AFTER = 3;
/** After this many looks without a message the connection is dead. */
const FIRST_LIMIT = 8;
/** The longest silence that is ever waited for, in looks. */
const LONGEST_LIMIT = 64;
/** After this many looks at one connection earlier silences no longer matter. */
const STEADY_AFTER = 60;

/**
 * How long a server may be silent after a ping. Kept over all connections of a view.
 *
 * A message counts when all of it has arrived, so a large frame on a slow link is a long silence.
 * Each connection that is given up doubles the limit, so that such a frame arrives in the end. A
 * silence as long as that one is allowed as long as such silences recur.
 */
export class SilenceLimit {
  #longest = 0;
  /** The longest since {@link relax} was last called. */
  #recent = 0;
  #givenUp = 0;

  /** In looks. */
  get current(): number {
    const limit = Math.max(FIRST_LIMIT, 2 * this.#longest) * 2 ** this.#givenUp;
    return Math.min(LONGEST_LIMIT, limit);
  }

  /** A connection was given up. */
  giveUp(): void {
    if (this.current < LONGEST_LIMIT) this.#givenUp += 1;
  }

  /** A message came after a silence, in looks. */
  endSilence(silence: number): void {
    if (silence <= FIRST_LIMIT) return;
    this.#longest = Math.max(this.#longest, silence);
    this.#recent = Math.max(this.#recent, silence);
    this.#givenUp = 0;
  }

  /** A connection has lasted for a while. */
  relax(): void {
    this.#givenUp = 0;
    this.#longest = this.#recent;
    this.#recent = 0;
  }
}

/** What a {@link LinkWatch} depends on. */
export interface LinkWatchOptions {
  readonly timers: Timers;
  readonly limit: SilenceLimit;
  /** Asks the server for a message. */
  ping(): void;
  /** The server has been silent for too long. Called once at most. */
  onDead(): void;
}

/**
 * Watches one connection. Sends a first ping when it starts; while that is not answered the server
 * may not know pings, and its silence means nothing.
 */
export class LinkWatch implements Disposable {
  readonly #options: LinkWatchOptions;
  #timer: Disposable | undefined;
  /** Looks since the last message. */
  #silence = 0;
  /** Looks since the beginning. */
  #age = 0;
  #isAnswered = false;
  #isDisposed = false;

  constructor(options: LinkWatchOptions) {
    this.#options = options;
    options.ping();
    this.#look();
  }

  /** A message has arrived. */
  noteMessage(): void {
    this.#options.limit.endSilence(this.#silence);
    this.#silence = 0;
  }

  /** The answer to a ping has arrived. */
  notePong(): void {
    this.#isAnswered = true;
  }

  /** Stops watching. */
  dispose(): void {
    this.#isDisposed = true;
    this.#timer?.dispose();
  }

  #look(): void {
    if (this.#isDisposed) return;
    this.#timer = this.#options.timers.after(LOOK_INTERVAL_MS, () => {
      const { limit } = this.#options;
      this.#silence += 1;
      this.#age += 1;
      if (this.#age % STEADY_AFTER === 0) limit.relax();
      if (this.#isAnswered && this.#silence >= limit.current) {
        this.dispose();
        limit.giveUp();
        this.#options.onDead();
        return;
      }
      if (this.#silence === PING_AFTER) this.#options.ping();
      this.#look();
    });
  }
}
