import type { Disposable } from "../protocol/transport";

/** The clocks and timers that a session uses, so that tests can bring their own. */
export interface Runtime {
  /** Seconds since the epoch. May jump when the clock is set. */
  now(): number;
  /** Seconds since some moment, never going back. */
  monotonic(): number;
  /** Calls back in a fresh turn of the event loop, after what is queued already. Disposing cancels it. */
  defer(callback: () => void): Disposable;
  /** Calls back after so many seconds. Disposing cancels it. */
  delay(seconds: number, callback: () => void): Disposable;
}

/** The clocks and timers of Node. */
export const nodeRuntime: Runtime = {
  now: () => Date.now() / 1000,
  monotonic: () => performance.now() / 1000,
  defer(callback) {
    const handle = setImmediate(callback);
    return { dispose: () => clearImmediate(handle) };
  },
  delay(seconds, callback) {
    const handle = setTimeout(callback, seconds * 1000);
    return { dispose: () => clearTimeout(handle) };
  },
};
