/** When a lost connection is made anew. Pure policy: timers and chance are injected. */
import { CLOSE_CODES } from "../../protocol/streamMessages";
import type { Disposable } from "../../protocol/transport";
import type { Timers } from "../../picture/timers";

/** The first pause in milliseconds: a server that restarts needs about that. */
const FIRST_PAUSE_MS = 500;
/** The longest pause in milliseconds: a person who waits for a server does not wait much longer after it is back. */
const LONGEST_PAUSE_MS = 15_000;
/** Pauses differ by this share of them, so that a server that comes back is not asked by all its viewers at once. */
const JITTER = 0.5;

/** What a closed WebSocket means. */
export type Verdict =
  | { readonly kind: "retry" }
  /** Another attempt is made, but a person should know why. */
  | { readonly kind: "retry-and-tell"; readonly reason: string }
  /** Another attempt would end in the same way. */
  | { readonly kind: "give-up"; readonly reason: string };

/**
 * What a close code means.
 *
 * @param detail - What the server said with it.
 */
export function verdictOn(code: number, detail: string): Verdict {
  const said = detail === "" ? "" : `: ${detail}`;
  switch (code) {
    case CLOSE_CODES.unauthorized:
      return { kind: "give-up", reason: `the server refused the token (${code})${said}` };
    case CLOSE_CODES.badMessage:
      return {
        kind: "give-up",
        reason: `the server did not understand a message (${code})${said}`,
      };
    case CLOSE_CODES.unsupported:
      return {
        kind: "give-up",
        reason: `the server has no codec that this browser can show (${code})${said}`,
      };
    case CLOSE_CODES.unknownStream:
      return { kind: "retry-and-tell", reason: `the server has no such stream (${code})${said}` };
    default:
      return { kind: "retry" };
  }
}

/**
 * The pause before an attempt, in milliseconds.
 *
 * @param attempt - How many have failed since the last connection that worked, from 0.
 * @param chance - A random number, 0 up to 1.
 */
export function pauseBefore(attempt: number, chance: number): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 20));
  return pause * (1 - JITTER * chance);
}

/** What a {@link Reconnector} needs of the world. */
export interface ReconnectorOptions {
  readonly timers: Timers;
  /** 0 up to 1. */
  random(): number;
  /** Makes another attempt. */
  connect(): void;
}

/** Waits before each further attempt, longer each time. */
export class Reconnector implements Disposable {
  readonly #options: ReconnectorOptions;
  #attempts = 0;
  #pause: Disposable | undefined;

  constructor(options: ReconnectorOptions) {
    this.#options = options;
  }

  /** Makes an attempt after a pause. */
  schedule(): void {
    this.#pause?.dispose();
    const pause = pauseBefore(this.#attempts, this.#options.random());
    this.#attempts += 1;
    this.#pause = this.#options.timers.after(pause, () => this.#connect());
  }

  /** The connection works: the next pause is short again. */
  succeed(): void {
    this.#attempts = 0;
  }

  /** Makes the attempt that waits now: the network is back, or a person looks. */
  hurry(): void {
    if (this.#pause !== undefined) this.#connect();
  }

  /** Makes no further attempt, until {@link schedule}. */
  dispose(): void {
    this.#pause?.dispose();
    this.#pause = undefined;
  }

  #connect(): void {
    this.dispose();
    this.#options.connect();
  }
}
