/** The clock and timers that policies are given, so that tests can turn time by hand. */
import type { Disposable } from "../protocol/transport";

/** A way to be called later. */
export interface Timers {
  /** Calls back once after so many milliseconds, unless it is disposed before. */
  after(milliseconds: number, callback: () => void): Disposable;
}

/** The browser's own timers. */
export const browserTimers: Timers = {
  after(milliseconds, callback) {
    const handle = setTimeout(callback, milliseconds);
    return { dispose: () => clearTimeout(handle) };
  },
};

/** The view's monotonic clock in seconds, which is that of `Event.timeStamp` too. */
export function nowInSeconds(): number {
  return performance.now() / 1000;
}
