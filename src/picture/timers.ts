/** The clock and timers that policies get injected, so that tests can control time. */
import type { Disposable } from "../protocol/transport";

/** Schedules callbacks. */
export interface Timers {
  /** Calls back once after a delay in milliseconds, unless the returned timer is disposed first. */
  after(milliseconds: number, callback: () => void): Disposable;
}

/** The browser's own timers. */
export const browserTimers: Timers = {
  after(milliseconds, callback) {
    const handle = setTimeout(callback, milliseconds);
    return { dispose: () => clearTimeout(handle) };
  },
};

/**
 * The browser's monotonic clock in seconds. `Event.timeStamp` is of the same clock, in
 * milliseconds.
 */
export function nowInSeconds(): number {
  return performance.now() / 1000;
}
